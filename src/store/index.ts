// Where the state is kept.

export {
  defaultEventRetention,
  type AuditEvent,
  type EventAttribute,
  type EventPage,
  type EventPosition,
  type EventQuery,
  type EventResource,
  type EventRetention,
} from './audit-event.ts';
export { defaultRetention, type Backend, type Retention } from './backend.ts';
export { findDatabaseProblem } from './database-problem.ts';
export { acquireLock, isLockHeld, type Lock } from './lock.ts';
export { type LogRow } from './log-row.ts';
export { createMemoryBackend } from './memory-backend.ts';
export { readSecretsKey, writeSecretsKey } from './secrets-key.ts';
export { openStore, openStoreOn, type StoreOptions } from './open-store.ts';
export { type Committed, type DurableChanges, type Outcome, type Store } from './store.ts';
