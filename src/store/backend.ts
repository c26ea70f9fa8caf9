// What keeps the log: the part of a store that differs between memory and databases.

import type { State } from '../domain/index.ts';
import type { AuditEvent, EventPage, EventQuery } from './audit-event.ts';
import type { LogRow } from './log-row.ts';

/** Keeps rows. One writer: `append` is not called again before the last call has settled. */
export interface Backend extends AsyncDisposable {
  /** The newest state that is kept. */
  load(): Promise<State>;
  /** Keeps all `rows` and `events` or none; durable when it resolves. After a rejection `lastRevision` tells which of the two it was. */
  append(rows: readonly LogRow[], events: readonly AuditEvent[]): Promise<void>;
  /** The revision of the newest row that is kept; 0 when there was none. */
  lastRevision(): Promise<number>;
  /** The state as of `revision`, or undefined when the log does not reach to it. */
  at(revision: number): Promise<State | undefined>;
  /** As of a store. */
  timeOf(revision: number): Promise<number | undefined>;
  /** The newest events of those that `query` looks for. It may give fewer than the limit although there are more: `next` goes on then. */
  findEvents(query: EventQuery): Promise<EventPage>;
  /** Removes every event. */
  clearEvents(): Promise<void>;
  /** Forgets what the newest state does not have, when an older version may have kept secrets in it; whether that was so. */
  scrub(): Promise<boolean>;
}

/** How much of the log stays: rows are folded into the records when they are older than `age` and the log is larger than `bytes`. */
export interface Retention {
  /** Milliseconds. */
  readonly age: number;
  readonly bytes: number;
}

/** 24 hours and 64 MiB. */
export const defaultRetention: Retention = { age: 86_400_000, bytes: 64 * 1024 * 1024 };
