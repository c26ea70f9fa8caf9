// Managed policies of an account and their versions.

import type { Context, Decided } from '../decision.ts';
import { checkFree, iamArn, newIamId } from '../iam/entity.ts';
import { checkQuota } from '../quotas.ts';
import { GLOBAL_REGION, type Tags } from '../records/base.ts';
import type { IamPolicy, IamPolicyVersion } from '../records/iam.ts';
import { iamRefusal, Refusal } from '../refusal.ts';
import { ownedIndexValue } from '../state-indexes.ts';
import { countBy, put, remove, type State } from '../state.ts';
import { checkTags } from '../tag/check-tags.ts';
import { checkIdentityPolicy, checkSize } from './document.ts';
import { usesOf, getPolicy, getPolicyVersion } from './read.ts';

/** AWS's, which it does not raise (IAM User Guide: IAM and STS quotas). */
const VERSIONS_OF_A_POLICY = 5;

export interface CreatePolicyInput {
  readonly name: string;
  readonly path?: string;
  readonly document: string;
  readonly description?: string;
  readonly tags?: Tags;
}

/** CreatePolicy: its first version is v1, the default. */
export function createPolicy(state: State, input: CreatePolicyInput, context: Context): Decided<IamPolicy> {
  const { account, now } = context;
  const { name, path = '/', document, description } = input;
  const tags = checkTags(input.tags);
  checkIdentityPolicy(document);
  checkSize('managed', name, [document]);
  const arn = iamArn(context, `policy${path}${name}`);
  checkFree(state, context, 'iamPolicy', { name, arn });
  const owner = { account, region: GLOBAL_REGION };
  checkQuota(context, 'managedPolicies', () => countBy(state, 'owned', ownedIndexValue('iamPolicy', owner)) + 1);
  const policy: IamPolicy = {
    ...owner,
    id: newIamId('ANPA', 21, context.random),
    arn,
    name,
    path,
    ...(description === undefined ? {} : { description }),
    versions: [{ id: 'v1', document, createdAt: now }],
    defaultVersionId: 'v1',
    nextVersion: 2,
    createdAt: now,
    lastUpdatedAt: now,
    tags,
  };
  return { changes: [put('iamPolicy', policy)], result: policy };
}

/** DeletePolicy: refused while it is attached, bounds somebody, or has a second version. */
export function deletePolicy(state: State, input: { readonly arn: string }, context: Context): Decided<null> {
  const policy = getOwnPolicy(state, context, input.arn);
  const { attached, bounds } = usesOf(state, context, policy);
  if (attached + bounds > 0) throw iamRefusal('DeleteConflict', 'Cannot delete a policy attached to entities.');
  if (policy.versions.length > 1)
    throw iamRefusal(
      'DeleteConflict',
      "This policy has more than one version. Before you delete a policy, you must delete the policy's versions. The default version is deleted with the policy.",
    );
  return { changes: [remove('iamPolicy', policy)], result: null };
}

/** CreatePolicyVersion: five at most. Result: the policy and the version. */
export function createPolicyVersion(
  state: State,
  input: { readonly arn: string; readonly document: string; readonly setAsDefault?: boolean },
  context: Context,
): Decided<{ readonly policy: IamPolicy; readonly version: IamPolicyVersion }> {
  const before = getOwnPolicy(state, context, input.arn);
  checkIdentityPolicy(input.document);
  checkSize('managed', before.name, [input.document]);
  if (before.versions.length >= VERSIONS_OF_A_POLICY)
    throw iamRefusal(
      'LimitExceeded',
      `A managed policy can have up to ${VERSIONS_OF_A_POLICY} versions. Before you create a new version, you must delete an existing version.`,
    );
  const version: IamPolicyVersion = {
    id: `v${before.nextVersion}`,
    document: input.document,
    createdAt: context.now,
  };
  const policy: IamPolicy = {
    ...before,
    versions: [...before.versions, version],
    nextVersion: before.nextVersion + 1,
    ...(input.setAsDefault === true ? { defaultVersionId: version.id } : {}),
    lastUpdatedAt: context.now,
  };
  return { changes: [put('iamPolicy', policy)], result: { policy, version } };
}

/** DeletePolicyVersion: any but the default one. */
export function deletePolicyVersion(
  state: State,
  input: { readonly arn: string; readonly versionId: string },
  context: Context,
): Decided<null> {
  const before = getOwnPolicy(state, context, input.arn);
  const { id } = getPolicyVersion(before, input.versionId);
  if (id === before.defaultVersionId)
    throw iamRefusal('DeleteConflict', 'Cannot delete the default version of a policy.');
  const versions = before.versions.filter((version) => version.id !== id);
  return { changes: [put('iamPolicy', { ...before, versions, lastUpdatedAt: context.now })], result: null };
}

/** SetDefaultPolicyVersion: from now on this version is in force wherever the policy is attached. */
export function setDefaultPolicyVersion(
  state: State,
  input: { readonly arn: string; readonly versionId: string },
  context: Context,
): Decided<null> {
  const before = getOwnPolicy(state, context, input.arn);
  const { id: defaultVersionId } = getPolicyVersion(before, input.versionId);
  if (defaultVersionId === before.defaultVersionId) return { changes: [], result: null };
  return { changes: [put('iamPolicy', { ...before, defaultVersionId, lastUpdatedAt: context.now })], result: null };
}

/** A policy that the account may change: AWS's own are refused. */
export function getOwnPolicy(state: State, context: Pick<Context, 'account'>, arn: string): IamPolicy {
  const policy = getPolicy(state, context, arn);
  if (policy.account !== context.account)
    throw new Refusal({ kind: 'AccessDenied' }, 'Policy is outside your own account.');
  return policy;
}
