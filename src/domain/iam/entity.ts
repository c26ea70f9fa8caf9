// Finding what IAM names, and making the ids and ARNs that it gives.

import { base32Letters } from '../../base/base32.ts';
import type { Random } from '../../base/random.ts';
import type { Caller } from '../identifiers.ts';
import { GLOBAL_REGION, keyOf } from '../records/base.ts';
import type { IamInstanceProfile, IamRole, IamUser } from '../records/iam.ts';
import { iamRefusal } from '../refusal.ts';
import { nameIndexValue, type IamKind } from '../state-indexes.ts';
import { recordsBy, type RecordTypes, type State } from '../state.ts';

/** IAM is the same in every region: all that it needs to know of a caller is the account. */
export type Account = Pick<Caller, 'account'>;

/** How refusals call the kinds. */
const words: Readonly<Record<IamKind, string>> = {
  iamUser: 'User',
  iamRole: 'Role',
  iamPolicy: 'Policy',
  iamInstanceProfile: 'Instance Profile',
};

/** What of `kind` has `name`, in this spelling or (`anyCase`) any; or undefined. */
export function findNamed<K extends IamKind>(
  state: State,
  { account }: Account,
  kind: K,
  name: string,
  anyCase = false,
): RecordTypes[K] | undefined {
  const value = nameIndexValue(kind, `${account}/${GLOBAL_REGION}`, name.toLowerCase());
  const [found] = recordsBy(state, kind, 'names', value);
  return anyCase || found?.name === name ? found : undefined;
}

/** The user with `name`; refused with NoSuchEntity. */
export function getUser(state: State, caller: Account, name: string): IamUser {
  const found = findNamed(state, caller, 'iamUser', name);
  if (found === undefined) throw iamRefusal('NoSuchEntity', `The user with name ${name} cannot be found.`);
  return found;
}

/** The role with `name`; refused with NoSuchEntity. */
export function getRole(state: State, caller: Account, name: string): IamRole {
  const found = findNamed(state, caller, 'iamRole', name);
  if (found === undefined) throw iamRefusal('NoSuchEntity', `The role with name ${name} cannot be found.`);
  return found;
}

/** The instance profile with `name`; refused with NoSuchEntity. */
export function getInstanceProfile(state: State, caller: Account, name: string): IamInstanceProfile {
  const found = findNamed(state, caller, 'iamInstanceProfile', name);
  if (found === undefined) throw iamRefusal('NoSuchEntity', `Instance Profile ${name} cannot be found.`);
  return found;
}

/** A user or a role, by name. */
export interface EntityName {
  readonly kind: 'iamUser' | 'iamRole';
  readonly name: string;
}

/** The user or role; refused with NoSuchEntity. */
export function getEntity(state: State, caller: Account, { kind, name }: EntityName): IamUser | IamRole {
  return kind === 'iamUser' ? getUser(state, caller, name) : getRole(state, caller, name);
}

/** Refuses with EntityAlreadyExists when what is to be made (or renamed: `self` is its id) would share its name, or its ARN with a principal of pergola.yaml. */
export function checkFree(
  state: State,
  caller: Account,
  kind: IamKind,
  { name, arn, self }: { readonly name: string; readonly arn: string; readonly self?: string },
): void {
  const named = findNamed(state, caller, kind, name, true);
  const [configured] = recordsBy(state, 'credential', 'credentialsByPrincipal', arn).filter(
    ({ role }) => role !== 'user',
  );
  if ((named === undefined || named.id === self) && configured === undefined) return;
  const shown = kind === 'iamPolicy' || kind === 'iamInstanceProfile' ? name : `with name ${name}`;
  throw iamRefusal(
    'EntityAlreadyExists',
    kind === 'iamPolicy'
      ? `A policy called ${name} already exists. Duplicate names are not allowed.`
      : `${words[kind]} ${shown} already exists.`,
  );
}

/** The ARN of `resource` (`user/a/ann`) of an account. */
export function iamArn({ account }: Account, resource: string): string {
  return `arn:aws:iam::${account}:${resource}`;
}

/** A unique id as IAM makes them: `prefix` (AIDA user, AROA role, ANPA policy, AIPA instance profile, AKIA access key) and base32 letters, `length` in all. */
export function newIamId(prefix: string, length: number, random: Pick<Random, 'hex'>): string {
  return `${prefix}${base32(random.hex(16)).slice(0, length - prefix.length)}`;
}

/** The key of a record of IAM with `id`. */
export function globalKey({ account }: Account, id: string) {
  return keyOf(account, GLOBAL_REGION, id);
}

/** RFC 4648 base32 of hex digits, five bits a letter: ids of IAM use its alphabet. */
function base32(hex: string): string {
  let bits = BigInt(`0x${hex}`);
  let text = '';
  for (let i = 0; i < Math.floor((hex.length * 4) / 5); i++) {
    text = `${base32Letters[Number(bits & 31n)]}${text}`;
    bits >>= 5n;
  }
  return text;
}
