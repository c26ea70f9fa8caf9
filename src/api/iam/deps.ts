// What the operations of IAM need beyond the store.

import type { SecretBox } from '../../identity/index.ts';
import type { OperationDeps } from '../operation.ts';

/** The dependencies of IAM's operations. */
export interface IamDeps extends OperationDeps {
  /** Seals secret access keys for their access key ids. */
  readonly secrets: SecretBox;
}
