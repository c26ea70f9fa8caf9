// Access keys that IAM did not make: the admin's pair of a first start, and those of the configuration's principals; and secrets that older versions kept plain.

import type { Context, Decided } from '../decision.ts';
import { GLOBAL_REGION, keyOf, type Key } from '../records/base.ts';
import type { Credential } from '../records/iam.ts';
import { Refusal } from '../refusal.ts';
import { put, recordsBy, remove, type Change, type State } from '../state.ts';
import { newIamId } from './entity.ts';

/** Seals secret access keys for their access key ids, and opens them. */
export interface Secrets {
  readonly seal: (secret: string, accessKeyId: string) => string;
  readonly open: (sealed: string, accessKeyId: string) => string;
}

/** A new pair, its secret plain and sealed. */
export function newKeyPair(secrets: Pick<Secrets, 'seal'>, { random }: Context) {
  const id = newIamId('AKIA', 20, random);
  const secretAccessKey = Buffer.from(random.hex(30), 'hex').toString('base64');
  return { id, secretAccessKey, sealedSecret: secrets.seal(secretAccessKey, id) };
}

/** Makes the admin's pair of the caller's account unless there is one. Result: the pair. */
export function ensureAdminCredential(
  state: State,
  input: { readonly secrets: Pick<Secrets, 'seal'> },
  context: Context,
): Decided<Credential> {
  const existing = [...state.tables.credential.values()].find(
    (one) => one.role === 'admin' && one.account === context.account,
  );
  if (existing !== undefined) return { changes: [], result: existing };
  const { id, sealedSecret } = newKeyPair(input.secrets, context);
  const credential: Credential = {
    account: context.account,
    region: GLOBAL_REGION,
    id,
    sealedSecret,
    principalArn: `arn:aws:iam::${context.account}:user/admin`,
    role: 'admin',
    status: 'Active',
    policies: [{ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] }],
    createdAt: context.now,
    lastUpdatedAt: context.now,
    tags: {},
  };
  return { changes: [put('credential', credential)], result: credential };
}

/** A principal of the configuration. */
export interface ConfiguredPrincipal {
  readonly arn: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly policies: readonly unknown[];
}

/** Makes the configuration's access keys what `input` says. Result: how many records changed. */
export function applyConfiguredPrincipals(
  state: State,
  input: { readonly principals: readonly ConfiguredPrincipal[]; readonly secrets: Secrets },
  context: Context,
): Decided<number> {
  const changes: Change[] = [];
  const wanted = new Set<Key>();
  for (const principal of input.principals) {
    const account = /^arn:[^:]+:(?:iam|sts)::(\d{12}):.+$/.exec(principal.arn)?.[1];
    if (account === undefined) throw refuse(`${principal.arn} is not the ARN of a principal.`);
    const key = keyOf(account, GLOBAL_REGION, principal.accessKeyId);
    const [taken] = recordsBy(state, 'credential', 'credentialsByKeyId', principal.accessKeyId);
    if (wanted.has(key) || (taken !== undefined && taken.origin !== 'configuration'))
      throw refuse(`The access key ${principal.accessKeyId} is given twice.`);
    if (isMadeByIam(state, account, principal.arn))
      throw refuse(`${principal.arn} is what IAM's own calls have made: it cannot be in the configuration too.`);
    wanted.add(key);
    const before = state.tables.credential.get(key);
    const credential: Credential = {
      account,
      region: GLOBAL_REGION,
      id: principal.accessKeyId,
      sealedSecret: sealAgain(before, principal, input.secrets),
      principalArn: principal.arn,
      role: 'principal',
      status: 'Active',
      policies: principal.policies,
      createdAt: before?.createdAt ?? context.now,
      lastUpdatedAt: before?.lastUpdatedAt ?? context.now,
      tags: {},
      origin: 'configuration',
    };
    if (before === undefined || JSON.stringify(before) !== JSON.stringify(credential))
      changes.push(put('credential', { ...credential, lastUpdatedAt: context.now }));
  }
  state.tables.credential.forEach((record, key) => {
    if (record.origin === 'configuration' && !wanted.has(key)) changes.push(remove('credential', record));
  });
  return { changes, result: changes.length };
}

/** The seal that is there when its secret is still the same: each seal is another text, and would look like a change. */
function sealAgain(before: Credential | undefined, principal: ConfiguredPrincipal, secrets: Secrets): string {
  const { secretAccessKey, accessKeyId } = principal;
  if (before !== undefined && secrets.open(before.sealedSecret, accessKeyId) === secretAccessKey)
    return before.sealedSecret;
  return secrets.seal(secretAccessKey, accessKeyId);
}

function isMadeByIam({ tables }: State, account: string, arn: string): boolean {
  if (!/:(user|role)\//.test(arn)) return false;
  const isIt = (one: { readonly account: string; readonly arn: string }): boolean =>
    one.account === account && one.arn === arn;
  return tables.iamUser.some(isIt) || tables.iamRole.some(isIt);
}

/** Seals the secrets of records that a version before sealing made. Result: how many there were. */
export function sealPlainSecrets(
  state: State,
  input: { readonly secrets: Pick<Secrets, 'seal'> },
  context: Context,
): Decided<number> {
  const changes: Change[] = [];
  for (const record of state.tables.credential.values()) {
    const { secretAccessKey: plain, ...kept } = record as Credential & { readonly secretAccessKey?: string };
    if (plain === undefined) continue;
    const sealedSecret = input.secrets.seal(plain, record.id);
    changes.push(put('credential', { ...kept, sealedSecret, status: 'Active', lastUpdatedAt: context.now }));
  }
  return { changes, result: changes.length };
}

/** The access key with `accessKeyId`, of whichever account, or undefined. */
export function findCredential(state: State, accessKeyId: string): Credential | undefined {
  return recordsBy(state, 'credential', 'credentialsByKeyId', accessKeyId)[0];
}

function refuse(message: string): Refusal {
  return new Refusal({ kind: 'Validation', reason: 'other' }, message);
}
