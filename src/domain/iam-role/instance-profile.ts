// Instance profiles: what carries a role to an instance.

import type { Context, Decided } from '../decision.ts';
import { checkFree, getInstanceProfile, getRole, globalKey, iamArn, newIamId, type Account } from '../iam/entity.ts';
import { listBy, type RecordList } from '../page.ts';
import { checkQuota } from '../quotas.ts';
import { GLOBAL_REGION, keyOfRecord, type Tags } from '../records/base.ts';
import type { IamInstanceProfile, IamRole } from '../records/iam.ts';
import { iamRefusal } from '../refusal.ts';
import { ownedIndexValue } from '../state-indexes.ts';
import { countBy, put, remove, type State } from '../state.ts';
import { checkTags } from '../tag/check-tags.ts';

/** CreateInstanceProfile. */
export function createInstanceProfile(
  state: State,
  input: { readonly name: string; readonly path?: string; readonly tags?: Tags },
  context: Context,
): Decided<IamInstanceProfile> {
  const { account, now } = context;
  const { name, path = '/' } = input;
  const tags = checkTags(input.tags);
  const arn = iamArn(context, `instance-profile${path}${name}`);
  checkFree(state, context, 'iamInstanceProfile', { name, arn });
  const owner = { account, region: GLOBAL_REGION };
  const count = (): number => countBy(state, 'owned', ownedIndexValue('iamInstanceProfile', owner));
  checkQuota(context, 'instanceProfiles', () => count() + 1);
  const id = newIamId('AIPA', 21, context.random);
  const profile: IamInstanceProfile = { ...owner, id, arn, name, path, createdAt: now, lastUpdatedAt: now, tags };
  return { changes: [put('iamInstanceProfile', profile)], result: profile };
}

/** DeleteInstanceProfile: refused while a role is in it. */
export function deleteInstanceProfile(state: State, input: { readonly name: string }, context: Context): Decided<null> {
  const profile = getInstanceProfile(state, context, input.name);
  if (profile.roleId !== undefined)
    throw iamRefusal('DeleteConflict', 'Cannot delete entity, must remove roles from instance profile first.');
  return { changes: [remove('iamInstanceProfile', profile)], result: null };
}

/** A profile and a role, by name. */
interface ProfileRole {
  readonly name: string;
  readonly roleName: string;
}

/** AddRoleToInstanceProfile: one role at most. */
export function addRoleToInstanceProfile(state: State, input: ProfileRole, context: Context): Decided<null> {
  const before = getInstanceProfile(state, context, input.name);
  const role = getRole(state, context, input.roleName);
  if (before.roleId !== undefined)
    throw iamRefusal('LimitExceeded', 'Cannot exceed quota for InstanceSessionsPerInstanceProfile: 1');
  const profile: IamInstanceProfile = { ...before, roleId: role.id, lastUpdatedAt: context.now };
  return { changes: [put('iamInstanceProfile', profile)], result: null };
}

/** RemoveRoleFromInstanceProfile. */
export function removeRoleFromInstanceProfile(state: State, input: ProfileRole, context: Context): Decided<null> {
  const { roleId, ...kept } = getInstanceProfile(state, context, input.name);
  const role = getRole(state, context, input.roleName);
  if (roleId !== role.id)
    throw iamRefusal('NoSuchEntity', `The role with name ${role.name} is not in the instance profile ${kept.name}.`);
  return { changes: [put('iamInstanceProfile', { ...kept, lastUpdatedAt: context.now })], result: null };
}

/** The role in a profile, or undefined. */
export function findRoleOf(state: State, profile: IamInstanceProfile): IamRole | undefined {
  return profile.roleId === undefined ? undefined : state.tables.iamRole.get(globalKey(profile, profile.roleId));
}

/** The profiles of the account whose path begins with `pathPrefix`. */
export function listInstanceProfiles(
  state: State,
  { account }: Account,
  pathPrefix = '/',
): RecordList<IamInstanceProfile> {
  const value = ownedIndexValue('iamInstanceProfile', { account, region: GLOBAL_REGION });
  return listBy(state, 'iamInstanceProfile', 'owned', value, {
    name: pathPrefix,
    passes: ({ path }) => path.startsWith(pathPrefix),
  });
}

/** The profiles that a role is in. */
export function listProfilesOfRole(state: State, role: IamRole): RecordList<IamInstanceProfile> {
  return listBy(state, 'iamInstanceProfile', 'profilesByRole', keyOfRecord(role));
}
