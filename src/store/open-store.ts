// Opens the store that a data directory (or none) asks for.

import type { Log } from '../base/log.ts';
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
}

/** Opens the store; rejects when the database cannot be opened or is of a later version. */
export function openStore(options: StoreOptions, deps: { readonly log: Log }): Promise<Store> {
  const { file, retention = defaultRetention } = options;
  return openStoreOn(file === ':memory:' ? createMemoryBackend() : new SqliteBackend(file, retention, deps.log), deps);
}

/** Opens a store over `backend`, which it disposes when it is disposed or cannot be opened. */
export async function openStoreOn(backend: Backend, deps: { readonly log: Log }): Promise<Store> {
  try {
    return new DurableStore(backend, await backend.load(), deps.log);
  } catch (error) {
    try {
      await backend[Symbol.asyncDispose]();
    } catch {
      // The first error says what is wrong.
    }
    throw error;
  }
}
