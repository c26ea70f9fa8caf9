// Counters, access-log records and sinks, audit events.

export {
  createCounterSet,
  formatPrometheus,
  isGauge,
  sumCounters,
  type Counter,
  type CounterSet,
  type Histogram,
  type CounterValues,
} from './counters.ts';
export { openLineFile, type LineFile } from './line-file.ts';
export { createLineMemory } from './line-memory.ts';
export { createSubscriptionFiles, type SubscriptionSink } from './subscription-files.ts';
export {
  createAccessFormat,
  prepareAccessRecord,
  prepareCaller,
  type AccessRecord,
  type AccessRecordContext,
} from './access-record.ts';
export { findResources } from './audited-resources.ts';
export { eventSourceOf, formatCloudTrailRecord, isReadOnly, userNameOf } from './cloudtrail-record.ts';
export { findLoggedRequest } from './find-logged-request.ts';
export type { LoggedRequest } from './logged-request.ts';
