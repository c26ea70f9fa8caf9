// How much of IAM an account has.

import type { Account } from './entity.ts';
import { GLOBAL_REGION } from '../records/base.ts';
import { ownedIndexValue, type OwnedKind } from '../state-indexes.ts';
import { countBy, recordsBy, type State } from '../state.ts';

/** The counts that GetAccountSummary tells; `versions` are those of managed policies. */
export function countAccount(state: State, { account }: Account) {
  const owner = { account, region: GLOBAL_REGION };
  const count = (kind: OwnedKind): number => countBy(state, 'owned', ownedIndexValue(kind, owner));
  const policies = recordsBy(state, 'iamPolicy', 'owned', ownedIndexValue('iamPolicy', owner));
  return {
    users: count('iamUser'),
    roles: count('iamRole'),
    policies: policies.length,
    versions: policies.reduce((sum, { versions }) => sum + versions.length, 0),
    profiles: count('iamInstanceProfile'),
    providers: count('oidcProvider'),
  };
}
