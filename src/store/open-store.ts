// Opens the store that a data directory (or none) asks for.

import { systemClock, type Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import { defaultEventRetention, type EventRetention } from './audit-event.ts';
import { defaultRetention, type Backend, type Retention } from './backend.ts';
import { DurableStore } from './durable-store.ts';
import { createMemoryBackend } from './memory-backend.ts';
import { SqliteBackend } from './sqlite-backend.ts';
import type { Store } from './store.ts';

/** Where the state is kept. */
export interface StoreOptions {
  /** The database file, or `:memory:` for a store that keeps nothing. */
  readonly file: string;
  readonly retention?: Retention;
  /** Of audit events. */
  readonly eventRetention?: EventRetention;
}

/** What a store needs; events of reads are written by the machine's clock unless it gets another. */
export interface StoreDeps {
  readonly log: Log;
  readonly clock?: Pick<Clock, 'after'>;
}

/** Opens the store; rejects when the database cannot be opened or is of a later version. */
export function openStore(options: StoreOptions, deps: StoreDeps): Promise<Store> {
  const { file, retention = defaultRetention, eventRetention = defaultEventRetention } = options;
  const backend =
    file === ':memory:'
      ? createMemoryBackend(eventRetention)
      : new SqliteBackend(file, retention, eventRetention, deps.log);
  return openStoreOn(backend, deps);
}

/** Opens a store over `backend`, which it disposes when it is disposed or cannot be opened. */
export async function openStoreOn(backend: Backend, deps: StoreDeps): Promise<Store> {
  try {
    return new DurableStore(backend, await backend.load(), deps.log, deps.clock ?? systemClock);
  } catch (error) {
    try {
      await backend[Symbol.asyncDispose]();
    } catch {
      // The first error says what is wrong.
    }
    throw error;
  }
}
