// Access keys of IAM users: made, made inactive, removed.

import type { Context, Decided } from '../decision.ts';
import { listBy, type RecordList } from '../page.ts';
import { GLOBAL_REGION, keyOfRecord } from '../records/base.ts';
import type { Credential, IamUser } from '../records/iam.ts';
import { iamRefusal } from '../refusal.ts';
import { countBy, put, remove, type State } from '../state.ts';
import { newKeyPair, type Secrets } from './credential.ts';
import { getUser, globalKey, type Account } from './entity.ts';
import { callingUser } from './user.ts';

/** AWS's, which it does not raise (IAM User Guide: IAM and STS quotas). */
const KEYS_OF_A_USER = 2;

/** Whose keys are meant: a user of the account, or (undefined) the caller. */
interface OfUser {
  readonly userName?: string;
}

/** CreateAccessKey: at most two for a user. The only time that the secret is told. */
export function createAccessKey(
  state: State,
  input: OfUser & { readonly secrets: Pick<Secrets, 'seal'> },
  context: Context,
): Decided<{ readonly user: IamUser; readonly credential: Credential; readonly secretAccessKey: string }> {
  const user = userOf(state, context, input);
  if (countBy(state, 'credentialsByUser', keyOfRecord(user)) >= KEYS_OF_A_USER)
    throw iamRefusal('LimitExceeded', `Cannot exceed quota for AccessKeysPerUser: ${KEYS_OF_A_USER}`);
  const { id, sealedSecret, secretAccessKey } = newKeyPair(input.secrets, context);
  const credential: Credential = {
    account: user.account,
    region: GLOBAL_REGION,
    id,
    sealedSecret,
    principalArn: user.arn,
    role: 'user',
    status: 'Active',
    userId: user.id,
    policies: [],
    createdAt: context.now,
    lastUpdatedAt: context.now,
    tags: {},
  };
  return { changes: [put('credential', credential)], result: { user, credential, secretAccessKey } };
}

/** UpdateAccessKey: an inactive key is refused until it is active again. */
export function updateAccessKey(
  state: State,
  input: OfUser & { readonly accessKeyId: string; readonly status: Credential['status'] },
  context: Context,
): Decided<null> {
  const before = getKey(state, context, input);
  if (before.status === input.status) return { changes: [], result: null };
  const after: Credential = { ...before, status: input.status, lastUpdatedAt: context.now };
  return { changes: [put('credential', after)], result: null };
}

/** DeleteAccessKey. */
export function deleteAccessKey(
  state: State,
  input: OfUser & { readonly accessKeyId: string },
  context: Context,
): Decided<null> {
  return { changes: [remove('credential', getKey(state, context, input))], result: null };
}

/** The keys of a user. */
export function listAccessKeys(
  state: State,
  caller: Account & Pick<Context, 'principalArn'>,
  of: OfUser,
): { readonly user: IamUser; readonly keys: RecordList<Credential> } {
  const user = userOf(state, caller, of);
  return { user, keys: listBy(state, 'credential', 'credentialsByUser', keyOfRecord(user)) };
}

/** A key of an IAM user of the account, and its user; refused with NoSuchEntity. */
export function getAccessKey(
  state: State,
  caller: Account,
  accessKeyId: string,
): { readonly user: IamUser; readonly credential: Credential } {
  const credential = state.tables.credential.get(globalKey(caller, accessKeyId));
  const user = state.tables.iamUser.get(globalKey(caller, credential?.userId ?? ''));
  if (credential === undefined || user === undefined) throw noKey(accessKeyId);
  return { user, credential };
}

function userOf(state: State, caller: Account & Pick<Context, 'principalArn'>, { userName }: OfUser): IamUser {
  return userName === undefined ? callingUser(state, caller) : getUser(state, caller, userName);
}

function getKey(state: State, context: Context, input: OfUser & { readonly accessKeyId: string }): Credential {
  const { user, credential } = getAccessKey(state, context, input.accessKeyId);
  if (user.id !== userOf(state, context, input).id) throw noKey(input.accessKeyId);
  return credential;
}

function noKey(accessKeyId: string) {
  return iamRefusal('NoSuchEntity', `The Access Key with id ${accessKeyId} cannot be found.`);
}
