// The thread that owns the database: a write with its sync takes milliseconds, which must not stand in the API's way.

import { parentPort, workerData } from 'node:worker_threads';
import type { AuditEvent, EventPage, EventQuery, EventRetention } from './audit-event.ts';
import type { Retention } from './backend.ts';
import { SqliteLog, type StoredRow, type StoredState } from './sqlite-log.ts';

/** What the thread is started with. */
export interface SqliteWorkerData {
  readonly file: string;
  readonly retention: Retention;
  readonly eventRetention: EventRetention;
}

/** What the thread is asked; it answers in order. */
export type SqliteRequest = { readonly id: number } & (
  | { readonly kind: 'append'; readonly rows: readonly StoredRow[]; readonly events: readonly AuditEvent[] }
  | { readonly kind: 'findEvents'; readonly query: EventQuery }
  | { readonly kind: 'clearEvents' }
  | { readonly kind: 'lastRevision' }
  | { readonly kind: 'scrub' }
  | { readonly kind: 'read'; readonly revision?: number }
  | { readonly kind: 'timeOf'; readonly revision: number }
  | { readonly kind: 'close' }
);

/** An error on its way between threads. */
export interface SqliteError {
  readonly message: string;
  readonly code?: string;
}

/** The value of an answer. */
export type SqliteValue = number | boolean | StoredState | EventPage | undefined;

/** What the thread answers, or says of itself: that the log cannot be folded (or old events not be removed) any more, or (undefined) that it can again. */
export type SqliteReply =
  | { readonly id: number; readonly value?: SqliteValue; readonly error?: SqliteError }
  | { readonly untidied: SqliteError | undefined };

const port = parentPort;
if (port === null) throw new Error('this is the entry of a worker thread');
const { file, retention, eventRetention } = workerData as SqliteWorkerData;
let log: SqliteLog | undefined;

function say(reply: SqliteReply): void {
  port?.postMessage(reply);
}

function describe(error: unknown): SqliteError {
  const { message, code } = error as Error & { readonly code?: string };
  return { message, ...(code === undefined ? {} : { code }) };
}

function answer(request: SqliteRequest): SqliteValue {
  // Opened by the first request, so that a database that cannot be opened is an answer too.
  log ??= new SqliteLog(file, retention, eventRetention);
  switch (request.kind) {
    case 'append':
      log.append(request.rows, request.events);
      return undefined;
    case 'findEvents':
      return log.findEvents(request.query);
    case 'clearEvents':
      log.clearEvents();
      return undefined;
    case 'lastRevision':
      return log.lastRevision();
    case 'scrub':
      return log.scrub();
    case 'read':
      return log.read(request.revision);
    case 'timeOf':
      return log.timeOf(request.revision);
    case 'close':
      log.close();
      return undefined;
    default:
      return request satisfies never;
  }
}

/** Whether the log could not be folded, or events not be removed, the last time. */
let trouble = false;

/** Saves space, a slice at a time. Nothing is lost when it fails, and the next write tries again; so its beginning and its end are told, whatever comes between. */
function tidyLater(now: number): void {
  setImmediate(() => {
    try {
      const isMore = [log?.fold(now), log?.expireEvents(now)].includes(true);
      if (trouble) say({ untidied: undefined });
      trouble = false;
      if (isMore) tidyLater(now);
    } catch (error) {
      if (!trouble) say({ untidied: describe(error) });
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
  if (request.kind === 'append') tidyLater((request.rows.at(-1) ?? request.events.at(-1))?.time ?? 0);
  if (request.kind === 'close') port.close();
});
