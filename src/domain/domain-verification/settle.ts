// What looking for TXT records makes of domain verifications.

import type { Context, Decided } from '../decision.ts';
import { verificationCycle } from '../life-cycle.ts';
import { keyOfRecord } from '../records/base.ts';
import type { DomainVerification } from '../records/resource.ts';
import { put, recordsBy, type Change, type State } from '../state.ts';

/** A verification whose record was looked for: whether it is there. */
export interface LookedFor {
  readonly verification: DomainVerification;
  readonly seen: boolean;
}

/** The verifications whose record is to be looked for: all that are pending, and those that were last seen verified `recheck` milliseconds ago or earlier. */
export function listDueVerifications(state: State, now: number, recheck: number): readonly DomainVerification[] {
  const verified = recordsBy(state, 'domainVerification', 'verifiedDomains', 'all');
  return [
    ...recordsBy(state, 'domainVerification', 'pendingVerifications', 'all'),
    ...verified.filter(({ lastVerifiedAt = 0 }) => now - lastVerifiedAt >= recheck),
  ];
}

/** Moves on what was looked for; what is another by now, or gone, stays as it is. Result: how many moved on. */
export function settleVerifications(
  state: State,
  input: { readonly found: readonly LookedFor[] },
  { now }: Context,
): Decided<number> {
  const changes = input.found.flatMap(({ verification, seen }): Change[] => {
    const present = state.tables.domainVerification.get(keyOfRecord(verification));
    if (present?.txtValue !== verification.txtValue) return [];
    const status = verificationCycle[present.status][seen ? 'seen' : 'missed'];
    if (status === undefined) return [];
    const times = seen ? { lastVerifiedAt: now, lastUpdatedAt: now } : { lastUpdatedAt: now };
    return [put('domainVerification', { ...present, status, ...times })];
  });
  return { changes, result: changes.length };
}
