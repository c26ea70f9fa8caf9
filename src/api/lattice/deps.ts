// What the operations of VPC Lattice need beyond the store.

import type { Target } from '../../domain/records/index.ts';
import type { ObservedHealth } from '../../domain/target/index.ts';
import type { OperationDeps } from '../operation.ts';

/** The dependencies of VPC Lattice's operations. */
export interface LatticeDeps extends OperationDeps {
  /** What data planes report of a target, merged; undefined when none has checked it. */
  readonly findHealth: (target: Target) => ObservedHealth | undefined;
}
