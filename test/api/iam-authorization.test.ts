// What callers may do in IAM and STS: the tagging that making something is, the tags that policies see, and what sessions may not.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import { DescribeVpcsCommand } from '@aws-sdk/client-ec2';
import {
  AddClientIDToOpenIDConnectProviderCommand,
  CreateAccessKeyCommand,
  CreateInstanceProfileCommand,
  CreateOpenIDConnectProviderCommand,
  CreatePolicyCommand,
  CreatePolicyVersionCommand,
  CreateRoleCommand,
  CreateUserCommand,
  type IAMServiceException,
} from '@aws-sdk/client-iam';
import { GetAccessKeyInfoCommand, GetSessionTokenCommand } from '@aws-sdk/client-sts';
import { callAs, clientsOf, keysOf, type Clients } from './principals.ts';
import { startApi, type RunningApi } from './running-api.ts';

const account = '111122223333';
const allow = (Action: string | readonly string[], more: object = {}): object => ({
  Effect: 'Allow',
  Action,
  Resource: '*',
  ...more,
});
const deny = (Action: string, more: object = {}): object => ({ ...allow(Action, more), Effect: 'Deny' });

let api: RunningApi;
before(async () => (api = await startApi()));
after(() => api?.[Symbol.asyncDispose]());

/** The clients of a user with these statements alone. */
async function as(...statements: readonly object[]): Promise<Clients> {
  return (await callAs(api, { ann: statements })).ann;
}

async function refused(call: Promise<unknown>, name: string, message: RegExp): Promise<void> {
  await assert.rejects(call, (error: IAMServiceException) => {
    assert.deepEqual([error.name, error.$metadata.httpStatusCode], [name, 403]);
    assert.match(error.message, message);
    return true;
  });
}

test('who makes something of IAM with tags must be allowed to tag it', async () => {
  const { iam } = await as(allow('iam:Create*'), allow('iam:TagUser', { Resource: 'arn:aws:iam::*:user/mine' }));
  const Tags = [{ Key: 'team', Value: 'admin' }];
  const document = (Statement: object): string => JSON.stringify({ Version: '2012-10-17', Statement });
  const trust = document({ Effect: 'Allow', Principal: { AWS: account }, Action: 'sts:AssumeRole' });
  const calls = [
    [iam.send(new CreateUserCommand({ UserName: 'other', Tags })), 'TagUser', 'user/other'],
    [
      iam.send(new CreateRoleCommand({ RoleName: 'other', AssumeRolePolicyDocument: trust, Tags })),
      'TagRole',
      'role/other',
    ],
    [
      iam.send(new CreatePolicyCommand({ PolicyName: 'other', PolicyDocument: document(allow('s3:*')), Tags })),
      'TagPolicy',
      'policy/other',
    ],
    [
      iam.send(new CreateInstanceProfileCommand({ InstanceProfileName: 'other', Tags })),
      'TagInstanceProfile',
      'instance-profile/other',
    ],
    [
      iam.send(new CreateOpenIDConnectProviderCommand({ Url: 'https://other.example', Tags })),
      'TagOpenIDConnectProvider',
      'oidc-provider/other.example',
    ],
  ] as const;
  for (const [call, action, resource] of calls)
    await refused(
      call,
      'AccessDenied',
      new RegExp(`iam:${action} on resource: arn:aws:iam::${account}:${resource} because`),
    );
  await iam.send(new CreateUserCommand({ UserName: 'mine', Tags }));
  await iam.send(new CreateUserCommand({ UserName: 'untagged' }));
});

test('policies see the tags of managed policies and of identity providers', async () => {
  const lock = { StringEquals: { 'aws:ResourceTag/lock': 'yes' } };
  const { iam } = await as(allow('iam:*'), deny('iam:*', { Condition: lock }));
  const Tags = [{ Key: 'lock', Value: 'yes' }];
  const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: allow('s3:*') });
  const { Policy } = await api.iam.send(new CreatePolicyCommand({ PolicyName: 'locked', PolicyDocument, Tags }));
  const { OpenIDConnectProviderArn } = await api.iam.send(
    new CreateOpenIDConnectProviderCommand({ Url: 'https://locked.example', ClientIDList: ['a'], Tags }),
  );
  for (const call of [
    iam.send(new CreatePolicyVersionCommand({ PolicyArn: Policy?.Arn, PolicyDocument })),
    iam.send(new AddClientIDToOpenIDConnectProviderCommand({ OpenIDConnectProviderArn, ClientID: 'b' })),
  ])
    await refused(call, 'AccessDenied', /with an explicit deny in an identity-based policy$/);
});

test("a user's own session makes no calls of IAM, and GetAccessKeyInfo needs leave", async () => {
  const { sts } = await as(allow(['iam:*', 'ec2:*']));
  const { Credentials } = await sts.send(new GetSessionTokenCommand());
  const session = clientsOf(api, {
    accessKeyId: Credentials?.AccessKeyId ?? '',
    secretAccessKey: Credentials?.SecretAccessKey ?? '',
    sessionToken: Credentials?.SessionToken ?? '',
  });
  await session.ec2.send(new DescribeVpcsCommand());
  await refused(session.iam.send(new CreateAccessKeyCommand({ UserName: 'ann' })), 'AccessDenied', /GetSessionToken/);
  const ask = new GetAccessKeyInfoCommand({ AccessKeyId: 'ASIAQAAAAAAAAAAAAAAA' });
  await refused(sts.send(ask), 'AccessDenied', /sts:GetAccessKeyInfo on resource: \* because/);
});

test('an address of IPv4 on a socket of both families is in the ranges of IPv4', async () => {
  await as(allow('ec2:*'), deny('ec2:*', { Condition: { IpAddress: { 'aws:SourceIp': '127.0.0.0/8' } } }));
  await using front = createServer((socket) => {
    // As a server on `::` sees it, also where a machine has no IPv6.
    Object.defineProperty(socket, 'remoteAddress', { value: `::ffff:${socket.remoteAddress}` });
    api.server.emit('connection', socket);
  }).listen(0, '127.0.0.1');
  await once(front, 'listening');
  const { ec2 } = clientsOf({ origin: `http://127.0.0.1:${(front.address() as AddressInfo).port}` }, keysOf('ann'));
  // Its connection goes with the answer: the server in front waits for it, also after a failure.
  const asked = ec2.send(new DescribeVpcsCommand()).finally(() => ec2.destroy());
  await refused(asked, 'UnauthorizedOperation', /with an explicit deny/);
});
