// What a decision is: a pure function from a state and an input to changes and a result.

import type { Random } from '../base/random.ts';
import type { QuotaLimits } from './quotas.ts';
import type { Change, State } from './state.ts';

/** Who asks, where, when, and with which limits. */
export interface Context {
  readonly account: string;
  readonly region: string;
  /** The caller's ARN. */
  readonly principalArn: string;
  /** The operation's name, for the log and the scope of idempotency tokens: `CreateService`. */
  readonly operation: string;
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly random: Random;
  /** The most that there may be of each thing; `aws`: AWS's own quotas, `none`: no limits. */
  readonly quotas: QuotaLimits | 'aws' | 'none';
}

/** What a decision decided. The result is plain JSON: a replayed token answers it from the log. */
export interface Decided<R> {
  readonly changes: readonly Change[];
  readonly result: R;
}

/** Decides synchronously, without any effect. Throws `Refusal` for an expected no. */
export type Decision<I, R> = (state: State, input: I, context: Context) => Decided<R>;
