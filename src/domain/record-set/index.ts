// Record sets of hosted zones.

export { changeRecordSets, type ChangeRecordSetsInput } from './change-record-sets.ts';
export { listRecordSets, type RecordSetStart } from './read.ts';
export { encodeRecordValue } from './record-value.ts';
export type { RecordSetChange } from './wanted-set.ts';
