// Commits on a pending head, in groups: a decision is answered when all that it could read and write is durable.

import type { Clock } from '../base/clock.ts';
import { createWatch, type Watch, type WatchCell } from '../base/watch.ts';
import type { Log } from '../base/log.ts';
import {
  applyChanges,
  decideOnce,
  Refusal,
  type Change,
  type Context,
  type Decision,
  type Idempotency,
  type Replayable,
  type State,
} from '../domain/index.ts';
import type { AuditEvent, EventPage, EventQuery } from './audit-event.ts';
import type { Backend } from './backend.ts';
import { createEventQueue, type EventQueue } from './event-queue.ts';
import { searchEvents } from './event-search.ts';
import { LOG_FORMAT, type LogRow } from './log-row.ts';
import type { Committed, DurableChanges, Outcome, Store } from './store.ts';

/** Decisions that become durable together. */
interface Group {
  readonly rows: LogRow[];
  readonly events: AuditEvent[];
  /** The state after the last row. */
  head: State;
  readonly waiting: { readonly done: () => void; readonly failed: (error: unknown) => void }[];
}

/** How long an event waits for a write to join, in milliseconds, before it gets one of its own. */
const EVENT_DELAY = 500;

/** The store over `backend`; see `Store` for what it promises. */
export class DurableStore implements Store {
  readonly #backend: Backend;
  readonly #log: Log;
  readonly #durable: WatchCell<State>;
  readonly #listeners = new Set<(group: DurableChanges) => void>();
  #head: State;
  #queued: Group | undefined;
  #writing: Group | undefined;
  readonly #events: EventQueue;
  readonly #after: Clock['after'];
  /** Ends the delay of the events that wait. */
  #cancelDelay: (() => void) | undefined;
  /** Events are to be written without waiting for a group. */
  #eventsDue = false;
  /** Told when what waited is written, or lost. */
  #flushes: (() => void)[] = [];
  #loop: Promise<void> = Promise.resolve();
  #isRunning = false;
  #closed = false;
  /** A write failed and it is not known whether it is kept: nothing is written before that is known. */
  #inDoubt = false;

  constructor(backend: Backend, loaded: State, log: Log, clock: Pick<Clock, 'after'>) {
    this.#backend = backend;
    this.#log = log;
    this.#events = createEventQueue(log);
    this.#after = (delay, task) => clock.after(delay, task);
    this.#durable = createWatch(loaded);
    this.#head = loaded;
  }

  get state(): Watch<State> {
    return this.#durable;
  }

  async commit<I, R>(
    decision: Decision<I, R>,
    input: I,
    context: Context,
    idempotency?: Idempotency,
    eventOf?: (outcome: Outcome<R>) => AuditEvent,
  ): Promise<Committed<R>> {
    if (this.#closed) throw unavailable('The store is closed.');
    if (idempotency === undefined) {
      const { result, revision } = await this.#decide(decision, input, context, eventOf);
      return { result, revision, replayed: false };
    }
    const { result: once, revision } = await this.#decide(
      decideOnce(decision, idempotency),
      input,
      context,
      eventOf && (({ result, state }: Outcome<Replayable<R>>) => eventOf({ result: result.result, state })),
    );
    return { result: once.result, revision: once.replayOf ?? revision, replayed: once.replayOf !== undefined };
  }

  async #decide<I, R>(
    decision: Decision<I, R>,
    input: I,
    context: Context,
    eventOf: ((outcome: Outcome<R>) => AuditEvent) | undefined,
  ): Promise<{ readonly result: R; readonly revision: number }> {
    const head = this.#head;
    let decided;
    try {
      decided = decision(head, input, context);
    } catch (error) {
      // Also a refusal may rest on what is not durable yet.
      if (error instanceof Refusal) await this.#settled();
      throw error;
    }
    const { changes, result } = decided;
    const state = changes.length === 0 ? head : applyChanges(head, changes, head.revision + 1);
    // Before anything is queued: a mistake in the event ends its call alone.
    const event = eventOf?.({ result, state });
    if (state !== head) this.#enqueue(state, changes, event, context);
    else if (event !== undefined) this.record(event);
    await this.#settled();
    return { result, revision: state.revision };
  }

  #enqueue(
    state: State,
    changes: readonly Change[],
    event: AuditEvent | undefined,
    { now, account, region, operation }: Context,
  ): void {
    const { revision } = state;
    this.#head = state;
    this.#queued ??= { rows: [], events: [], head: state, waiting: [] };
    this.#queued.rows.push({ revision, time: now, account, region, operation, format: LOG_FORMAT, changes });
    if (event !== undefined) this.#queued.events.push(event);
    this.#queued.head = state;
    this.#start();
  }

  /** Begins to write what waits, unless that is on its way. */
  #start(): void {
    if (this.#isRunning) return;
    this.#isRunning = true;
    // What arrives in the same turn of the event loop goes into the same group.
    this.#loop = new Promise((resolve) => setImmediate(() => resolve(this.#writeAll())));
  }

  /** Resolves when everything decided so far is durable; rejects when it cannot be. */
  #settled(): Promise<void> {
    const group = this.#queued ?? this.#writing;
    if (group === undefined) return Promise.resolve();
    return new Promise((done, failed) => group.waiting.push({ done, failed }));
  }

  async #writeAll(): Promise<void> {
    try {
      while (this.#queued !== undefined || this.#eventsDue) await this.#writeNext();
    } finally {
      this.#isRunning = false;
    }
  }

  async #writeNext(): Promise<void> {
    this.#cancelDelay?.();
    this.#cancelDelay = undefined;
    this.#eventsDue = false;
    const flushed = this.#flushes.splice(0);
    const others = this.#events.take();
    const group = this.#queued;
    this.#queued = undefined;
    try {
      if (group === undefined) await this.#writeEvents(others);
      else await this.#writeGroup(group, others);
    } finally {
      for (const done of flushed) done();
    }
  }

  /** Writes events on their own; what cannot be written is lost. */
  async #writeEvents(events: readonly AuditEvent[]): Promise<void> {
    try {
      if (events.length > 0) await this.#backend.append([], events);
    } catch (error) {
      this.#events.lose(events, error);
    }
  }

  async #writeGroup(group: Group, others: readonly AuditEvent[]): Promise<void> {
    this.#writing = group;
    try {
      await this.#write(group, others);
    } catch (error) {
      this.#events.lose(others, error);
      this.#fail(group, error);
      return;
    }
    this.#writing = undefined;
    this.#durable.set(group.head);
    const changes = group.rows.flatMap((row) => row.changes);
    for (const listener of this.#listeners) listener({ state: group.head, changes });
    for (const one of group.waiting) one.done();
  }

  async #write(group: Group, others: readonly AuditEvent[]): Promise<void> {
    if (this.#inDoubt) await this.#resolveDoubt();
    try {
      await this.#backend.append(group.rows, [...group.events, ...others]);
    } catch (error) {
      this.#inDoubt = true;
      this.#log.error('a group of commits could not be written', { error, rows: group.rows.length });
      // A database that answers tells whether the group is kept in spite of the error.
      if ((await this.#backend.lastRevision()) !== group.head.revision) {
        this.#inDoubt = false;
        throw error;
      }
      this.#inDoubt = false;
    }
  }

  /** After a write whose end is unknown: the database must be where the durable state is, else it is read again. */
  async #resolveDoubt(): Promise<void> {
    if ((await this.#backend.lastRevision()) !== this.#durable.value.revision) {
      const loaded = await this.#backend.load();
      this.#durable.set(loaded);
      for (const listener of this.#listeners) listener({ state: loaded, changes: undefined });
      this.#inDoubt = false;
      throw new Error('the database kept a write that seemed to have failed; the state was read again');
    }
    this.#inDoubt = false;
  }

  #fail(group: Group, cause: unknown): void {
    const queued: Group | undefined = this.#queued;
    this.#writing = undefined;
    this.#queued = undefined;
    this.#head = this.#durable.value;
    const message = this.#inDoubt
      ? 'The change could not be stored for sure. Repeat the call with the same client token.'
      : 'The change could not be stored. Nothing was changed.';
    for (const one of [...group.waiting, ...(queued?.waiting ?? [])]) one.failed(unavailable(message, cause));
  }

  get lostEvents(): number {
    return this.#events.lost;
  }

  record(event: AuditEvent): void {
    if (this.#closed) return;
    this.#events.add(event);
    this.#cancelDelay ??= this.#after(EVENT_DELAY, () => this.#writeSoon());
  }

  #writeSoon(): void {
    this.#eventsDue = true;
    this.#start();
  }

  /** Resolves when the events that were recorded so far are written, or lost. */
  #flush(): Promise<void> {
    if (this.#events.isEmpty && !this.#isRunning) return Promise.resolve();
    return new Promise((resolve) => {
      this.#flushes.push(resolve);
      this.#writeSoon();
    });
  }

  async findEvents(query: EventQuery): Promise<EventPage> {
    await this.#flush();
    return searchEvents(this.#backend, query);
  }

  async clearEvents(): Promise<void> {
    await this.#flush();
    await this.#backend.clearEvents();
  }

  async scrub(): Promise<boolean> {
    await this.#settled();
    return this.#backend.scrub();
  }

  at(revision: number): Promise<State | undefined> {
    return this.#backend.at(revision);
  }

  timeOf(revision: number): Promise<number | undefined> {
    return this.#backend.timeOf(revision);
  }

  subscribe(listener: (group: DurableChanges) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    await this.#flush();
    await this.#loop;
    await this.#backend[Symbol.asyncDispose]();
  }
}

function unavailable(message: string, cause?: unknown): Refusal {
  return new Refusal({ kind: 'InternalServer' }, message, { cause });
}
