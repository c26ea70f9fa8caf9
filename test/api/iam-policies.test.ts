// IAM's policies through the SDK: managed ones with their versions, attached, inline and as boundaries; and what clients ask besides.

import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import {
  AttachRolePolicyCommand,
  AttachUserPolicyCommand,
  CreateAccessKeyCommand,
  CreatePolicyCommand,
  CreatePolicyVersionCommand,
  CreateRoleCommand,
  CreateUserCommand,
  DeleteLoginProfileCommand,
  DeletePolicyCommand,
  DeletePolicyVersionCommand,
  DeleteRoleCommand,
  DeleteRolePermissionsBoundaryCommand,
  DeleteRolePolicyCommand,
  DeleteUserCommand,
  DeleteUserPermissionsBoundaryCommand,
  DeleteUserPolicyCommand,
  DetachRolePolicyCommand,
  DetachUserPolicyCommand,
  GetAccessKeyLastUsedCommand,
  GetAccountSummaryCommand,
  GetLoginProfileCommand,
  GetPolicyCommand,
  GetPolicyVersionCommand,
  GetRoleCommand,
  GetRolePolicyCommand,
  GetUserCommand,
  GetUserPolicyCommand,
  ListAccountAliasesCommand,
  ListAttachedRolePoliciesCommand,
  ListAttachedUserPoliciesCommand,
  ListEntitiesForPolicyCommand,
  ListGroupsForUserCommand,
  ListMFADevicesCommand,
  ListPoliciesCommand,
  ListPolicyVersionsCommand,
  ListRolePoliciesCommand,
  ListServiceSpecificCredentialsCommand,
  ListSigningCertificatesCommand,
  ListSSHPublicKeysCommand,
  ListUserPoliciesCommand,
  ListVirtualMFADevicesCommand,
  PutRolePermissionsBoundaryCommand,
  PutRolePolicyCommand,
  PutUserPermissionsBoundaryCommand,
  PutUserPolicyCommand,
  SetDefaultPolicyVersionCommand,
  UpdateLoginProfileCommand,
  type CreatePolicyVersionResponse,
  type IAMClient,
} from '@aws-sdk/client-iam';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { awsQuotas } from '../../src/domain/index.ts';
import { reset } from '../../src/domain/upkeep/index.ts';
import { contextOf } from '../store/calls.ts';
import { identityPolicy, trustPolicy } from '../domain/iam-words.ts';
import { refusedAs } from './iam-refusals.ts';
import { startApi, type RunningApi } from './running-api.ts';

const account = '111122223333';
const administrator = 'arn:aws:iam::aws:policy/AdministratorAccess';
let api: RunningApi;
let iam: IAMClient;
before(async () => {
  api = await startApi({ quotas: 'aws' });
  ({ iam } = api);
});
after(() => api[Symbol.asyncDispose]());
// Each test has a user and a role, and an account without anything else.
beforeEach(async () => {
  await api.store.commit(reset, null, contextOf('Reset'));
  await iam.send(new CreateUserCommand({ UserName: 'ann' }));
  await iam.send(new CreateRoleCommand({ RoleName: 'ci', AssumeRolePolicyDocument: trustPolicy }));
});

const makePolicy = async (PolicyName: string, more: object = {}): Promise<string> => {
  const { Policy } = await iam.send(new CreatePolicyCommand({ PolicyName, PolicyDocument: identityPolicy, ...more }));
  return Policy?.Arn ?? '';
};

/** A document of `size` characters. */
const documentOf = (size: number): string => {
  const empty = identityPolicy.replace('"Effect"', '"Sid":"","Effect"');
  return empty.replace('"Sid":""', `"Sid":"${'a'.repeat(size - empty.length)}"`);
};

test('a managed policy has up to five versions, one of which is in force', async () => {
  const PolicyArn = await makePolicy('read', { Path: '/a/', Description: 'reads' });
  assert.equal(PolicyArn, `arn:aws:iam::${account}:policy/a/read`);
  const get = async () => (await iam.send(new GetPolicyCommand({ PolicyArn }))).Policy;
  const { PolicyId = '', Description, DefaultVersionId, AttachmentCount, IsAttachable } = (await get()) ?? {};
  assert.match(PolicyId, /^ANPA[A-Z2-7]{17}$/);
  assert.deepEqual([Description, DefaultVersionId, AttachmentCount, IsAttachable], ['reads', 'v1', 0, true]);
  await refusedAs('EntityAlreadyExists', 409, makePolicy('READ'));
  const PolicyDocument = identityPolicy.replace('Invoke', '*');
  for (let n = 2; n <= 5; n++) {
    const SetAsDefault = n === 3;
    const made: CreatePolicyVersionResponse = await iam.send(
      new CreatePolicyVersionCommand({ PolicyArn, PolicyDocument, SetAsDefault }),
    );
    assert.deepEqual([made.PolicyVersion?.VersionId, made.PolicyVersion?.IsDefaultVersion], [`v${n}`, n === 3]);
  }
  await refusedAs('LimitExceeded', 409, iam.send(new CreatePolicyVersionCommand({ PolicyArn, PolicyDocument })));
  const of = (VersionId: string) => ({ PolicyArn, VersionId });
  await refusedAs('DeleteConflict', 409, iam.send(new DeletePolicyVersionCommand(of('v3'))));
  await refusedAs('NoSuchEntity', 404, iam.send(new DeletePolicyVersionCommand(of('v9'))));
  await iam.send(new DeletePolicyVersionCommand(of('v5')));
  const sixth = await iam.send(new CreatePolicyVersionCommand({ PolicyArn, PolicyDocument }));
  assert.equal(sixth.PolicyVersion?.VersionId, 'v6');
  await iam.send(new SetDefaultPolicyVersionCommand(of('v1')));
  assert.equal((await get())?.DefaultVersionId, 'v1');
  const first = await iam.send(new GetPolicyVersionCommand(of('v1')));
  assert.equal(decodeURIComponent(first.PolicyVersion?.Document ?? ''), identityPolicy);
  const page = await iam.send(new ListPolicyVersionsCommand({ PolicyArn, MaxItems: 3 }));
  const rest = await iam.send(new ListPolicyVersionsCommand({ PolicyArn, MaxItems: 3, Marker: page.Marker }));
  const listed = [...(page.Versions ?? []), ...(rest.Versions ?? [])].map(({ VersionId }) => VersionId);
  assert.deepEqual([page.IsTruncated, rest.IsTruncated, listed], [true, false, ['v6', 'v4', 'v3', 'v2', 'v1']]);
  await refusedAs('DeleteConflict', 409, iam.send(new DeletePolicyCommand({ PolicyArn })));
  for (const version of ['v2', 'v3', 'v4', 'v6']) await iam.send(new DeletePolicyVersionCommand(of(version)));
  await iam.send(new DeletePolicyCommand({ PolicyArn }));
  await refusedAs('NoSuchEntity', 404, get());
});

test('documents that IAM would not take are refused, by grammar and by size; white space is not counted', async () => {
  for (const PolicyDocument of ['{', trustPolicy, identityPolicy.replace('Allow', 'Maybe')])
    await refusedAs('MalformedPolicyDocument', 400, makePolicy('p', { PolicyDocument }));
  await refusedAs('ValidationError', 400, makePolicy('p', { PolicyDocument: '' }));
  await refusedAs('LimitExceeded', 409, makePolicy('p', { PolicyDocument: documentOf(6145) }));
  await makePolicy('p', { PolicyDocument: documentOf(6144).replaceAll(',', ' ,\n ') });
  const put = (PolicyName: string, PolicyDocument: string) =>
    iam.send(new PutUserPolicyCommand({ UserName: 'ann', PolicyName, PolicyDocument }));
  await put('a', documentOf(1024));
  await put('b', documentOf(1024));
  await refusedAs('LimitExceeded', 409, put('c', documentOf(200)));
  await put('b', documentOf(824));
  await put('c', documentOf(200));
  await refusedAs('MalformedPolicyDocument', 400, put('c', trustPolicy));
  const large = { RoleName: 'ci', PolicyName: 'p', PolicyDocument: documentOf(10_241) };
  await refusedAs('LimitExceeded', 409, iam.send(new PutRolePolicyCommand(large)));
  await iam.send(new PutRolePolicyCommand({ ...large, PolicyDocument: documentOf(10_240) }));
});

test('inline policies are put, read, listed in pages and deleted, and keep their owner', async () => {
  const user = { UserName: 'ann' };
  const role = { RoleName: 'ci' };
  for (const PolicyName of ['b', 'a', 'c', '__proto__']) {
    await iam.send(new PutUserPolicyCommand({ ...user, PolicyName, PolicyDocument: identityPolicy }));
    await iam.send(new PutRolePolicyCommand({ ...role, PolicyName, PolicyDocument: identityPolicy }));
  }
  const ofUser = await iam.send(new GetUserPolicyCommand({ ...user, PolicyName: '__proto__' }));
  const ofRole = await iam.send(new GetRolePolicyCommand({ ...role, PolicyName: 'b' }));
  assert.deepEqual([ofUser.UserName, ofRole.RoleName, ofUser.PolicyName], ['ann', 'ci', '__proto__']);
  for (const { PolicyDocument = '' } of [ofUser, ofRole])
    assert.equal(decodeURIComponent(PolicyDocument), identityPolicy);
  assert.match(ofUser.PolicyDocument ?? '', /%2A/);
  const first = await iam.send(new ListUserPoliciesCommand({ ...user, MaxItems: 3 }));
  const rest = await iam.send(new ListUserPoliciesCommand({ ...user, Marker: first.Marker }));
  assert.deepEqual([first.PolicyNames, rest.PolicyNames], [['__proto__', 'a', 'b'], ['c']]);
  assert.equal((await iam.send(new ListRolePoliciesCommand(role))).PolicyNames?.length, 4);
  await refusedAs('NoSuchEntity', 404, iam.send(new GetUserPolicyCommand({ ...user, PolicyName: 'constructor' })));
  await refusedAs('DeleteConflict', 409, iam.send(new DeleteUserCommand(user)));
  await refusedAs('DeleteConflict', 409, iam.send(new DeleteRoleCommand(role)));
  for (const PolicyName of ['b', 'a', 'c', '__proto__']) {
    await iam.send(new DeleteUserPolicyCommand({ ...user, PolicyName }));
    await iam.send(new DeleteRolePolicyCommand({ ...role, PolicyName }));
  }
  await refusedAs('NoSuchEntity', 404, iam.send(new DeleteUserPolicyCommand({ ...user, PolicyName: 'a' })));
  await iam.send(new DeleteUserCommand(user));
  await iam.send(new DeleteRoleCommand(role));
});

test('managed policies are attached, ten at most, to users and roles, which keep them from being deleted', async () => {
  const arns = await Promise.all(Array.from({ length: 10 }, (_, n) => makePolicy(`p-${n}`)));
  const [PolicyArn = ''] = arns;
  const user = { UserName: 'ann' };
  for (const arn of arns) await iam.send(new AttachUserPolicyCommand({ ...user, PolicyArn: arn }));
  await iam.send(new AttachUserPolicyCommand({ ...user, PolicyArn }));
  await refusedAs('LimitExceeded', 409, iam.send(new AttachUserPolicyCommand({ ...user, PolicyArn: administrator })));
  const first = await iam.send(new ListAttachedUserPoliciesCommand({ ...user, MaxItems: 8 }));
  const rest = await iam.send(new ListAttachedUserPoliciesCommand({ ...user, MaxItems: 8, Marker: first.Marker }));
  const listed = [...(first.AttachedPolicies ?? []), ...(rest.AttachedPolicies ?? [])];
  assert.deepEqual(new Set(listed.map((one) => one.PolicyArn)), new Set(arns));
  await refusedAs('DeleteConflict', 409, iam.send(new DeletePolicyCommand({ PolicyArn })));
  await refusedAs('DeleteConflict', 409, iam.send(new DeleteUserCommand(user)));
  await iam.send(new AttachRolePolicyCommand({ RoleName: 'ci', PolicyArn }));
  await iam.send(new AttachRolePolicyCommand({ RoleName: 'ci', PolicyArn: administrator }));
  const ofRole = await iam.send(new ListAttachedRolePoliciesCommand({ RoleName: 'ci' }));
  assert.deepEqual(
    ofRole.AttachedPolicies?.map(({ PolicyName }) => PolicyName),
    ['AdministratorAccess', 'p-0'],
  );
  assert.equal((await iam.send(new GetPolicyCommand({ PolicyArn }))).Policy?.AttachmentCount, 2);
  const entities = await iam.send(new ListEntitiesForPolicyCommand({ PolicyArn }));
  assert.deepEqual(
    [entities.PolicyUsers?.map((one) => one.UserName), entities.PolicyRoles?.map((one) => one.RoleName)],
    [['ann'], ['ci']],
  );
  const roles = await iam.send(new ListEntitiesForPolicyCommand({ PolicyArn, EntityFilter: 'Role' }));
  assert.deepEqual([roles.PolicyUsers, roles.PolicyRoles?.length], [[], 1]);
  const page = await iam.send(new ListEntitiesForPolicyCommand({ PolicyArn, MaxItems: 1 }));
  assert.equal(page.IsTruncated, true);
  await iam.send(new DetachRolePolicyCommand({ RoleName: 'ci', PolicyArn: administrator }));
  await refusedAs(
    'NoSuchEntity',
    404,
    iam.send(new DetachRolePolicyCommand({ RoleName: 'ci', PolicyArn: administrator })),
  );
  for (const arn of arns) await iam.send(new DetachUserPolicyCommand({ ...user, PolicyArn: arn }));
  await iam.send(new DetachRolePolicyCommand({ RoleName: 'ci', PolicyArn }));
  await iam.send(new DeletePolicyCommand({ PolicyArn }));
  const none = `arn:aws:iam::${account}:policy/none`;
  await refusedAs('NoSuchEntity', 404, iam.send(new AttachUserPolicyCommand({ ...user, PolicyArn: none })));
  const others = none.replace(account, '999999999999');
  await refusedAs('NoSuchEntity', 404, iam.send(new AttachUserPolicyCommand({ ...user, PolicyArn: others })));
});

test("AWS's own policies can be read and attached, and not be changed; lists have them unless told otherwise", async () => {
  await makePolicy('own');
  const list = async (input: object = {}) =>
    ((await iam.send(new ListPoliciesCommand(input))).Policies ?? []).map(({ PolicyName }) => PolicyName);
  const aws = [
    ...['AdministratorAccess', 'ReadOnlyAccess', 'VPCLatticeFullAccess', 'VPCLatticeReadOnlyAccess'],
    'VPCLatticeServicesInvokeAccess',
  ];
  assert.deepEqual(await list(), [...aws, 'own']);
  assert.deepEqual(await list({ Scope: 'AWS' }), aws);
  assert.deepEqual(await list({ Scope: 'Local' }), ['own']);
  assert.deepEqual(await list({ OnlyAttached: true }), []);
  await iam.send(new AttachUserPolicyCommand({ UserName: 'ann', PolicyArn: administrator }));
  assert.deepEqual(await list({ OnlyAttached: true }), ['AdministratorAccess']);
  const first = await iam.send(new ListPoliciesCommand({ MaxItems: 4 }));
  const rest = await iam.send(new ListPoliciesCommand({ Marker: first.Marker }));
  assert.deepEqual(
    rest.Policies?.map(({ PolicyName }) => PolicyName),
    ['VPCLatticeServicesInvokeAccess', 'own'],
  );
  for (const name of aws) {
    const PolicyArn = `arn:aws:iam::aws:policy/${name}`;
    const { Policy } = await iam.send(new GetPolicyCommand({ PolicyArn }));
    const VersionId = Policy?.DefaultVersionId;
    const { PolicyVersion } = await iam.send(new GetPolicyVersionCommand({ PolicyArn, VersionId }));
    const document = decodeURIComponent(PolicyVersion?.Document ?? '');
    // What may be attached is what would be taken.
    await makePolicy(`copy-of-${name}`, { PolicyDocument: document });
    await refusedAs('AccessDenied', 403, iam.send(new DeletePolicyCommand({ PolicyArn })));
  }
});

test('a boundary is put, shown and taken away, and its policy cannot be deleted meanwhile', async () => {
  const PermissionsBoundary = await makePolicy('limit');
  await iam.send(new PutUserPermissionsBoundaryCommand({ UserName: 'ann', PermissionsBoundary }));
  await iam.send(new PutRolePermissionsBoundaryCommand({ RoleName: 'ci', PermissionsBoundary }));
  const { User } = await iam.send(new GetUserCommand({ UserName: 'ann' }));
  const { Role } = await iam.send(new GetRoleCommand({ RoleName: 'ci' }));
  const shown = { PermissionsBoundaryType: 'Policy', PermissionsBoundaryArn: PermissionsBoundary };
  assert.deepEqual([User?.PermissionsBoundary, Role?.PermissionsBoundary], [shown, shown]);
  const of = { PolicyArn: PermissionsBoundary };
  assert.equal((await iam.send(new GetPolicyCommand(of))).Policy?.PermissionsBoundaryUsageCount, 2);
  await refusedAs('DeleteConflict', 409, iam.send(new DeletePolicyCommand(of)));
  const entities = (PolicyUsageFilter: 'PermissionsBoundary' | 'PermissionsPolicy') =>
    iam.send(new ListEntitiesForPolicyCommand({ ...of, PolicyUsageFilter }));
  assert.equal((await entities('PermissionsBoundary')).PolicyUsers?.length, 1);
  assert.deepEqual((await entities('PermissionsPolicy')).PolicyUsers, []);
  await iam.send(new DeleteUserPermissionsBoundaryCommand({ UserName: 'ann' }));
  await refusedAs('NoSuchEntity', 404, iam.send(new DeleteUserPermissionsBoundaryCommand({ UserName: 'ann' })));
  await iam.send(new DeleteRolePermissionsBoundaryCommand({ RoleName: 'ci' }));
  await iam.send(new DeletePolicyCommand(of));
  const gone = { UserName: 'eve', PermissionsBoundary };
  await refusedAs('NoSuchEntity', 404, iam.send(new CreateUserCommand(gone)));
  await refusedAs('NoSuchEntity', 404, iam.send(new GetUserCommand({ UserName: 'eve' })));
});

test('what clients ask before they delete a user is empty, and the summary counts', async () => {
  const user = { UserName: 'ann' };
  assert.deepEqual((await iam.send(new ListGroupsForUserCommand(user))).Groups, []);
  assert.deepEqual((await iam.send(new ListMFADevicesCommand(user))).MFADevices, []);
  assert.deepEqual((await iam.send(new ListSSHPublicKeysCommand(user))).SSHPublicKeys, []);
  assert.deepEqual((await iam.send(new ListSigningCertificatesCommand(user))).Certificates, []);
  const specific = await iam.send(new ListServiceSpecificCredentialsCommand(user));
  assert.deepEqual(specific.ServiceSpecificCredentials, []);
  assert.deepEqual((await iam.send(new ListAccountAliasesCommand())).AccountAliases, []);
  await refusedAs('NoSuchEntity', 404, iam.send(new GetLoginProfileCommand(user)));
  await refusedAs('NoSuchEntity', 404, iam.send(new UpdateLoginProfileCommand(user)));
  await refusedAs('NoSuchEntity', 404, iam.send(new DeleteLoginProfileCommand(user)));
  assert.deepEqual((await iam.send(new ListVirtualMFADevicesCommand())).VirtualMFADevices, []);
  await refusedAs('NoSuchEntity', 404, iam.send(new ListGroupsForUserCommand({ UserName: 'nobody' })));
  await refusedAs('NoSuchEntity', 404, iam.send(new ListMFADevicesCommand({ UserName: 'nobody' })));
  await makePolicy('p');
  const { SummaryMap } = await iam.send(new GetAccountSummaryCommand());
  const { Users, Roles, Policies, PolicyVersionsInUse, UsersQuota } = SummaryMap ?? {};
  assert.deepEqual([Users, Roles, Policies, PolicyVersionsInUse, UsersQuota], [1, 1, 1, 1, awsQuotas.users]);
});

test('GetAccessKeyLastUsed tells the newest call that the key signed, and nothing of those that it did not', async () => {
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: 'ann' }));
  const { AccessKeyId = '', SecretAccessKey = '' } = AccessKey ?? {};
  const lastUsed = async () => await iam.send(new GetAccessKeyLastUsedCommand({ AccessKeyId }));
  const call = async (secretAccessKey: string): Promise<void> => {
    const credentials = { accessKeyId: AccessKeyId, secretAccessKey };
    const sts = new STSClient({ region: 'us-east-1', endpoint: api.origin, credentials, maxAttempts: 1 });
    await sts.send(new GetCallerIdentityCommand()).finally(() => sts.destroy());
  };
  await refusedAs('SignatureDoesNotMatch', 403, call('wrong'));
  const never = await lastUsed();
  assert.deepEqual([never.UserName, never.AccessKeyLastUsed], ['ann', { ServiceName: 'N/A', Region: 'N/A' }]);
  await call(SecretAccessKey);
  const { AccessKeyLastUsed: used } = await lastUsed();
  assert.deepEqual([used?.ServiceName, used?.Region], ['sts', 'us-east-1']);
  assert.ok(Math.abs((used?.LastUsedDate?.getTime() ?? 0) - Date.now()) < 60_000);
  const unknown = { AccessKeyId: 'AKIAAAAAAAAAAAAAAAAA' };
  await refusedAs('NoSuchEntity', 404, iam.send(new GetAccessKeyLastUsedCommand(unknown)));
});
