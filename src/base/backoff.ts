// How long to wait before the n-th new try.

import type { Random } from './random.ts';

/** Milliseconds before attempt `attempt` (0 = the first retry): doubling from `base` up to `limit`, with a random part of up to a half. */
export function backoffDelay(
  attempt: number,
  options: { readonly base: number; readonly limit: number },
  random: Pick<Random, 'fraction'>,
): number {
  const full = Math.min(options.limit, options.base * 2 ** Math.min(attempt, 30));
  return full / 2 + (full / 2) * random.fraction();
}
