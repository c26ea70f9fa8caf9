// What the operations of STS need beyond the store.

import type { Sessions } from '../../identity/index.ts';
import type { Callers } from '../authorization/callers.ts';
import type { OperationDeps } from '../operation.ts';
import type { KeySets } from './key-sets.ts';

/** The dependencies of STS's operations. */
export interface StsDeps extends OperationDeps {
  /** Seals the tokens of sessions. */
  readonly sessions: Sessions;
  readonly callers: Callers;
  /** The keys with which identity providers sign their tokens. */
  readonly keySets: KeySets;
}
