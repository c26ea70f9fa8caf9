// What keeps the state small: what time removes, and the way back to the configuration.

export { reset } from './reset.ts';
export { defaultSweep, sweep, type SweepInput } from './sweep.ts';
