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

/** What the thread answers. */
export interface SqliteReply {
  readonly id: number;
  readonly value?: number | StoredState | undefined;
  readonly error?: { readonly message: string; readonly code?: string };
}

const port = parentPort;
if (port === null) throw new Error('this is the entry of a worker thread');
const { file, retention } = workerData as SqliteWorkerData;
let log: SqliteLog | undefined;

function answer(request: SqliteRequest): SqliteReply['value'] {
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

function foldLater(now: number): void {
  setImmediate(() => {
    try {
      if (log?.fold(now) === true) foldLater(now);
    } catch {
      // Folding only saves space. Nothing is lost, and the next write tries again.
    }
  });
}

port.on('message', (request: SqliteRequest) => {
  try {
    port.postMessage({ id: request.id, value: answer(request) } satisfies SqliteReply);
  } catch (error) {
    const { message, code } = error as Error & { readonly code?: string };
    port.postMessage({
      id: request.id,
      error: { message, ...(code === undefined ? {} : { code }) },
    } satisfies SqliteReply);
  }
  if (request.kind === 'append') foldLater(request.rows.at(-1)?.time ?? 0);
  if (request.kind === 'close') port.close();
});
