// Publishes the snapshot of every durable revision, and of every day: signing keys are good for one.

import type { Clock } from '../base/clock.ts';
import { createWatch, type Watch } from '../base/watch.ts';
import { compile, nothingCompiled, type KeySource } from '../compiler/index.ts';
import { formatDay } from '../sigv4/index.ts';
import type { Snapshot } from '../snapshot/index.ts';
import type { Store } from '../store/index.ts';

/** The newest snapshot, which follows the store and the day until `close`. */
export interface Publisher {
  readonly snapshot: Watch<Snapshot>;
  close(): void;
}

export interface PublisherDeps extends Omit<KeySource, 'day'> {
  readonly store: Pick<Store, 'state' | 'subscribe'>;
  readonly clock: Clock;
}

/** Milliseconds between looks at the day. Keys of tomorrow are there already: a look may come late. */
const LOOK = 60_000;

/** Compiles what the store holds, then every durable group of changes, and the keys of every new day. */
export function createPublisher({ store, clock, ...source }: PublisherDeps): Publisher {
  const today = (): KeySource => ({ ...source, day: formatDay(clock.now()) });
  let compiled = compile(nothingCompiled, store.state.value, undefined, today());
  const snapshot = createWatch(compiled.snapshot);
  const unsubscribe = store.subscribe(({ state, changes }) => {
    compiled = compile(compiled, state, changes, today());
    snapshot.set(compiled.snapshot);
  });
  let cancel = (): void => {};
  const look = (): void => {
    const now = today();
    if (now.day !== compiled.snapshot.day) {
      compiled = compile(compiled, compiled.state, [], now);
      snapshot.set(compiled.snapshot);
    }
    cancel = clock.after(LOOK, look);
  };
  look();
  return {
    snapshot,
    close() {
      unsubscribe();
      cancel();
    },
  };
}
