// Keeps what is said again and again from being said too often.

import type { Clock } from './clock.ts';

/** Runs its argument at once the first time, and later ones only when `interval` milliseconds have passed since one was run. */
export function atMostEvery(interval: number, clock: Pick<Clock, 'monotonic'>): (act: () => void) => void {
  let next = Number.NEGATIVE_INFINITY;
  return (act) => {
    const now = clock.monotonic();
    if (now < next) return;
    next = now + interval;
    act();
  };
}
