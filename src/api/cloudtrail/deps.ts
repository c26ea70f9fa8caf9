// What the operations of CloudTrail need.

import type { Store } from '../../store/index.ts';
import type { OperationDeps } from '../operation.ts';

/** The dependencies of CloudTrail's operations. */
export interface CloudTrailDeps extends OperationDeps {
  readonly store: Pick<Store, 'state' | 'commit' | 'findEvents'>;
}
