// What the operations of IAM need beyond the store.

import type { SecretBox } from '../../identity/index.ts';
import type { Store } from '../../store/index.ts';
import type { OperationDeps } from '../operation.ts';

/** The dependencies of IAM's operations. */
export interface IamDeps extends OperationDeps {
  readonly store: Pick<Store, 'state' | 'commit' | 'findEvents'>;
  /** The regions that are served. */
  readonly regions: readonly string[];
  /** Seals secret access keys for their access key ids. */
  readonly secrets: SecretBox;
}
