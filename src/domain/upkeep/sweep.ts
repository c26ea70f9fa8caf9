// What time does: drained targets, rested addresses and old tokens go, domains that nobody proves have had their time.

import type { Context, Decided } from '../decision.ts';
import { verificationCycle } from '../life-cycle.ts';
import type { VerificationStatus } from '../records/resource.ts';
import { put, recordsAfter, remove, type Change, type RecordKind, type RecordTypes, type State } from '../state.ts';
import type { IndexName } from '../state-indexes.ts';

/** How long things stay, in milliseconds. */
export interface SweepInput {
  /** How long a deregistered target drains (AWS: 60 s). */
  readonly drain: number;
  /** How long a freed address rests (twice the DNS TTL: 120 s). */
  readonly addressRest: number;
  /** How long an idempotency token is remembered (ours: 24 h). */
  readonly tokenLifetime: number;
  /** How long GetChange tells of a change of a hosted zone (ours: 24 h). */
  readonly zoneChangeLifetime: number;
  /** How long a domain's TXT record is waited for (AWS publishes no time; ours: 72 h, as AWS waits for those of certificates). */
  readonly verificationTime: number;
  /** How long an instance that has ended is shown (AWS: about an hour). */
  readonly endedInstances: number;
}

/** The usual times. */
export const defaultSweep: SweepInput = {
  drain: 60_000,
  addressRest: 120_000,
  tokenLifetime: 86_400_000,
  zoneChangeLifetime: 86_400_000,
  verificationTime: 259_200_000,
  endedInstances: 3_600_000,
};

/** The most records of a kind that one sweep takes; the next one goes on. It keeps a sweep short whatever has piled up. */
const MOST_AT_ONCE = 2000;

/** Removes what has stayed long enough, a limited number at a time, and moves on what has waited long enough. Result: how many records it took. */
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
    ...oldest(state, 'zoneChange', 'zoneChanges', (change) => now - change.createdAt >= input.zoneChangeLifetime),
    ...oldest(
      state,
      'instance',
      'endedInstances',
      ({ machine }) => now - (machine?.stateSince ?? now) >= input.endedInstances,
    ),
    ...oldest(
      state,
      'domainVerification',
      'pendingVerifications',
      (one) => now - one.createdAt >= input.verificationTime,
      (one) => put('domainVerification', { ...one, status: timedOut(one.status), lastUpdatedAt: now }),
    ),
  ];
  return { changes, result: changes.length };
}

function timedOut(status: VerificationStatus): VerificationStatus {
  return verificationCycle[status].expire ?? status;
}

/** What happens (removal) to those at the front of `index` that are due: behind the first that is not, none is. */
function oldest<K extends RecordKind>(
  state: State,
  kind: K,
  index: IndexName,
  isDue: (record: RecordTypes[K]) => boolean,
  take: (record: RecordTypes[K]) => Change = (record) => remove(kind, record),
): Change[] {
  const changes: Change[] = [];
  for (const record of recordsAfter(state, kind, index, 'all')) {
    if (changes.length === MOST_AT_ONCE || !isDue(record)) break;
    changes.push(take(record));
  }
  return changes;
}
