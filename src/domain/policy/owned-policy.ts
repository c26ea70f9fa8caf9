// What both kinds of policy share: the record, and that it goes with its owner.

import type { Context } from '../decision.ts';
import { keyOfRecord, type BaseRecord } from '../records/base.ts';
import type { OwnedPolicy } from '../records/policy.ts';
import { remove, type Change, type State } from '../state.ts';

/** The policy of `owner` with `document`; `before` itself when that is its document already. */
export function replacePolicy(
  { account, region, id }: BaseRecord,
  before: OwnedPolicy | undefined,
  document: string,
  { now }: Context,
): OwnedPolicy {
  if (before?.document === document) return before;
  const createdAt = before?.createdAt ?? now;
  return { account, region, id, document, createdAt, lastUpdatedAt: now, tags: {} };
}

/** The changes that take the policies of `owner` along when it is deleted. */
export function removePolicies(state: State, owner: BaseRecord): readonly Change[] {
  return (['authPolicy', 'resourcePolicy'] as const).flatMap((kind) => {
    const policy = state.tables[kind].get(keyOfRecord(owner));
    return policy === undefined ? [] : [remove(kind, policy)];
  });
}
