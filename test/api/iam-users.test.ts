// IAM's users and access keys through the SDK: what they answer, what they refuse, and that the keys call.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import {
  CreateAccessKeyCommand,
  CreateUserCommand,
  DeleteAccessKeyCommand,
  DeleteUserCommand,
  GetUserCommand,
  IAMClient,
  ListAccessKeysCommand,
  ListUsersCommand,
  paginateListUsers,
  UpdateAccessKeyCommand,
  UpdateUserCommand,
} from '@aws-sdk/client-iam';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { allowEverything } from './principals.ts';
import { refusedAs } from './iam-refusals.ts';
import { startApi, type RunningApi } from './running-api.ts';

const account = '111122223333';
let api: RunningApi;
let iam: IAMClient;
before(async () => {
  api = await startApi();
  ({ iam } = api);
});
after(() => api[Symbol.asyncDispose]());

/** What a call with a key is answered: the caller's ARN. */
async function arnOf(AccessKeyId = '', SecretAccessKey = ''): Promise<string> {
  const credentials = { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey };
  const sts = new STSClient({ region: 'us-east-1', endpoint: api.origin, credentials, maxAttempts: 1 });
  try {
    return (await sts.send(new GetCallerIdentityCommand())).Arn ?? '';
  } finally {
    sts.destroy();
  }
}

test('a user is made, read, renamed and moved, and removed; its id stays', async () => {
  const Tags = [{ Key: 'team', Value: 'shop' }];
  const { User } = await iam.send(new CreateUserCommand({ UserName: 'ann', Path: '/a/', Tags }));
  assert.match(User?.UserId ?? '', /^AIDA[A-Z2-7]{17}$/);
  assert.equal(User?.Arn, `arn:aws:iam::${account}:user/a/ann`);
  assert.deepEqual([User?.Path, User?.UserName, User?.Tags], ['/a/', 'ann', Tags]);
  assert.ok(Math.abs((User?.CreateDate?.getTime() ?? 0) - Date.now()) < 60_000);
  assert.deepEqual((await iam.send(new GetUserCommand({ UserName: 'ann' }))).User, User);
  await iam.send(new UpdateUserCommand({ UserName: 'ann', NewUserName: 'Ann', NewPath: '/' }));
  const renamed = (await iam.send(new GetUserCommand({ UserName: 'Ann' }))).User;
  assert.deepEqual([renamed?.UserId, renamed?.Arn], [User?.UserId, `arn:aws:iam::${account}:user/Ann`]);
  await refusedAs('NoSuchEntity', 404, iam.send(new GetUserCommand({ UserName: 'ann' })));
  await iam.send(new DeleteUserCommand({ UserName: 'Ann' }));
  await refusedAs('NoSuchEntity', 404, iam.send(new DeleteUserCommand({ UserName: 'Ann' })));
});

test('a name is taken whatever its case, and of many that make it at once one does', async () => {
  const names = ['Bob', 'bob', 'BOB', 'boB', 'Bob'];
  const calls = await Promise.allSettled(names.map((UserName) => iam.send(new CreateUserCommand({ UserName }))));
  assert.equal(calls.filter(({ status }) => status === 'fulfilled').length, 1);
  for (const call of calls)
    if (call.status === 'rejected') await refusedAs('EntityAlreadyExists', 409, Promise.reject(call.reason as Error));
  const { Users } = await iam.send(new ListUsersCommand());
  await iam.send(
    new DeleteUserCommand({ UserName: Users?.find(({ UserName }) => /^bob$/i.test(UserName ?? ''))?.UserName }),
  );
});

test('names, paths and tags that IAM does not have are refused', async () => {
  for (const input of [
    { UserName: 'a b' },
    { UserName: '' },
    { UserName: 'x'.repeat(65) },
    { UserName: 'ok', Path: 'a/' },
    { UserName: 'ok', Path: '/a' },
    { UserName: 'ok', Tags: [{ Key: 'aws:x', Value: '' }] },
  ])
    await refusedAs('ValidationError', 400, iam.send(new CreateUserCommand(input)));
  const Tags = ['team', 'Team'].map((Key) => ({ Key, Value: 'x' }));
  await refusedAs('InvalidInput', 400, iam.send(new CreateUserCommand({ UserName: 'ok', Tags })));
});

test('users are listed in pages, below a path, and a marker is good for its own list', async () => {
  for (let n = 0; n < 7; n++)
    await iam.send(new CreateUserCommand({ UserName: `list-${n}`, Path: n % 2 === 0 ? '/even/' : '/odd/' }));
  const names: string[] = [];
  let pages = 0;
  for await (const page of paginateListUsers({ client: iam, pageSize: 2 }, { PathPrefix: '/even/' })) {
    pages++;
    for (const { UserName = '', Path } of page.Users ?? []) {
      assert.equal(Path, '/even/');
      names.push(UserName);
    }
  }
  assert.deepEqual([pages, names.sort()], [2, ['list-0', 'list-2', 'list-4', 'list-6']]);
  const { Marker, IsTruncated } = await iam.send(new ListUsersCommand({ MaxItems: 1 }));
  assert.equal(IsTruncated, true);
  await refusedAs('ValidationError', 400, iam.send(new ListUsersCommand({ Marker, PathPrefix: '/odd/' })));
  await refusedAs('ValidationError', 400, iam.send(new ListUsersCommand({ MaxItems: 0 })));
  for (let n = 0; n < 7; n++) await iam.send(new DeleteUserCommand({ UserName: `list-${n}` }));
});

test('a key signs calls until it is inactive or gone, and its user is who calls', async () => {
  await iam.send(new CreateUserCommand({ UserName: 'ann' }));
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: 'ann' }));
  const { AccessKeyId = '', SecretAccessKey = '' } = AccessKey ?? {};
  assert.match(AccessKeyId, /^AKIA[A-Z2-7]{16}$/);
  assert.match(SecretAccessKey, /^[\w+/]{40}$/);
  const key = { UserName: 'ann', AccessKeyId };
  assert.equal(await arnOf(AccessKeyId, SecretAccessKey), `arn:aws:iam::${account}:user/ann`);
  await refusedAs('SignatureDoesNotMatch', 403, arnOf(AccessKeyId, 'another'));
  await iam.send(new UpdateAccessKeyCommand({ ...key, Status: 'Inactive' }));
  await refusedAs('InvalidClientTokenId', 403, arnOf(AccessKeyId, SecretAccessKey));
  await iam.send(new UpdateAccessKeyCommand({ ...key, Status: 'Active' }));
  await iam.send(new UpdateUserCommand({ UserName: 'ann', NewUserName: 'eve' }));
  assert.equal(await arnOf(AccessKeyId, SecretAccessKey), `arn:aws:iam::${account}:user/eve`);
  // The caller's own, without a name.
  const credentials = { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey };
  await allowEverything(api, 'eve');
  const own = new IAMClient({ region: 'us-east-1', endpoint: api.origin, credentials, maxAttempts: 1 });
  assert.equal((await own.send(new GetUserCommand())).User?.UserName, 'eve');
  const second = (await own.send(new CreateAccessKeyCommand())).AccessKey;
  assert.equal(second?.UserName, 'eve');
  await refusedAs('LimitExceeded', 409, own.send(new CreateAccessKeyCommand()));
  const listed = (await own.send(new ListAccessKeysCommand())).AccessKeyMetadata ?? [];
  assert.deepEqual(new Set(listed.map((one) => one.AccessKeyId)), new Set([AccessKeyId, second?.AccessKeyId]));
  assert.ok(!JSON.stringify(listed).includes('Secret'));
  await refusedAs('DeleteConflict', 409, iam.send(new DeleteUserCommand({ UserName: 'eve' })));
  await own.send(new DeleteAccessKeyCommand({ AccessKeyId }));
  await allowEverything(api, 'eve', []);
  own.destroy();
  await iam.send(new CreateUserCommand({ UserName: 'other' }));
  const strange = { UserName: 'other', AccessKeyId: second?.AccessKeyId };
  await refusedAs('NoSuchEntity', 404, iam.send(new DeleteAccessKeyCommand(strange)));
  await refusedAs('NoSuchEntity', 404, iam.send(new UpdateAccessKeyCommand({ ...key, Status: 'Active' })));
  await iam.send(new DeleteAccessKeyCommand({ ...strange, UserName: 'eve' }));
  await iam.send(new DeleteUserCommand({ UserName: 'eve' }));
  await iam.send(new DeleteUserCommand({ UserName: 'other' }));
});

test('the root user is a user without being in the list, and has no keys here', async () => {
  const { User } = await iam.send(new GetUserCommand());
  assert.deepEqual([User?.Arn, User?.UserId], [`arn:aws:iam::${account}:root`, account]);
  await refusedAs('ValidationError', 400, iam.send(new CreateAccessKeyCommand()));
});

test('no audit event has the secret that a call made', async () => {
  await iam.send(new CreateUserCommand({ UserName: 'audited' }));
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: 'audited' }));
  const now = Date.now();
  const query = { account, region: 'us-east-1', from: 0, until: now + 60_000, limit: 1000, now };
  const { events } = await api.store.findEvents(query);
  const made = events.filter(({ text }) => text.includes(AccessKey?.AccessKeyId ?? 'no id'));
  assert.deepEqual(
    made.map(({ name, source }) => [name, source]),
    [['CreateAccessKey', 'iam.amazonaws.com']],
  );
  assert.ok(!events.some(({ text }) => text.includes(AccessKey?.SecretAccessKey ?? '')));
  assert.match(made[0]?.text ?? '', /HIDDEN_DUE_TO_SECURITY_REASONS/);
});

test('calls of IAM may be signed for us-east-1 on a server of other regions; those of others may not', async () => {
  await using other = await startApi({}, { regions: ['eu-west-1'] });
  const { User } = await other.iam.send(new GetUserCommand());
  assert.equal(User?.Arn, `arn:aws:iam::${account}:root`);
  await refusedAs('SignatureDoesNotMatch', 403, other.sts.send(new GetCallerIdentityCommand()));
});

test('all that is wrong with the members of a call is told in the words of IAM', async () => {
  const call = iam.send(new CreateUserCommand({ UserName: 'a b', Path: 'x' }));
  await assert.rejects(call, (error: Error) => {
    assert.match(
      error.message,
      /^2 validation errors detected: Value 'a b' at 'userName' failed to satisfy constraint: /,
    );
    assert.match(error.message, /; Value 'x' at 'path' failed to satisfy constraint: Member must satisfy regular/);
    return true;
  });
  await assert.rejects(iam.send(new DeleteUserCommand({ UserName: undefined })), /Value null at 'userName' failed/);
});
