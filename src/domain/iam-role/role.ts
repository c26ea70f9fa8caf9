// IAM roles: create, change what they are and who may assume them, delete.

import type { Context, Decided } from '../decision.ts';
import { checkTrustPolicy } from '../iam-policy/document.ts';
import { getRole, type Account } from '../iam/entity.ts';
import { makeEntity, type EntityInput } from '../iam/make-entity.ts';
import { listBy, type RecordList } from '../page.ts';
import { GLOBAL_REGION, keyOfRecord } from '../records/base.ts';
import type { IamRole } from '../records/iam.ts';
import { iamRefusal } from '../refusal.ts';
import { ownedIndexValue } from '../state-indexes.ts';
import { countBy, put, remove, type State } from '../state.ts';

/** Seconds that a session of a role lasts at most, unless said otherwise (API Reference: CreateRole). */
const USUAL_SESSION = 3600;

export interface CreateRoleInput extends EntityInput {
  readonly trustPolicy: string;
  readonly description?: string;
  /** Seconds. */
  readonly maxSessionDuration?: number;
}

/** CreateRole. */
export function createRole(state: State, input: CreateRoleInput, context: Context): Decided<IamRole> {
  const { name, trustPolicy, description, maxSessionDuration = USUAL_SESSION } = input;
  checkTrustPolicy(name, trustPolicy);
  const role: IamRole = {
    ...makeEntity(state, 'iamRole', input, context),
    ...(description === undefined ? {} : { description }),
    ...{ maxSessionDuration, trustPolicy },
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
