// What the operations of STS need beyond the store.

import type { Sessions } from '../../identity/index.ts';
import type { OperationDeps } from '../operation.ts';

/** The dependencies of STS's operations. */
export interface StsDeps extends OperationDeps {
  /** Seals the tokens of sessions. */
  readonly sessions: Sessions;
}
