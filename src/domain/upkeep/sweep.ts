// What time removes: drained targets, rested addresses, forgotten tokens.

import type { Context, Decided } from '../decision.ts';
import { recordsAfter, remove, type Change, type RecordKind, type RecordTypes, type State } from '../state.ts';
import type { IndexName } from '../state-indexes.ts';

/** How long things stay, in milliseconds. */
export interface SweepInput {
  /** How long a deregistered target drains (AWS: 60 s). */
  readonly drain: number;
  /** How long a freed address rests (twice the DNS TTL: 120 s). */
  readonly addressRest: number;
  /** How long an idempotency token is remembered (ours: 24 h). */
  readonly tokenLifetime: number;
}

/** The usual times. */
export const defaultSweep: SweepInput = { drain: 60_000, addressRest: 120_000, tokenLifetime: 86_400_000 };

/** The most records of a kind that one sweep removes; the next one goes on. It keeps a sweep short whatever has piled up. */
const MOST_AT_ONCE = 2000;

/** Removes what has stayed long enough, a limited number at a time. Result: how many records went. */
export function sweep(state: State, input: SweepInput, context: Context): Decided<number> {
  const { now } = context;
  const changes = [
    ...oldest(state, 'target', 'drainingTargets', (target) => now - (target.drainingSince ?? now) >= input.drain),
    ...oldest(
      state,
      'componentAddress',
      'restingAddresses',
      (address) => now - (address.freedAt ?? now) >= input.addressRest,
    ),
    ...oldest(state, 'clientToken', 'tokens', (token) => now - token.createdAt >= input.tokenLifetime),
  ];
  return { changes, result: changes.length };
}

/** The removals of those at the front of `index` that are due: behind the first that is not, none is. */
function oldest<K extends RecordKind>(
  state: State,
  kind: K,
  index: IndexName,
  isDue: (record: RecordTypes[K]) => boolean,
): Change[] {
  const changes: Change[] = [];
  for (const record of recordsAfter(state, kind, index, 'all')) {
    if (changes.length === MOST_AT_ONCE || !isDue(record)) break;
    changes.push(remove(kind, record));
  }
  return changes;
}
