// IAM roles: create, change what they are and who may assume them, delete.

import type { Context, Decided } from '../decision.ts';
import { getAttachable } from '../iam-policy/attachment.ts';
import { checkTrustPolicy } from '../iam-policy/document.ts';
import { checkFree, getRole, iamArn, newIamId, type Account } from '../iam/entity.ts';
import { listBy, type RecordList } from '../page.ts';
import { checkQuota } from '../quotas.ts';
import { GLOBAL_REGION, keyOfRecord, type Tags } from '../records/base.ts';
import type { IamRole } from '../records/iam.ts';
import { iamRefusal } from '../refusal.ts';
import { ownedIndexValue } from '../state-indexes.ts';
import { countBy, put, remove, type State } from '../state.ts';
import { checkTags } from '../tag/check-tags.ts';

/** Seconds that a session of a role lasts at most, unless said otherwise (API Reference: CreateRole). */
const USUAL_SESSION = 3600;

export interface CreateRoleInput {
  readonly name: string;
  readonly path?: string;
  readonly trustPolicy: string;
  readonly description?: string;
  /** Seconds. */
  readonly maxSessionDuration?: number;
  readonly permissionsBoundary?: string;
  readonly tags?: Tags;
}

/** CreateRole: a name is unique in the account, whatever its case and path. */
export function createRole(state: State, input: CreateRoleInput, context: Context): Decided<IamRole> {
  const { account, now } = context;
  const { name, path = '/', trustPolicy, description, maxSessionDuration = USUAL_SESSION } = input;
  const tags = checkTags(input.tags);
  checkTrustPolicy(name, trustPolicy);
  const boundary =
    input.permissionsBoundary === undefined
      ? {}
      : { permissionsBoundary: getAttachable(state, context, input.permissionsBoundary).arn };
  const arn = iamArn(context, `role${path}${name}`);
  checkFree(state, context, 'iamRole', { name, arn });
  const owner = { account, region: GLOBAL_REGION };
  checkQuota(context, 'roles', () => countBy(state, 'owned', ownedIndexValue('iamRole', owner)) + 1);
  const role: IamRole = {
    ...owner,
    id: newIamId('AROA', 21, context.random),
    arn,
    name,
    path,
    ...(description === undefined ? {} : { description }),
    maxSessionDuration,
    trustPolicy,
    inlinePolicies: {},
    attachedPolicies: [],
    ...boundary,
    createdAt: now,
    lastUpdatedAt: now,
    tags,
  };
  return { changes: [put('iamRole', role)], result: role };
}

/** UpdateRole and UpdateRoleDescription: what is absent stays. */
export function updateRole(
  state: State,
  input: { readonly name: string; readonly description?: string; readonly maxSessionDuration?: number },
  context: Context,
): Decided<IamRole> {
  const before = getRole(state, context, input.name);
  const { description = before.description, maxSessionDuration = before.maxSessionDuration } = input;
  if (description === before.description && maxSessionDuration === before.maxSessionDuration)
    return { changes: [], result: before };
  const role: IamRole = {
    ...before,
    ...(description === undefined ? {} : { description }),
    maxSessionDuration,
    lastUpdatedAt: context.now,
  };
  return { changes: [put('iamRole', role)], result: role };
}

/** UpdateAssumeRolePolicy: who may assume it from now on. */
export function updateAssumeRolePolicy(
  state: State,
  input: { readonly name: string; readonly trustPolicy: string },
  context: Context,
): Decided<null> {
  const before = getRole(state, context, input.name);
  checkTrustPolicy(input.name, input.trustPolicy);
  if (before.trustPolicy === input.trustPolicy) return { changes: [], result: null };
  const role: IamRole = { ...before, trustPolicy: input.trustPolicy, lastUpdatedAt: context.now };
  return { changes: [put('iamRole', role)], result: null };
}

/** DeleteRole: refused while it has policies or is in an instance profile. A permissions boundary goes with it. */
export function deleteRole(state: State, input: { readonly name: string }, context: Context): Decided<null> {
  const role = getRole(state, context, input.name);
  const first =
    countBy(state, 'profilesByRole', keyOfRecord(role)) > 0
      ? 'remove roles from instance profile'
      : role.attachedPolicies.length > 0
        ? 'detach all policies'
        : Object.keys(role.inlinePolicies).length > 0
          ? 'delete policies'
          : undefined;
  if (first !== undefined) throw iamRefusal('DeleteConflict', `Cannot delete entity, must ${first} first.`);
  return { changes: [remove('iamRole', role)], result: null };
}

/** The roles of the account whose path begins with `pathPrefix`. */
export function listRoles(state: State, { account }: Account, pathPrefix = '/'): RecordList<IamRole> {
  return listBy(state, 'iamRole', 'owned', ownedIndexValue('iamRole', { account, region: GLOBAL_REGION }), {
    name: pathPrefix,
    passes: ({ path }) => path.startsWith(pathPrefix),
  });
}
