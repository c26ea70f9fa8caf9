// What moves without a call: statuses, what time removes, and the way back to the configuration.

export { reset } from './reset.ts';
export { advanceStatuses, failOverdue, hasWaiting } from './statuses.ts';
export { defaultSweep, sweep, type SweepInput } from './sweep.ts';
