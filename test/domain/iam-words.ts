// Random calls around IAM.

import {
  createAccessKey,
  createUser,
  deleteAccessKey,
  deleteUser,
  sealPlainSecrets,
  updateAccessKey,
  updateUser,
} from '../../src/domain/iam/index.ts';
import { tagIam, untagIam, type IamTagged } from '../../src/domain/iam-tag/index.ts';
import {
  attachPolicy,
  createPolicy,
  createPolicyVersion,
  deleteInlinePolicy,
  deletePermissionsBoundary,
  deletePolicy,
  deletePolicyVersion,
  detachPolicy,
  putInlinePolicy,
  putPermissionsBoundary,
  setDefaultPolicyVersion,
} from '../../src/domain/iam-policy/index.ts';
import {
  addRoleToInstanceProfile,
  createInstanceProfile,
  createRole,
  deleteInstanceProfile,
  deleteRole,
  removeRoleFromInstanceProfile,
  updateAssumeRolePolicy,
  updateRole,
} from '../../src/domain/iam-role/index.ts';
import {
  addClientId,
  createOidcProvider,
  deleteOidcProvider,
  removeClientId,
  updateThumbprints,
} from '../../src/domain/oidc-provider/index.ts';
import type { RecordKind } from '../../src/domain/state.ts';
import { callOf, MOST, type Hand, type Word } from './hand.ts';

/** Seals in a way that anybody can open. */
export const secrets = {
  seal: (secret: string, accessKeyId: string): string => `sealed ${accessKeyId} ${secret}`,
  open: (sealed: string): string => sealed.split(' ')[2] ?? '',
};

/** A policy of an identity. */
export const identityPolicy = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: 'vpc-lattice-svcs:Invoke', Resource: '*' }],
});

/** A policy that says who may assume a role. */
export const trustPolicy = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' }],
});

/** IAM belongs to no region. */
const globalHand = (hand: Hand): Hand => hand.at('global');

/** The name of one of the caller's own, or one that nothing has. */
function name(hand: Hand, kind: RecordKind, n: number): string {
  const found = n > MOST - 3 ? undefined : globalHand(hand).own(kind, n);
  return found !== undefined && 'name' in found ? String(found.name) : 'nobody';
}

const made = (n: number): string => `${n % 7 === 6 ? 'N' : 'n'}ame-${n % 5}`;
const path = (n: number): string => (n % 3 === 0 ? '/' : `/p-${n % 3}/`);

/** The words. */
export const iamWords: readonly Word[] = [
  (_, a, b) => callOf(createUser, { name: made(a), path: path(b) }),
  (hand, a, b, c) => callOf(updateUser, { userName: name(hand, 'iamUser', a), newName: made(b), newPath: path(c) }),
  (hand, a) => callOf(deleteUser, { userName: name(hand, 'iamUser', a) }),
  (hand, a) => callOf(createAccessKey, { userName: name(hand, 'iamUser', a), secrets }),
  (hand, a, b, c) => callOf(updateAccessKey, { ...keyOf(hand, a, c), status: b % 2 === 0 ? 'Active' : 'Inactive' }),
  (hand, a, _, c) => callOf(deleteAccessKey, keyOf(hand, a, c)),
  () => callOf(sealPlainSecrets, { secrets }),
  (_, a, b) => callOf(createRole, { name: made(a), path: path(b), trustPolicy }),
  (hand, a, b) =>
    callOf(updateRole, { name: name(hand, 'iamRole', a), description: `d-${b % 2}`, maxSessionDuration: 3600 + b }),
  (hand, a, b) =>
    callOf(updateAssumeRolePolicy, {
      name: name(hand, 'iamRole', a),
      trustPolicy: b === 0 ? identityPolicy : trustPolicy.replace('ec2', `s-${b % 3}`),
    }),
  (hand, a) => callOf(deleteRole, { name: name(hand, 'iamRole', a) }),
  (_, a, b) => callOf(createInstanceProfile, { name: made(a), path: path(b) }),
  (hand, a) => callOf(deleteInstanceProfile, { name: name(hand, 'iamInstanceProfile', a) }),
  (hand, a, b) =>
    callOf(addRoleToInstanceProfile, { name: name(hand, 'iamInstanceProfile', a), roleName: name(hand, 'iamRole', b) }),
  (hand, a, b) =>
    callOf(removeRoleFromInstanceProfile, {
      name: name(hand, 'iamInstanceProfile', a),
      roleName: name(hand, 'iamRole', b),
    }),
  (_, a, b, c) =>
    callOf(createPolicy, { name: made(a), path: path(b), document: c === 0 ? trustPolicy : identityPolicy }),
  (hand, a) => callOf(deletePolicy, { arn: policyArn(hand, a) }),
  (hand, a, b) =>
    callOf(createPolicyVersion, { arn: policyArn(hand, a), document: identityPolicy, setAsDefault: b % 2 === 0 }),
  (hand, a, b) => callOf(deletePolicyVersion, { arn: policyArn(hand, a), versionId: `v${(b % 6) + 1}` }),
  (hand, a, b) => callOf(setDefaultPolicyVersion, { arn: policyArn(hand, a), versionId: `v${(b % 6) + 1}` }),
  (hand, a, b, c) => callOf(attachPolicy, { entity: entity(hand, a, c), policyArn: policyArn(hand, b) }),
  (hand, a, b, c) => callOf(detachPolicy, { entity: entity(hand, a, c), policyArn: policyArn(hand, b) }),
  (hand, a, b, c) => callOf(putPermissionsBoundary, { entity: entity(hand, a, c), policyArn: policyArn(hand, b) }),
  (hand, a, _, c) => callOf(deletePermissionsBoundary, { entity: entity(hand, a, c) }),
  (hand, a, b, c) =>
    callOf(putInlinePolicy, { entity: entity(hand, a, c), policyName: `p-${b % 4}`, document: identityPolicy }),
  (hand, a, b, c) => callOf(deleteInlinePolicy, { entity: entity(hand, a, c), policyName: `p-${b % 4}` }),
  (_, a) => callOf(createOidcProvider, { url: `https://id-${a % 4}.example.com/a`, clientIds: [`c-${a % 3}`] }),
  (hand, a) => callOf(deleteOidcProvider, { arn: providerArn(hand, a) }),
  (hand, a, b) => callOf(addClientId, { arn: providerArn(hand, a), clientId: `c-${b % 4}` }),
  (hand, a, b) => callOf(removeClientId, { arn: providerArn(hand, a), clientId: `c-${b % 4}` }),
  (hand, a, b) => callOf(updateThumbprints, { arn: providerArn(hand, a), thumbprints: [String(b % 10).repeat(40)] }),
  (hand, a, b, c) => callOf(tagIam, { of: tagged(hand, a, c), tags: { [`key-${b % 4}`]: `v-${b % 3}` } }),
  (hand, a, b, c) => callOf(untagIam, { of: tagged(hand, a, c), tagKeys: [`KEY-${b % 4}`, `key-${b % 3}`] }),
];

/** A key with its user, or now and then with another. */
function keyOf(hand: Hand, a: number, c: number) {
  const key = globalHand(hand).own('credential', a);
  const user = key?.userId === undefined ? undefined : globalHand(hand).one('iamUser', key.userId);
  const accessKeyId = a > MOST - 3 ? 'AKIANOTHING' : (key?.id ?? 'AKIANOTHING');
  return { userName: c < 6 || user === undefined ? name(hand, 'iamUser', c) : user.name, accessKeyId };
}

const entity = (hand: Hand, a: number, c: number) => {
  const kind = c % 2 === 0 ? 'iamUser' : 'iamRole';
  return { kind, name: name(hand, kind, a) } as const;
};

/** The ARN of one of the caller's own, of AWS's, or of none. */
function policyArn(hand: Hand, n: number): string {
  if (n % 8 === 7) return 'arn:aws:iam::aws:policy/AdministratorAccess';
  return (n > MOST - 3 ? undefined : globalHand(hand).own('iamPolicy', n))?.arn ?? 'arn:aws:iam::aws:policy/None';
}

function providerArn(hand: Hand, n: number): string {
  const found = n > MOST - 3 ? undefined : globalHand(hand).own('oidcProvider', n);
  return found?.arn ?? `arn:aws:iam::${hand.caller.account}:oidc-provider/none`;
}

function tagged(hand: Hand, a: number, c: number): IamTagged {
  if (c % 5 === 3) return { kind: 'iamPolicy', arn: policyArn(hand, a) };
  if (c % 5 === 4) return { kind: 'oidcProvider', arn: providerArn(hand, a) };
  const kind = (['iamUser', 'iamRole', 'iamInstanceProfile'] as const)[c % 5] ?? 'iamUser';
  return { kind, name: name(hand, kind, a) };
}
