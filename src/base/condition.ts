// Waiting for what others change: whoever changes something says so, and every waiting test is looked at again.

import type { Clock } from './clock.ts';

/** Things that are waited for. */
export interface Conditions {
  /** Something may be true now that was not before. */
  readonly notify: () => void;
  /** Resolves with true as soon as `test` holds (looked at now and at every `notify`), with false after `timeout` milliseconds. */
  readonly until: (test: () => boolean, timeout: number) => Promise<boolean>;
}

/** Makes an empty set. */
export function createConditions(clock: Pick<Clock, 'after'>): Conditions {
  const looks = new Set<() => void>();
  return {
    notify() {
      for (const look of [...looks]) look();
    },
    until(test, timeout) {
      if (test()) return Promise.resolve(true);
      return new Promise((resolve) => {
        const end = (value: boolean): void => {
          looks.delete(look);
          cancel();
          resolve(value);
        };
        const look = (): void => (test() ? end(true) : undefined);
        const cancel = clock.after(timeout, () => end(false));
        looks.add(look);
      });
    },
  };
}
