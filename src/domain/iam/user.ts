// IAM users: create, rename, move, delete.

import type { Context, Decided } from '../decision.ts';
import { listBy, type RecordList } from '../page.ts';
import { GLOBAL_REGION, keyOfRecord } from '../records/base.ts';
import type { IamUser } from '../records/iam.ts';
import { iamRefusal } from '../refusal.ts';
import { ownedIndexValue } from '../state-indexes.ts';
import { countBy, put, recordsBy, remove, type State } from '../state.ts';
import { checkFree, findNamed, getUser, iamArn, type Account } from './entity.ts';
import { makeEntity, type EntityInput } from './make-entity.ts';

/** CreateUser. */
export function createUser(state: State, input: EntityInput, context: Context): Decided<IamUser> {
  const user: IamUser = makeEntity(state, 'iamUser', input, context);
  return { changes: [put('iamUser', user)], result: user };
}

/** UpdateUser: gives it another name or path. Its id stays, its keys go with it. */
export function updateUser(
  state: State,
  input: { readonly userName: string; readonly newName?: string; readonly newPath?: string },
  context: Context,
): Decided<IamUser> {
  const before = getUser(state, context, input.userName);
  const { newName: name = before.name, newPath: path = before.path } = input;
  if (name === before.name && path === before.path) return { changes: [], result: before };
  const arn = iamArn(context, `user${path}${name}`);
  checkFree(state, context, 'iamUser', { name, arn, self: before.id });
  const user: IamUser = { ...before, name, path, arn, lastUpdatedAt: context.now };
  const keys = recordsBy(state, 'credential', 'credentialsByUser', keyOfRecord(before));
  return {
    changes: [put('iamUser', user), ...keys.map((key) => put('credential', { ...key, principalArn: arn }))],
    result: user,
  };
}

/** DeleteUser: refused while it has access keys or policies. A permissions boundary goes with it. */
export function deleteUser(state: State, input: { readonly userName: string }, context: Context): Decided<null> {
  const user = getUser(state, context, input.userName);
  const first =
    user.attachedPolicies.length > 0
      ? 'detach all policies'
      : Object.keys(user.inlinePolicies).length > 0
        ? 'delete policies'
        : countBy(state, 'credentialsByUser', keyOfRecord(user)) > 0
          ? 'delete access keys'
          : undefined;
  if (first !== undefined) throw iamRefusal('DeleteConflict', `Cannot delete entity, must ${first} first.`);
  return { changes: [remove('iamUser', user)], result: null };
}

/** The users of the account whose path begins with `pathPrefix`. */
export function listUsers(state: State, { account }: Account, pathPrefix = '/'): RecordList<IamUser> {
  return listBy(state, 'iamUser', 'owned', ownedIndexValue('iamUser', { account, region: GLOBAL_REGION }), {
    name: pathPrefix,
    passes: ({ path }) => path.startsWith(pathPrefix),
  });
}

/** The IAM user that calls; refused when the caller is none. */
export function callingUser(state: State, caller: Account & Pick<Context, 'principalArn'>): IamUser {
  const name = caller.principalArn.slice(caller.principalArn.lastIndexOf('/') + 1);
  const user = findNamed(state, caller, 'iamUser', name);
  if (user === undefined || user.arn !== caller.principalArn)
    throw iamRefusal('ValidationError', 'Must specify userName when calling with non-User credentials');
  return user;
}
