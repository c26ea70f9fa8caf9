// Commits on a pending head, in groups: a decision is answered when all that it could read and write is durable.

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
  type State,
} from '../domain/index.ts';
import type { Backend } from './backend.ts';
import { LOG_FORMAT, type LogRow } from './log-row.ts';
import type { Committed, DurableChanges, Store } from './store.ts';

/** Decisions that become durable together. */
interface Group {
  readonly rows: LogRow[];
  /** The state after the last row. */
  head: State;
  readonly waiting: { readonly done: () => void; readonly failed: (error: unknown) => void }[];
}

/** The store over `backend`; see `Store` for what it promises. */
export class DurableStore implements Store {
  readonly #backend: Backend;
  readonly #log: Log;
  readonly #durable: WatchCell<State>;
  readonly #listeners = new Set<(group: DurableChanges) => void>();
  #head: State;
  #queued: Group | undefined;
  #writing: Group | undefined;
  #loop: Promise<void> = Promise.resolve();
  #closed = false;
  /** A write failed and it is not known whether it is kept: nothing is written before that is known. */
  #inDoubt = false;

  constructor(backend: Backend, loaded: State, log: Log) {
    this.#backend = backend;
    this.#log = log;
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
  ): Promise<Committed<R>> {
    if (this.#closed) throw unavailable('The store is closed.');
    if (idempotency === undefined) {
      const { result, revision } = await this.#decide(decision, input, context);
      return { result, revision, replayed: false };
    }
    const { result: once, revision } = await this.#decide(decideOnce(decision, idempotency), input, context);
    return { result: once.result, revision: once.replayOf ?? revision, replayed: once.replayOf !== undefined };
  }

  async #decide<I, R>(
    decision: Decision<I, R>,
    input: I,
    context: Context,
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
    if (decided.changes.length > 0) this.#enqueue(decided.changes, context);
    const { revision } = this.#head;
    await this.#settled();
    return { result: decided.result, revision };
  }

  #enqueue(changes: readonly Change[], { now, account, region, operation }: Context): void {
    const revision = this.#head.revision + 1;
    this.#head = applyChanges(this.#head, changes, revision);
    this.#queued ??= { rows: [], head: this.#head, waiting: [] };
    this.#queued.rows.push({ revision, time: now, account, region, operation, format: LOG_FORMAT, changes });
    this.#queued.head = this.#head;
    if (this.#queued.rows.length === 1 && this.#writing === undefined) {
      // What arrives in the same turn of the event loop goes into the same group.
      this.#loop = new Promise((resolve) => setImmediate(() => resolve(this.#writeAll())));
    }
  }

  /** Resolves when everything decided so far is durable; rejects when it cannot be. */
  #settled(): Promise<void> {
    const group = this.#queued ?? this.#writing;
    if (group === undefined) return Promise.resolve();
    return new Promise((done, failed) => group.waiting.push({ done, failed }));
  }

  async #writeAll(): Promise<void> {
    while (this.#queued !== undefined) {
      const group = this.#queued;
      this.#writing = group;
      this.#queued = undefined;
      try {
        await this.#write(group);
      } catch (error) {
        this.#fail(group, error);
        continue;
      }
      this.#writing = undefined;
      this.#durable.set(group.head);
      const changes = group.rows.flatMap((row) => row.changes);
      for (const listener of this.#listeners) listener({ state: group.head, changes });
      for (const one of group.waiting) one.done();
    }
  }

  async #write(group: Group): Promise<void> {
    if (this.#inDoubt) await this.#resolveDoubt();
    try {
      await this.#backend.append(group.rows);
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

  at(revision: number): Promise<State | undefined> {
    return this.#backend.at(revision);
  }

  subscribe(listener: (group: DurableChanges) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    await this.#loop;
    await this.#backend[Symbol.asyncDispose]();
  }
}

function unavailable(message: string, cause?: unknown): Refusal {
  return new Refusal({ kind: 'InternalServer' }, message, { cause });
}
