// What the operations of EC2 need beyond the store.

import type { AttachmentInput } from '../../domain/ec2/index.ts';
import type { OperationDeps } from '../operation.ts';

/** The dependencies of EC2's operations. */
export interface Ec2Deps extends OperationDeps {
  /** How a VPC made here is attached: the server's default. */
  readonly defaultAttachment: AttachmentInput;
}
