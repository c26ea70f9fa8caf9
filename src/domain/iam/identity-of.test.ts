// Who a key or a role stands for, and the documents of its side.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { identityPolicy, secrets, trustPolicy } from '../../../test/domain/iam-words.ts';
import { compilePolicy, parsePolicy } from '../../policy/index.ts';
import { awsManagedPolicies } from '../iam-policy/aws-managed-policies.ts';
import {
  attachPolicy,
  createPolicy,
  createPolicyVersion,
  putInlinePolicy,
  putPermissionsBoundary,
  setDefaultPolicyVersion,
} from '../iam-policy/index.ts';
import { createRole } from '../iam-role/index.ts';
import { tagIam } from '../iam-tag/index.ts';
import { createScenario } from '../scenario.ts';
import {
  applyConfiguredPrincipals,
  createAccessKey,
  createUser,
  deleteAccessKey,
  deleteUser,
  ensureAdminCredential,
  findCredential,
  findIdentity,
  findRole,
  identityOf,
} from './index.ts';

const account = '123456789012';
const other = identityPolicy.replace('Invoke', '*');

test("identityOf() gives a user's key its user, with inline and attached policies as they are in force, and the boundary", () => {
  const scenario = createScenario();
  const user = scenario.run(createUser, { name: 'ann', path: '/a/' });
  const { credential } = scenario.run(createAccessKey, { userName: 'ann', secrets });
  const { arn } = scenario.run(createPolicy, { name: 'read', document: identityPolicy });
  const entity = { kind: 'iamUser', name: 'ann' } as const;
  const administrator = 'arn:aws:iam::aws:policy/AdministratorAccess';
  for (const policyArn of [arn, administrator]) scenario.run(attachPolicy, { entity, policyArn });
  scenario.run(putInlinePolicy, { entity, policyName: 'own', document: other });
  scenario.run(putPermissionsBoundary, { entity, policyArn: arn });
  scenario.run(tagIam, { of: entity, tags: { team: 'shop' } });
  const all = JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] });
  assert.deepEqual(identityOf(scenario.state, credential), {
    principal: { kind: 'user', arn: user.arn, issuerArn: user.arn, account, userId: user.id, tags: { team: 'shop' } },
    identity: [
      { name: `inline policy own of ${user.arn}`, document: other },
      { name: arn, document: identityPolicy },
      { name: administrator, document: all },
    ],
    boundary: { name: arn, document: identityPolicy },
  });
  scenario.run(createPolicyVersion, { arn, document: other });
  assert.equal(identityOf(scenario.state, credential)?.boundary?.document, identityPolicy);
  scenario.run(setDefaultPolicyVersion, { arn, versionId: 'v2' });
  assert.equal(identityOf(scenario.state, credential)?.boundary?.document, other);
});

test('identityOf() of a key whose user is gone is undefined', () => {
  const scenario = createScenario();
  scenario.run(createUser, { name: 'ann' });
  const { credential } = scenario.run(createAccessKey, { userName: 'ann', secrets });
  scenario.run(deleteAccessKey, { userName: 'ann', accessKeyId: credential.id });
  scenario.run(deleteUser, { userName: 'ann' });
  assert.equal(identityOf(scenario.state, credential), undefined);
});

test("identityOf() reads what the admin and pergola.yaml's principals are from their ARNs", () => {
  const scenario = createScenario();
  const admin = scenario.run(ensureAdminCredential, { secrets });
  const found = identityOf(scenario.state, admin);
  assert.deepEqual([found?.principal.kind, found?.principal.arn], ['user', admin.principalArn]);
  assert.match(found?.identity[0]?.document ?? '', /"Action":"\*"/);
  const roleArn = `arn:aws:iam::${account}:role/ci`;
  for (const [arn, kind, issuerArn] of [
    [`arn:aws:iam::${account}:user/ops/eve`, 'user', undefined],
    [roleArn, 'role', undefined],
    [`arn:aws:sts::${account}:assumed-role/ci/build-7`, 'role', roleArn],
    [`arn:aws:iam::${account}:root`, 'root', undefined],
    [`arn:aws:sts::${account}:federated-user/ann`, 'federated', undefined],
  ] as const) {
    const principal = { arn, accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 's', policies: [JSON.parse(other)] };
    scenario.run(applyConfiguredPrincipals, { principals: [principal], secrets });
    const credential = findCredential(scenario.state, 'AKIAEXAMPLE');
    assert.ok(credential !== undefined);
    const identity = identityOf(scenario.state, credential);
    assert.deepEqual([identity?.principal.kind, identity?.principal.issuerArn], [kind, issuerArn ?? arn], arn);
    assert.deepEqual(identity?.identity, [{ name: `policy 1 of ${arn}`, document: other }]);
  }
});

test('findRole() and findIdentity() give the role and the user with that very ARN', () => {
  const scenario = createScenario();
  const role = scenario.run(createRole, { name: 'ci', path: '/a/', trustPolicy });
  const user = scenario.run(createUser, { name: 'ci', path: '/a/' });
  assert.equal(findRole(scenario.state, role.arn)?.role, role);
  assert.equal(findIdentity(scenario.state, user.arn)?.principal.userId, user.id);
  for (const change of [
    (arn: string) => arn.replace('/a/', '/'),
    (arn: string) => arn.replace('ci', 'CI'),
    (arn: string) => arn.replace('123', '999'),
    (arn: string) => `${arn}x`,
    () => '',
  ]) {
    assert.equal(findRole(scenario.state, change(role.arn)), undefined);
    assert.equal(findIdentity(scenario.state, change(user.arn)), undefined);
  }
});

test('a user or role of IAM and a principal of pergola.yaml cannot have the same ARN', () => {
  const scenario = createScenario();
  scenario.run(ensureAdminCredential, { secrets });
  const refused = scenario.refused(createUser, { name: 'admin' });
  assert.ok(refused.kind === 'Iam' && refused.code === 'EntityAlreadyExists');
  const { arn } = scenario.run(createUser, { name: 'ann' });
  const principals = [{ arn, accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 's', policies: [] }];
  assert.equal(scenario.refused(applyConfiguredPrincipals, { principals, secrets }).kind, 'Validation');
});

test("AWS's own policies are documents that IAM takes, each with an id of its own", () => {
  for (const { versions, defaultVersionId } of awsManagedPolicies) {
    const parsed = parsePolicy(versions.find(({ id }) => id === defaultVersionId)?.document ?? '', 'identity');
    assert.ok(parsed.ok);
    compilePolicy(parsed.document);
  }
  const ids = awsManagedPolicies.map(({ id }) => id);
  assert.ok(new Set(ids).size === ids.length && ids.every((id) => /^ANPA[A-Z2-7]{17}$/.test(id)));
});
