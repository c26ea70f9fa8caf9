// The thread that owns the database: a write with its sync takes milliseconds, which must not stand in the API's way.

import { parentPort, workerData } from 'node:worker_threads';
import type { Retention } from './backend.ts';
import { SqliteLog, type StoredRow, type StoredState } from './sqlite-log.ts';

/** What the thread is started with. */
export interface SqliteWorkerData {
  readonly file: string;
  readonly retention: Retention;
}

/** What the thread is asked; it answers in order. */
export type SqliteRequest = { readonly id: number } & (
  | { readonly kind: 'append'; readonly rows: readonly StoredRow[] }
  | { readonly kind: 'lastRevision' }
  | { readonly kind: 'read'; readonly revision?: number }
  | { readonly kind: 'close' }
);

/** An error on its way between threads. */
export interface SqliteError {
  readonly message: string;
  readonly code?: string;
}

/** What the thread answers, or says of itself: that the log cannot be folded any more, or (undefined) that it can again. */
export type SqliteReply =
  | { readonly id: number; readonly value?: number | StoredState | undefined; readonly error?: SqliteError }
  | { readonly unfolded: SqliteError | undefined };

const port = parentPort;
if (port === null) throw new Error('this is the entry of a worker thread');
const { file, retention } = workerData as SqliteWorkerData;
let log: SqliteLog | undefined;

function say(reply: SqliteReply): void {
  port?.postMessage(reply);
}

function describe(error: unknown): SqliteError {
  const { message, code } = error as Error & { readonly code?: string };
  return { message, ...(code === undefined ? {} : { code }) };
}

function answer(request: SqliteRequest): number | StoredState | undefined {
  // Opened by the first request, so that a database that cannot be opened is an answer too.
  log ??= new SqliteLog(file, retention);
  switch (request.kind) {
    case 'append':
      return log.append(request.rows) as undefined;
    case 'lastRevision':
      return log.lastRevision();
    case 'read':
      return log.read(request.revision);
    case 'close':
      log.close();
      return undefined;
    default:
      return request satisfies never;
  }
}

/** Whether the log could not be folded the last time. */
let trouble = false;

function foldLater(now: number): void {
  setImmediate(() => {
    try {
      if (log?.fold(now) === true) foldLater(now);
      if (trouble) say({ unfolded: undefined });
      trouble = false;
    } catch (error) {
      // Folding only saves space. Nothing is lost, and the next write tries again; so its beginning and its end are told, whatever comes between.
      if (!trouble) say({ unfolded: describe(error) });
      trouble = true;
    }
  });
}

port.on('message', (request: SqliteRequest) => {
  try {
    say({ id: request.id, value: answer(request) });
  } catch (error) {
    say({ id: request.id, error: describe(error) });
  }
  if (request.kind === 'append') foldLater(request.rows.at(-1)?.time ?? 0);
  if (request.kind === 'close') port.close();
});
