// What every room may use: time, randomness, logs, lifetimes, addresses.

export { createManualClock, sleep, systemClock, type Clock, type ManualClock } from './clock.ts';
export { createSeededRandom, systemRandom, type Random } from './random.ts';
export { createLog, silentLog, type Log } from './log.ts';
export { createWatch, waitFor, type Watch, type WatchCell } from './watch.ts';
export { backoffDelay } from './backoff.ts';
export { Lifetime } from './lifetime.ts';
