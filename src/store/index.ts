// Where the state is kept.

export { defaultRetention, type Backend, type Retention } from './backend.ts';
export { acquireLock, isLockHeld, type Lock } from './lock.ts';
export { type LogRow } from './log-row.ts';
export { createMemoryBackend } from './memory-backend.ts';
export { openStore, openStoreOn, type StoreOptions } from './open-store.ts';
export { type Committed, type DurableChanges, type Store } from './store.ts';
