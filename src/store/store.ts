// What a store offers: the durable state, commits that answer once they are durable, and the changes in order.

import type { Watch } from '../base/watch.ts';
import type { AuditEvent, EventPage, EventQuery } from './audit-event.ts';
import type { Change, Context, Decision, Idempotency, State } from '../domain/index.ts';

/** An answer: durable when the caller sees it. */
export interface Committed<R> {
  readonly result: R;
  /** The revision that made it; for a decision without changes the one that it read; for a replay the first call's. */
  readonly revision: number;
  /** The token had been answered before: `result` is the first answer. */
  readonly replayed: boolean;
}

/** What a decision has come to, before anything is written. */
export interface Outcome<R> {
  readonly result: R;
  /** The state with the decision's changes. */
  readonly state: State;
}

/** A group of commits that became durable together. */
export interface DurableChanges {
  /** The state after them. */
  readonly state: State;
  /** In the order in which they were decided; undefined when the state had to be read again and everything may differ. */
  readonly changes: readonly Change[] | undefined;
}

/** A store. Disposing it waits for what was decided and closes it. */
export interface Store extends AsyncDisposable {
  /** The newest durable state. */
  readonly state: Watch<State>;
  /**
   * Decides on the pending head; resolves when the changes (and everything that the decision could read) are durable.
   * Rejects with the decision's `Refusal`, or with an `InternalServer` one when the write fails or the store is closed.
   * A token that was answered before gives the first answer; with other parameters a `Conflict`.
   * The audit event that `eventOf` makes of the outcome, at once and synchronously, is written with the changes: both are
   * kept or none. That of a decision without changes (a replay too) is recorded as by `record`; a refusal has none here.
   */
  commit<I, R>(
    decision: Decision<I, R>,
    input: I,
    context: Context,
    idempotency?: Idempotency,
    eventOf?: (outcome: Outcome<R>) => AuditEvent,
  ): Promise<Committed<R>>;
  /** Keeps an audit event, durable with the next write or half a second later. Of 4 MiB that wait, more are dropped and counted. */
  record(event: AuditEvent): void;
  /** How many recorded events were dropped or could not be written, since the store was opened. */
  readonly lostEvents: number;
  /** The events that `query` looks for, newest first, also those that are not durable yet. */
  findEvents(query: EventQuery): Promise<EventPage>;
  /** Removes every audit event. */
  clearEvents(): Promise<void>;
  /**
   * Makes the files hold nothing but the newest records and the events, when a version that kept secrets in the log wrote to them; resolves
   * with whether that was so. `at` reaches no further back then. After a rejection it is still to be done.
   */
  scrub(): Promise<boolean>;
  /** The state as of `revision`, or undefined when the log does not reach back (or forward) to it. */
  at(revision: number): Promise<State | undefined>;
  /** When `revision` was decided, in milliseconds since 1970; undefined when the log has no row of it. */
  timeOf(revision: number): Promise<number | undefined>;
  /** Calls `listener` after every durable group, in order; the returned function ends that. */
  subscribe(listener: (group: DurableChanges) => void): () => void;
}
