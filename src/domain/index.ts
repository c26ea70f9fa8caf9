// The core of the domain: state, changes, decisions, refusals. Records and resources have an index of their own.

export {
  applyChanges,
  emptyState,
  recordKinds,
  recordsBy,
  type Change,
  type RecordKind,
  type RecordTypes,
  type State,
} from './state.ts';
export { buildState } from './build-state.ts';
export { type Context, type Decision } from './decision.ts';
export { type Draft, type Judge } from './draft.ts';
export {
  ec2Refusal,
  iamRefusal,
  invalidField,
  Refusal,
  route53Refusal,
  type InvalidField,
  type RefusalDetail,
} from './refusal.ts';
export { awsQuotas, usualQuotas, type QuotaLimits, type QuotaName } from './quotas.ts';
export { paginate, type PageRequest, type RecordList } from './page.ts';
export { findNamed, formatArn, segmentOf, type ArnKind, type Caller } from './identifiers.ts';
export { getNetworkOrService } from './network-or-service.ts';
export { isCarried } from './life-cycle.ts';
export { decideOnce, type Idempotency, type Replayable } from './idempotency.ts';
