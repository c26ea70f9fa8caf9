// Finding managed policies, the account's own and AWS's, and what uses them.

import type { Account } from '../iam/entity.ts';
import { findNamed } from '../iam/entity.ts';
import { listBy, type RecordList } from '../page.ts';
import { comparePositions, type Position } from '../ordered-keys.ts';
import { GLOBAL_REGION, keyOfRecord } from '../records/base.ts';
import type { IamPolicy, IamPolicyVersion, IamRole, IamUser } from '../records/iam.ts';
import { iamRefusal } from '../refusal.ts';
import { ownedIndexValue, policyIndexValue } from '../state-indexes.ts';
import { countBy, recordsBy, type State } from '../state.ts';
import { awsManagedPolicies } from './aws-managed-policies.ts';

/** The managed policy with `arn`, of the account or AWS's; or undefined. */
export function findPolicy(state: State, caller: Account, arn: string): IamPolicy | undefined {
  const managed = awsManagedPolicies.find((one) => one.arn === arn);
  if (managed !== undefined) return managed;
  const found = findNamed(state, caller, 'iamPolicy', arn.slice(arn.lastIndexOf('/') + 1));
  return found?.arn === arn ? found : undefined;
}

/** As `findPolicy`; refused with InvalidInput when `arn` is no policy's, with NoSuchEntity when there is none. */
export function getPolicy(state: State, caller: Account, arn: string): IamPolicy {
  if (!/^arn:[^:]+:iam::(?:\d{12}|aws):policy\/.+/.test(arn))
    throw iamRefusal('InvalidInput', `ARN ${arn.slice(0, 255)} is not valid.`);
  const found = findPolicy(state, caller, arn);
  if (found === undefined) throw iamRefusal('NoSuchEntity', `Policy ${arn} was not found.`);
  return found;
}

/** A version of a policy; refused with NoSuchEntity. */
export function getPolicyVersion(policy: IamPolicy, versionId: string): IamPolicyVersion {
  const found = policy.versions.find(({ id }) => id === versionId);
  if (found === undefined)
    throw iamRefusal('NoSuchEntity', `Policy ${policy.arn} version ${versionId} does not exist or is not attachable.`);
  return found;
}

/** The document that is in force. */
export function documentOf(policy: IamPolicy): string {
  return getPolicyVersion(policy, policy.defaultVersionId).document;
}

/** How many users and roles of the account a policy is attached to, and how many it bounds. */
export function usesOf(state: State, { account }: Account, { arn }: IamPolicy) {
  const value = policyIndexValue(account, arn);
  return { attached: countBy(state, 'entitiesByPolicy', value), bounds: countBy(state, 'entitiesByBoundary', value) };
}

/** Which policies are listed. */
export interface PolicyFilter {
  readonly scope: 'All' | 'AWS' | 'Local';
  readonly onlyAttached: boolean;
  readonly pathPrefix: string;
  readonly usage?: 'PermissionsPolicy' | 'PermissionsBoundary';
}

/** Managed policies, AWS's among the account's own in the order of their times. */
export function listPolicies(state: State, caller: Account, filter: PolicyFilter): RecordList<IamPolicy> {
  const { scope, onlyAttached, pathPrefix, usage } = filter;
  const owner = { account: caller.account, region: GLOBAL_REGION };
  const own = listBy(state, 'iamPolicy', 'owned', ownedIndexValue('iamPolicy', owner));
  const passes = (policy: IamPolicy): boolean => {
    if (!policy.path.startsWith(pathPrefix)) return false;
    if (!onlyAttached && usage === undefined) return true;
    const { attached, bounds } = usesOf(state, caller, policy);
    const isBound = usage !== 'PermissionsPolicy' && bounds > 0;
    return isBound || (usage !== 'PermissionsBoundary' && attached > 0);
  };
  return {
    scope: `${own.scope} ${JSON.stringify(filter)}`,
    *read(after) {
      const isBehind = (policy: IamPolicy): boolean =>
        after === undefined || comparePositions(positionOf(policy), after) > 0;
      const aws = scope === 'Local' ? [] : awsManagedPolicies.filter(isBehind);
      for (const policy of merge(aws, scope === 'AWS' ? [] : own.read(after))) if (passes(policy)) yield policy;
    },
  };
}

function positionOf(policy: IamPolicy): Position {
  return { order: policy.createdAt, key: keyOfRecord(policy) };
}

function* merge(some: readonly IamPolicy[], others: Iterable<IamPolicy>): Generator<IamPolicy> {
  let at = 0;
  for (const other of others) {
    for (let one = some[at]; one !== undefined; one = some[at]) {
      if (comparePositions(positionOf(one), positionOf(other)) > 0) break;
      yield one;
      at++;
    }
    yield other;
  }
  yield* some.slice(at);
}

/** The users and roles of the account that use a policy. */
export function listUsers(state: State, { account }: Account, { arn }: IamPolicy, boundary: boolean): IamUser[] {
  return recordsBy(
    state,
    'iamUser',
    boundary ? 'entitiesByBoundary' : 'entitiesByPolicy',
    policyIndexValue(account, arn),
  );
}

/** As `listUsers`, the roles. */
export function listRoles(state: State, { account }: Account, { arn }: IamPolicy, boundary: boolean): IamRole[] {
  return recordsBy(
    state,
    'iamRole',
    boundary ? 'entitiesByBoundary' : 'entitiesByPolicy',
    policyIndexValue(account, arn),
  );
}
