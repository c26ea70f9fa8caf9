// Long work in slices between which the loop serves traffic.

import type { Clock } from '../base/clock.ts';

/** Milliseconds of work after which the loop gets its turn. */
const SLICE = 4;

/** Work that can be begun anew at any moment. */
export interface Walk {
  /** Begins from the start; what was left of an earlier run is given up. The first slice is worked at once. */
  start(): void;
  stop(): void;
}

/** Makes a walk through `steps`, each of which is short. */
export function createWalk(steps: () => Iterator<unknown>, clock: Clock): Walk {
  let current: Iterator<unknown> | undefined;
  let scheduled = false;
  const work = (): void => {
    scheduled = false;
    const end = clock.monotonic() + SLICE;
    while (current !== undefined) {
      if (current.next().done === true) current = undefined;
      else if (clock.monotonic() >= end) {
        scheduled = true;
        setImmediate(work);
        return;
      }
    }
  };
  return {
    start() {
      current = steps();
      if (!scheduled) work();
    },
    stop() {
      current = undefined;
    },
  };
}
