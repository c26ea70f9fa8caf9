// Where the state is kept.

export { type Committed, type DurableChanges, type Idempotency, type Store } from './store.ts';
