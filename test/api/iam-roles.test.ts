// IAM's roles, instance profiles, OpenID Connect providers and tags through the SDK.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import {
  AddClientIDToOpenIDConnectProviderCommand,
  AddRoleToInstanceProfileCommand,
  CreateInstanceProfileCommand,
  CreateOpenIDConnectProviderCommand,
  CreatePolicyCommand,
  CreateRoleCommand,
  CreateUserCommand,
  DeleteInstanceProfileCommand,
  DeleteOpenIDConnectProviderCommand,
  DeleteRoleCommand,
  GetInstanceProfileCommand,
  GetOpenIDConnectProviderCommand,
  GetRoleCommand,
  ListInstanceProfilesCommand,
  ListInstanceProfilesForRoleCommand,
  ListInstanceProfileTagsCommand,
  ListOpenIDConnectProvidersCommand,
  ListOpenIDConnectProviderTagsCommand,
  ListPolicyTagsCommand,
  ListRolesCommand,
  ListRoleTagsCommand,
  ListUserTagsCommand,
  RemoveClientIDFromOpenIDConnectProviderCommand,
  RemoveRoleFromInstanceProfileCommand,
  TagInstanceProfileCommand,
  TagOpenIDConnectProviderCommand,
  TagPolicyCommand,
  TagRoleCommand,
  TagUserCommand,
  UntagInstanceProfileCommand,
  UntagOpenIDConnectProviderCommand,
  UntagPolicyCommand,
  UntagRoleCommand,
  UntagUserCommand,
  UpdateAssumeRolePolicyCommand,
  UpdateOpenIDConnectProviderThumbprintCommand,
  UpdateRoleCommand,
  UpdateRoleDescriptionCommand,
  type IAMClient,
  type Tag,
} from '@aws-sdk/client-iam';
import { refusedAs } from './iam-refusals.ts';
import { identityPolicy, trustPolicy } from '../domain/iam-words.ts';
import { startApi, type RunningApi } from './running-api.ts';

const account = '111122223333';
let api: RunningApi;
let iam: IAMClient;
before(async () => {
  api = await startApi();
  ({ iam } = api);
});
after(() => api[Symbol.asyncDispose]());

const trust = (document = trustPolicy) => ({ RoleName: 'ci', AssumeRolePolicyDocument: document });

test('a role is made, read, changed and removed; its trust policy comes percent-encoded', async () => {
  const made = await iam.send(
    new CreateRoleCommand({ ...trust(), Path: '/team/', Description: 'builds', MaxSessionDuration: 7200 }),
  );
  assert.match(made.Role?.RoleId ?? '', /^AROA[A-Z2-7]{17}$/);
  assert.equal(made.Role?.Arn, `arn:aws:iam::${account}:role/team/ci`);
  const encoded = made.Role?.AssumeRolePolicyDocument ?? '';
  assert.match(encoded, /^%7B%22Version%22%3A[\w%.~-]+%7D$/);
  assert.equal(decodeURIComponent(encoded), trustPolicy);
  const get = async () => (await iam.send(new GetRoleCommand({ RoleName: 'ci' }))).Role;
  assert.deepEqual(await get(), { ...made.Role, RoleLastUsed: {} });
  await refusedAs('EntityAlreadyExists', 409, iam.send(new CreateRoleCommand({ ...trust(), RoleName: 'CI' })));
  await iam.send(new UpdateRoleCommand({ RoleName: 'ci', MaxSessionDuration: 3600 }));
  assert.deepEqual([(await get())?.MaxSessionDuration, (await get())?.Description], [3600, 'builds']);
  const described = await iam.send(new UpdateRoleDescriptionCommand({ RoleName: 'ci', Description: 'other' }));
  assert.equal(described.Role?.Description, 'other');
  const PolicyDocument = trustPolicy.replace('ec2', 'lambda');
  await iam.send(new UpdateAssumeRolePolicyCommand({ RoleName: 'ci', PolicyDocument }));
  assert.equal(decodeURIComponent((await get())?.AssumeRolePolicyDocument ?? ''), PolicyDocument);
  const { Roles } = await iam.send(new ListRolesCommand({ PathPrefix: '/team/' }));
  assert.deepEqual(
    Roles?.map(({ RoleName }) => RoleName),
    ['ci'],
  );
  assert.deepEqual((await iam.send(new ListRolesCommand({ PathPrefix: '/other/' }))).Roles, []);
  await iam.send(new DeleteRoleCommand({ RoleName: 'ci' }));
  await refusedAs('NoSuchEntity', 404, iam.send(new GetRoleCommand({ RoleName: 'ci' })));
  await refusedAs('NoSuchEntity', 404, iam.send(new UpdateRoleCommand({ RoleName: 'ci' })));
});

test('what is no trust policy, or too long a one, is refused', async () => {
  const malformed = (document: string) =>
    refusedAs('MalformedPolicyDocument', 400, iam.send(new CreateRoleCommand(trust(document))));
  await malformed('{');
  await malformed(identityPolicy);
  await malformed(trustPolicy.replace('sts:AssumeRole', 's3:GetObject'));
  const padded = trustPolicy.replace('{"Version"', `{${' '.repeat(5000)}"Version"`);
  await iam.send(new CreateRoleCommand(trust(padded)));
  await iam.send(new DeleteRoleCommand({ RoleName: 'ci' }));
  const long = trustPolicy.replace('"Effect"', `"Sid":"${'a'.repeat(2048)}","Effect"`);
  await refusedAs('LimitExceeded', 409, iam.send(new CreateRoleCommand(trust(long))));
  const short = { ...trust(), MaxSessionDuration: 60 };
  await refusedAs('ValidationError', 400, iam.send(new CreateRoleCommand(short)));
});

test('an instance profile carries one role, which cannot be deleted meanwhile', async () => {
  const InstanceProfileName = 'web';
  const { InstanceProfile } = await iam.send(new CreateInstanceProfileCommand({ InstanceProfileName, Path: '/a/' }));
  assert.match(InstanceProfile?.InstanceProfileId ?? '', /^AIPA[A-Z2-7]{17}$/);
  assert.equal(InstanceProfile?.Arn, `arn:aws:iam::${account}:instance-profile/a/web`);
  assert.deepEqual(InstanceProfile?.Roles, []);
  const pair = { InstanceProfileName, RoleName: 'ci' };
  await refusedAs('NoSuchEntity', 404, iam.send(new AddRoleToInstanceProfileCommand(pair)));
  await iam.send(new CreateRoleCommand(trust()));
  await refusedAs('NoSuchEntity', 404, iam.send(new RemoveRoleFromInstanceProfileCommand(pair)));
  await iam.send(new AddRoleToInstanceProfileCommand(pair));
  await refusedAs('LimitExceeded', 409, iam.send(new AddRoleToInstanceProfileCommand(pair)));
  const found = await iam.send(new GetInstanceProfileCommand({ InstanceProfileName }));
  assert.deepEqual(
    found.InstanceProfile?.Roles?.map(({ RoleName }) => RoleName),
    ['ci'],
  );
  const ofRole = await iam.send(new ListInstanceProfilesForRoleCommand({ RoleName: 'ci' }));
  assert.deepEqual(
    ofRole.InstanceProfiles?.map((one) => one.InstanceProfileName),
    ['web'],
  );
  assert.equal((await iam.send(new ListInstanceProfilesCommand())).InstanceProfiles?.length, 1);
  await refusedAs('DeleteConflict', 409, iam.send(new DeleteRoleCommand({ RoleName: 'ci' })));
  await refusedAs('DeleteConflict', 409, iam.send(new DeleteInstanceProfileCommand({ InstanceProfileName })));
  await iam.send(new RemoveRoleFromInstanceProfileCommand(pair));
  await iam.send(new DeleteInstanceProfileCommand({ InstanceProfileName }));
  await refusedAs('NoSuchEntity', 404, iam.send(new GetInstanceProfileCommand({ InstanceProfileName })));
  await iam.send(new DeleteRoleCommand({ RoleName: 'ci' }));
});

test('an OpenID Connect provider has clients and thumbprints', async () => {
  const Url = 'https://id.example.com/tenant/';
  const made = await iam.send(
    new CreateOpenIDConnectProviderCommand({ Url, ClientIDList: ['one'], ThumbprintList: ['A'.repeat(40)] }),
  );
  const { OpenIDConnectProviderArn } = made;
  assert.equal(OpenIDConnectProviderArn, `arn:aws:iam::${account}:oidc-provider/id.example.com/tenant`);
  const of = { OpenIDConnectProviderArn };
  await refusedAs('EntityAlreadyExists', 409, iam.send(new CreateOpenIDConnectProviderCommand({ Url })));
  await iam.send(new AddClientIDToOpenIDConnectProviderCommand({ ...of, ClientID: 'two' }));
  await iam.send(new AddClientIDToOpenIDConnectProviderCommand({ ...of, ClientID: 'two' }));
  await iam.send(new RemoveClientIDFromOpenIDConnectProviderCommand({ ...of, ClientID: 'one' }));
  await iam.send(new RemoveClientIDFromOpenIDConnectProviderCommand({ ...of, ClientID: 'none' }));
  const ThumbprintList = ['b'.repeat(40), 'c'.repeat(40)];
  await iam.send(new UpdateOpenIDConnectProviderThumbprintCommand({ ...of, ThumbprintList }));
  const found = await iam.send(new GetOpenIDConnectProviderCommand(of));
  assert.deepEqual(
    [found.Url, found.ClientIDList, found.ThumbprintList],
    ['id.example.com/tenant', ['two'], ThumbprintList],
  );
  const listed = await iam.send(new ListOpenIDConnectProvidersCommand());
  assert.deepEqual(listed.OpenIDConnectProviderList, [{ Arn: OpenIDConnectProviderArn }]);
  for (const wrong of [
    'http://id.example.com',
    'id.example.com',
    'https://id.example.com/?a',
    'https://u@id.example.com',
  ])
    await refusedAs('ValidationError', 400, iam.send(new CreateOpenIDConnectProviderCommand({ Url: wrong })));
  const six = { ...of, ThumbprintList: Array.from({ length: 6 }, () => 'd'.repeat(40)) };
  await refusedAs('InvalidInput', 400, iam.send(new UpdateOpenIDConnectProviderThumbprintCommand(six)));
  const no = { ...of, ThumbprintList: ['g'.repeat(40)] };
  await refusedAs('InvalidInput', 400, iam.send(new UpdateOpenIDConnectProviderThumbprintCommand(no)));
  await iam.send(new DeleteOpenIDConnectProviderCommand(of));
  await refusedAs('NoSuchEntity', 404, iam.send(new GetOpenIDConnectProviderCommand(of)));
  const odd = { OpenIDConnectProviderArn: 'arn:aws:iam::1:nothing/at/all' };
  await refusedAs('InvalidInput', 400, iam.send(new GetOpenIDConnectProviderCommand(odd)));
});

test('every kind has tags, in pages; keys of users and roles have no case', async () => {
  await iam.send(new CreateUserCommand({ UserName: 'ann', Tags: [{ Key: 'Team', Value: 'a' }] }));
  await iam.send(new CreateRoleCommand(trust()));
  await iam.send(new CreateInstanceProfileCommand({ InstanceProfileName: 'web' }));
  const { Policy } = await iam.send(new CreatePolicyCommand({ PolicyName: 'p', PolicyDocument: identityPolicy }));
  const Url = 'https://id.example.com';
  const { OpenIDConnectProviderArn } = await iam.send(new CreateOpenIDConnectProviderCommand({ Url }));
  const user = { UserName: 'ann' };
  const role = { RoleName: 'ci' };
  const profile = { InstanceProfileName: 'web' };
  const policy = { PolicyArn: Policy?.Arn };
  const provider = { OpenIDConnectProviderArn };
  const Tags: readonly Tag[] = ['team', 'b', 'c'].map((Key) => ({ Key, Value: `of ${Key}` }));
  const tags = { Tags: [...Tags] };
  await iam.send(new TagUserCommand({ ...user, ...tags }));
  await iam.send(new TagRoleCommand({ ...role, ...tags }));
  await iam.send(new TagInstanceProfileCommand({ ...profile, ...tags }));
  await iam.send(new TagPolicyCommand({ ...policy, ...tags }));
  await iam.send(new TagOpenIDConnectProviderCommand({ ...provider, ...tags }));
  const lists = [
    (page: object) => iam.send(new ListUserTagsCommand({ ...user, ...page })),
    (page: object) => iam.send(new ListRoleTagsCommand({ ...role, ...page })),
    (page: object) => iam.send(new ListInstanceProfileTagsCommand({ ...profile, ...page })),
    (page: object) => iam.send(new ListPolicyTagsCommand({ ...policy, ...page })),
    (page: object) => iam.send(new ListOpenIDConnectProviderTagsCommand({ ...provider, ...page })),
  ];
  const sorted = [...Tags].sort((a, b) => ((a.Key ?? '') < (b.Key ?? '') ? -1 : 1));
  for (const list of lists) {
    assert.deepEqual((await list({})).Tags, sorted);
    const first = await list({ MaxItems: 2 });
    assert.deepEqual([first.IsTruncated, first.Tags], [true, sorted.slice(0, 2)]);
    const rest = await list({ MaxItems: 2, Marker: first.Marker });
    assert.deepEqual([rest.IsTruncated, rest.Tags], [false, sorted.slice(2)]);
    await refusedAs('ValidationError', 400, list({ Marker: 'bm90aGluZw' }));
  }
  const TagKeys = ['TEAM', 'b', 'none'];
  await iam.send(new UntagUserCommand({ ...user, TagKeys }));
  await iam.send(new UntagRoleCommand({ ...role, TagKeys }));
  await iam.send(new UntagInstanceProfileCommand({ ...profile, TagKeys }));
  await iam.send(new UntagPolicyCommand({ ...policy, TagKeys }));
  await iam.send(new UntagOpenIDConnectProviderCommand({ ...provider, TagKeys }));
  const left = await Promise.all(lists.map(async (list) => (await list({})).Tags?.map(({ Key }) => Key).join()));
  assert.deepEqual(left, ['c', 'c', 'c,team', 'c,team', 'c,team']);
  const twice = { Tags: ['x', 'X'].map((Key) => ({ Key, Value: '' })) };
  await refusedAs('InvalidInput', 400, iam.send(new TagRoleCommand({ ...role, ...twice })));
  await iam.send(new TagPolicyCommand({ ...policy, ...twice }));
  const many = Array.from({ length: 50 }, (_, n) => ({ Key: `k-${n}`, Value: '' }));
  await refusedAs('ValidationError', 400, iam.send(new TagUserCommand({ ...user, Tags: many })));
  const aws = { PolicyArn: 'arn:aws:iam::aws:policy/AdministratorAccess' };
  await refusedAs('AccessDenied', 403, iam.send(new TagPolicyCommand({ ...aws, ...tags })));
});
