// Publishes the snapshot of every durable revision.

import { createWatch, type Watch } from '../base/watch.ts';
import { compile, nothingCompiled } from '../compiler/index.ts';
import type { Snapshot } from '../snapshot/index.ts';
import type { Store } from '../store/index.ts';

/** The newest snapshot, which follows the store until `close`. */
export interface Publisher {
  readonly snapshot: Watch<Snapshot>;
  close(): void;
}

/** Compiles what the store holds and then every durable group of changes. */
export function createPublisher(store: Pick<Store, 'state' | 'subscribe'>): Publisher {
  let compiled = compile(nothingCompiled, store.state.value, undefined);
  const snapshot = createWatch(compiled.snapshot);
  const close = store.subscribe(({ state, changes }) => {
    compiled = compile(compiled, state, changes);
    snapshot.set(compiled.snapshot);
  });
  return { snapshot, close };
}
