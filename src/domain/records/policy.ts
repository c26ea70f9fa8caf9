// The records of policies that belong to a resource of VPC Lattice.

import type { BaseRecord } from './base.ts';

/** A policy of a resource; its record id, account and region are those of the resource. */
export interface OwnedPolicy extends BaseRecord {
  /** The document as it was given. */
  readonly document: string;
}
