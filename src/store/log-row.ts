// One row of the log: what one commit changed.

import type { Change } from '../domain/index.ts';

/** The version of the form in which `changes` are written; a reader refuses rows of a later one. 2: secrets are sealed, and there are records of IAM; 3: rules of security groups are records, and there is what EC2 and Route 53 keep. */
export const LOG_FORMAT = 3;

/** A row of the log. `changes` turn the state of `revision - 1` into that of `revision`. */
export interface LogRow {
  readonly revision: number;
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly account: string;
  readonly region: string;
  readonly operation: string;
  readonly format: number;
  readonly changes: readonly Change[];
}
