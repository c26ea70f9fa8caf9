// What time removes: drained targets, rested addresses, forgotten tokens.

import type { Context, Decided } from '../decision.ts';
import { recordsBy, remove, type Change, type State } from '../state.ts';

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

/** Removes what has stayed long enough. Result: how many records went. */
export function sweep(state: State, input: SweepInput, context: Context): Decided<number> {
  const before = (time: number | undefined, stay: number): boolean => time !== undefined && context.now - time >= stay;
  const changes: Change[] = [];
  for (const target of recordsBy(state, 'target', 'drainingTargets', 'all'))
    if (before(target.drainingSince, input.drain)) changes.push(remove('target', target));
  for (const address of recordsBy(state, 'componentAddress', 'restingAddresses', 'all'))
    if (before(address.freedAt, input.addressRest)) changes.push(remove('componentAddress', address));
  for (const token of state.tables.clientToken.values())
    if (before(token.createdAt, input.tokenLifetime)) changes.push(remove('clientToken', token));
  return { changes, result: changes.length };
}
