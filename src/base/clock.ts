// Time as a dependency: what rooms take instead of `Date` and `setTimeout`.

/** A source of time and timers. Instants are milliseconds since 1970 (UTC). */
export interface Clock {
  now(): number;
  /** Milliseconds that only go forward, with fractions; for durations. */
  monotonic(): number;
  /** Calls `task` once after `delay` milliseconds; the returned function cancels. The timer keeps no process alive. */
  after(delay: number, task: () => void): () => void;
}

/** The machine's clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after(delay, task) {
    const timer = setTimeout(task, delay);
    timer.unref();
    return () => clearTimeout(timer);
  },
};

/** Resolves after `delay` milliseconds of `clock`. */
export function sleep(clock: Clock, delay: number): Promise<void> {
  return new Promise((resolve) => void clock.after(delay, resolve));
}

/** A clock that stands still until told, for tests. Timers fire in order of time inside `advance`. */
export interface ManualClock extends Clock {
  advance(milliseconds: number): void;
}

/** Makes a clock that shows `start` and moves only by `advance`. */
export function createManualClock(start = 0): ManualClock {
  let now = start;
  let timers: { at: number; task: () => void }[] = [];
  return {
    now: () => now,
    monotonic: () => now,
    after(delay, task) {
      const timer = { at: now + delay, task };
      timers.push(timer);
      return () => {
        timers = timers.filter((other) => other !== timer);
      };
    },
    advance(milliseconds) {
      const end = now + milliseconds;
      for (;;) {
        const next = timers.filter((timer) => timer.at <= end).sort((a, b) => a.at - b.at)[0];
        if (next === undefined) break;
        timers = timers.filter((timer) => timer !== next);
        now = Math.max(now, next.at);
        next.task();
      }
      now = end;
    },
  };
}
