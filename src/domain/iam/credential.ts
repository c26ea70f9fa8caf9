// Access keys: the admin's pair of a first start, and those of the configuration's principals.

import type { Context, Decided } from '../decision.ts';
import { GLOBAL_REGION, keyOf, type Key } from '../records/base.ts';
import type { Credential } from '../records/iam.ts';
import { Refusal } from '../refusal.ts';
import { put, recordsBy, remove, type Change, type State } from '../state.ts';

/** Makes the admin's pair of the caller's account unless there is one. Result: the pair. */
export function ensureAdminCredential(state: State, _input: null, context: Context): Decided<Credential> {
  const existing = [...state.tables.credential.values()].find(
    (one) => one.role === 'admin' && one.account === context.account,
  );
  if (existing !== undefined) return { changes: [], result: existing };
  const credential: Credential = {
    account: context.account,
    region: GLOBAL_REGION,
    id: `AKIA${base32(context.random.hex(10))}`,
    secretAccessKey: Buffer.from(context.random.hex(30), 'hex').toString('base64'),
    principalArn: `arn:aws:iam::${context.account}:user/admin`,
    role: 'admin',
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
  input: { readonly principals: readonly ConfiguredPrincipal[] },
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
    wanted.add(key);
    const before = state.tables.credential.get(key);
    const credential: Credential = {
      account,
      region: GLOBAL_REGION,
      id: principal.accessKeyId,
      secretAccessKey: principal.secretAccessKey,
      principalArn: principal.arn,
      role: 'principal',
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

/** The access key with `accessKeyId`, of whichever account, or undefined. */
export function findCredential(state: State, accessKeyId: string): Credential | undefined {
  return recordsBy(state, 'credential', 'credentialsByKeyId', accessKeyId)[0];
}

function refuse(message: string): Refusal {
  return new Refusal({ kind: 'Validation', reason: 'other' }, message);
}

/** RFC 4648 base32 of hex digits, five bits a letter: access key ids use its alphabet. */
function base32(hex: string): string {
  let bits = BigInt(`0x${hex}`);
  let text = '';
  for (let i = 0; i < (hex.length * 4) / 5; i++) {
    text = `${'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'[Number(bits & 31n)]}${text}`;
    bits >>= 5n;
  }
  return text;
}
