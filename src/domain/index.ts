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
export { type IndexName } from './state-indexes.ts';
export { type Context, type Decided, type Decision } from './decision.ts';
export {
  conflict,
  ec2Refusal,
  invalidField,
  notFound,
  Refusal,
  type InvalidField,
  type RefusalDetail,
} from './refusal.ts';
export { paginate, type Page, type PageRequest } from './page.ts';
export { type Caller } from './identifiers.ts';
