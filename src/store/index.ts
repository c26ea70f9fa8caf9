// Where the state is kept.

export { type Committed, type DurableChanges, type Store } from './store.ts';
