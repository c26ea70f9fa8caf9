// Notices that a process has no free file descriptor: the kernel then holds its new connections back or drops them, and libuv 1.52 says nothing of it.

import { closeSync, openSync } from 'node:fs';
import type { Clock } from '../../base/clock.ts';
import type { Counter } from '../../telemetry/index.ts';

/** Milliseconds between tries. */
const INTERVAL = 1000;

/** What watching needs. */
export interface DescriptorDeps {
  readonly clock: Pick<Clock, 'after'>;
  /** Grows with every try that found none. */
  readonly shortages: Counter;
  /** Told of every such try, with the system's error. */
  readonly short: (error: unknown) => void;
  /** Takes a descriptor and gives it back; throws when there is none. Absent: of /dev/null. */
  readonly take?: () => void;
}

/** Tries every second whether a descriptor is free; the returned function ends that. */
export function watchDescriptors(deps: DescriptorDeps): () => void {
  const { take = () => closeSync(openSync('/dev/null', 'r')) } = deps;
  let cancel = (): void => {};
  const look = (): void => {
    try {
      take();
    } catch (error) {
      deps.shortages.value++;
      deps.short(error);
    }
    cancel = deps.clock.after(INTERVAL, look);
  };
  look();
  return () => cancel();
}
