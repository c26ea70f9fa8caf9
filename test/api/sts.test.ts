// Temporary credentials: who gets them, what they may, how long, and that nobody else can make them.

import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:https';
import { once } from 'node:events';
import { X509Certificate } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import { LookupEventsCommand, CloudTrailClient } from '@aws-sdk/client-cloudtrail';
import {
  CreateOpenIDConnectProviderCommand,
  CreateRoleCommand,
  DeleteRoleCommand,
  DeleteRolePolicyCommand,
  PutRolePolicyCommand,
} from '@aws-sdk/client-iam';
import {
  AssumeRoleCommand,
  AssumeRoleWithWebIdentityCommand,
  GetAccessKeyInfoCommand,
  GetCallerIdentityCommand,
  GetSessionTokenCommand,
  STSClient,
  type AssumeRoleCommandInput,
  type Credentials,
} from '@aws-sdk/client-sts';
import { CreateServiceCommand, ListServicesCommand } from '@aws-sdk/client-vpc-lattice';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { systemClock } from '../../src/base/clock.ts';
import { certificate, key } from '../proxy/targets-certificate.ts';
import { refusedAs } from './iam-refusals.ts';
import { callAs, clientsOf, type Clients } from './principals.ts';
import { startApi, type RunningApi } from './running-api.ts';

const account = '111122223333';
const document = (...Statement: readonly object[]): string => JSON.stringify({ Version: '2012-10-17', Statement });
const allow = (Action: string, more: object = {}): object => ({ Effect: 'Allow', Action, Resource: '*', ...more });
const trust = (Principal: object, more: object = {}): object => ({
  Effect: 'Allow',
  Principal,
  Action: 'sts:AssumeRole',
  ...more,
});
const user = (name: string): string => `arn:aws:iam::${account}:user/${name}`;
const role = (name: string): string => `arn:aws:iam::${account}:role/${name}`;

let api: RunningApi;
let late = 0;
let people: Readonly<Record<'ann' | 'bob' | 'eve', Clients>>;

before(async () => {
  api = await startApi({ clock: { ...systemClock, now: () => systemClock.now() + late } });
  people = await callAs(api, { ann: [allow('sts:AssumeRole')], bob: [], eve: [allow('*')] });
});
after(() => api?.[Symbol.asyncDispose]());

async function makeRole(
  RoleName: string,
  statements: readonly object[],
  may: readonly object[] = [],
  more: object = {},
) {
  await api.iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: document(...statements), ...more }));
  if (may.length > 0)
    await api.iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: 'may', PolicyDocument: document(...may) }));
}

const assume = (who: Clients, name: string, more: Partial<AssumeRoleCommandInput> = {}) =>
  who.sts.send(new AssumeRoleCommand({ RoleArn: role(name), RoleSessionName: 'session', ...more }));

function having({ AccessKeyId = '', SecretAccessKey = '', SessionToken = '' }: Partial<Credentials> = {}): Clients {
  const keys = { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken };
  return clientsOf(api, keys);
}

test('a session has what its role has, from the first request on, and nothing once its role has changed', async () => {
  await makeRole('reader', [trust({ AWS: user('ann') })], [allow('vpc-lattice:ListServices')]);
  const { Credentials: made, AssumedRoleUser } = await assume(people.ann, 'reader');
  assert.match(made?.AccessKeyId ?? '', /^ASIA[A-Z2-7]{16}$/);
  assert.equal(made?.Expiration?.getMilliseconds(), 0);
  const session = having(made);
  const { Arn, UserId, Account } = await session.sts.send(new GetCallerIdentityCommand());
  assert.deepEqual([Arn, Account], [`arn:aws:sts::${account}:assumed-role/reader/session`, account]);
  assert.deepEqual([AssumedRoleUser?.Arn, AssumedRoleUser?.AssumedRoleId], [Arn, UserId]);
  await session.lattice.send(new ListServicesCommand());
  await refusedAs('AccessDenied', 403, session.lattice.send(new CreateServiceCommand({ name: 'one' })));
  const info = await api.sts.send(new GetAccessKeyInfoCommand({ AccessKeyId: made?.AccessKeyId }));
  assert.equal(info.Account, account);
  await api.iam.send(new DeleteRolePolicyCommand({ RoleName: 'reader', PolicyName: 'may' }));
  await refusedAs('AccessDenied', 403, session.lattice.send(new ListServicesCommand()));
  await api.iam.send(new DeleteRoleCommand({ RoleName: 'reader' }));
  await refusedAs('InvalidClientTokenId', 403, session.sts.send(new GetCallerIdentityCommand()));
  // Another role of the name is another role.
  await makeRole('reader', [trust({ AWS: user('ann') })]);
  await refusedAs('InvalidClientTokenId', 403, session.sts.send(new GetCallerIdentityCommand()));
});

test('a changed token, a token of another key and one without its time are no credentials', async () => {
  await makeRole('plain', [trust({ AWS: user('ann') })]);
  const [one, other] = await Promise.all([assume(people.ann, 'plain'), assume(people.ann, 'plain')]);
  const { SessionToken = '', ...keys } = one.Credentials ?? {};
  const identity = (token: string) => having({ ...keys, SessionToken: token }).sts.send(new GetCallerIdentityCommand());
  await identity(SessionToken);
  for (const token of [`${SessionToken.slice(0, -2)}AA`, other.Credentials?.SessionToken ?? '', 'v1.x.y'])
    await refusedAs('InvalidClientTokenId', 403, identity(token));
  late = 3_600_000 + 1000;
  try {
    const api_ = having({ ...keys, SessionToken });
    for (const client of [api_.sts, api_.lattice]) client.config.systemClockOffset = late;
    await refusedAs('ExpiredToken', 403, api_.sts.send(new GetCallerIdentityCommand()));
    await refusedAs('ExpiredToken', 403, api_.lattice.send(new ListServicesCommand()));
  } finally {
    late = 0;
  }
});

test('who may assume a role: the trust policy, and the own side where that leaves it to the account', async () => {
  const root = { AWS: `arn:aws:iam::${account}:root` };
  await makeRole('for-ann', [trust({ AWS: user('ann') })]);
  await makeRole('for-all', [trust(root)]);
  await makeRole('for-none', [trust({ AWS: user('nobody') })]);
  await makeRole('with-id', [trust(root, { Condition: { StringEquals: { 'sts:ExternalId': 'secret-7' } } })]);
  const denied = (call: Promise<unknown>) => refusedAs('AccessDenied', 403, call);
  await assume(people.ann, 'for-ann');
  await denied(assume(people.bob, 'for-ann'));
  await assume(people.ann, 'for-all');
  await denied(assume(people.bob, 'for-all'));
  await denied(assume(people.eve, 'for-none'));
  await denied(assume(people.ann, 'with-id'));
  await assume(people.ann, 'with-id', { ExternalId: 'secret-7' });
  await denied(assume(people.ann, 'absent'));
  await denied(api.sts.send(new AssumeRoleCommand({ RoleArn: role('for-all'), RoleSessionName: 'root' })));
  await denied(assume(people.ann, 'for-all', { SerialNumber: 'arn:aws:iam::1:mfa/x', TokenCode: '123456' }));
  await assert.rejects(assume(people.bob, 'for-ann'), {
    message: `User: ${user('bob')} is not authorized to perform: sts:AssumeRole on resource: ${role('for-ann')}`,
  });
});

test('session policies limit a session, tags go along where they may, and chained sessions are short', async () => {
  const tagging = { AWS: user('ann') };
  await makeRole(
    'tagged',
    [trust(tagging, { Action: ['sts:AssumeRole', 'sts:TagSession', 'sts:SetSourceIdentity'] })],
    [allow('vpc-lattice:*', { Condition: { StringEquals: { 'aws:PrincipalTag/team': 'blue' } } }), allow('sts:*')],
    { Tags: [{ Key: 'Team', Value: 'red' }], MaxSessionDuration: 7200 },
  );
  const plain = having((await assume(people.ann, 'tagged')).Credentials);
  await refusedAs('AccessDenied', 403, plain.lattice.send(new ListServicesCommand()));
  const Tags = [{ Key: 'team', Value: 'blue' }];
  const more = { Tags, TransitiveTagKeys: ['team'], SourceIdentity: 'ann@shop' };
  const { Credentials: made, SourceIdentity, PackedPolicySize } = await assume(people.ann, 'tagged', more);
  assert.deepEqual([SourceIdentity, PackedPolicySize], ['ann@shop', 1]);
  const tagged = having(made);
  await tagged.lattice.send(new ListServicesCommand());
  const Policy = document(allow('vpc-lattice:ListServices'), { Effect: 'Deny', Action: 'sts:*', Resource: '*' });
  const limited = having((await assume(people.ann, 'tagged', { Tags, Policy })).Credentials);
  await limited.lattice.send(new ListServicesCommand());
  await refusedAs('AccessDenied', 403, limited.lattice.send(new CreateServiceCommand({ name: 'two' })));
  await refusedAs('AccessDenied', 403, assume(limited, 'tagged'));
  const readOnly = [{ arn: 'arn:aws:iam::aws:policy/VPCLatticeReadOnlyAccess' }];
  const reading = having((await assume(people.ann, 'tagged', { Tags, PolicyArns: readOnly })).Credentials);
  await reading.lattice.send(new ListServicesCommand());
  await refusedAs('AccessDenied', 403, reading.lattice.send(new CreateServiceCommand({ name: 'two' })));

  await makeRole(
    'next',
    [trust({ AWS: role('tagged') }, { Action: ['sts:AssumeRole', 'sts:TagSession', 'sts:SetSourceIdentity'] })],
    [
      allow('vpc-lattice:ListServices', {
        Condition: { StringEquals: { 'aws:PrincipalTag/team': 'blue', 'aws:SourceIdentity': 'ann@shop' } },
      }),
    ],
    { MaxSessionDuration: 7200 },
  );
  const chained = having((await assume(tagged, 'next')).Credentials);
  await chained.lattice.send(new ListServicesCommand());
  // What a session hands on is given to the next one, and must be allowed there like what a request gives.
  for (const [name, actions] of [
    ['no-tags', ['sts:AssumeRole', 'sts:SetSourceIdentity']],
    ['no-identity', ['sts:AssumeRole', 'sts:TagSession']],
  ] as const) {
    await makeRole(name, [trust({ AWS: role('tagged') }, { Action: actions })]);
    await refusedAs('AccessDenied', 403, assume(tagged, name));
    await assume(plain, name);
  }
  await makeRole('blue-alone', [
    trust(
      { AWS: role('tagged') },
      {
        Action: ['sts:AssumeRole', 'sts:TagSession', 'sts:SetSourceIdentity'],
        Condition: { StringEquals: { 'aws:RequestTag/team': 'blue', 'sts:SourceIdentity': 'ann@shop' } },
      },
    ),
  ]);
  await assume(tagged, 'blue-alone');
  await refusedAs('AccessDenied', 403, assume(plain, 'blue-alone'));
  const invalid = (call: Promise<unknown>) => refusedAs('ValidationError', 400, call);
  await invalid(assume(tagged, 'next', { DurationSeconds: 3601 }));
  await invalid(assume(tagged, 'next', { Tags: [{ Key: 'team', Value: 'green' }] }));
  await invalid(assume(tagged, 'next', { Tags: [{ Key: 'TEAM', Value: 'green' }] }));
  await refusedAs('AccessDenied', 403, assume(tagged, 'next', { SourceIdentity: 'bob@shop' }));
  await assume(tagged, 'next', { SourceIdentity: 'ann@shop' });
  await invalid(assume(people.ann, 'tagged', { DurationSeconds: 7201 }));
  await assume(people.ann, 'tagged', { DurationSeconds: 7200 });
  await invalid(assume(people.ann, 'tagged', { DurationSeconds: 899 }));
  await invalid(assume(people.ann, 'tagged', { Tags: [...Tags, { Key: 'Team', Value: 'x' }] }));
  await invalid(assume(people.ann, 'tagged', { Tags, TransitiveTagKeys: ['other'] }));
  await invalid(assume(people.ann, 'tagged', { RoleSessionName: 'a b' }));
  await refusedAs('MalformedPolicyDocument', 400, assume(people.ann, 'tagged', { Policy: '{}' }));
  const large = Array.from({ length: 10 }, (_, i) => ({ Key: `k${i}`, Value: 'x'.repeat(256) }));
  await refusedAs('PackedPolicyTooLarge', 400, assume(people.ann, 'tagged', { Tags: large }));
});

test('GetSessionToken gives a user what it has, and a session none', async () => {
  const { Credentials: made } = await people.ann.sts.send(new GetSessionTokenCommand({ DurationSeconds: 900 }));
  const session = having(made);
  assert.equal((await session.sts.send(new GetCallerIdentityCommand())).Arn, user('ann'));
  await refusedAs('AccessDenied', 403, session.lattice.send(new ListServicesCommand()));
  await refusedAs('AccessDenied', 403, session.sts.send(new GetSessionTokenCommand()));
  await refusedAs(
    'ValidationError',
    400,
    people.ann.sts.send(new GetSessionTokenCommand({ DurationSeconds: 129_601 })),
  );
});

test('events tell of sessions without their secrets', async () => {
  await makeRole('told', [trust({ AWS: user('ann') })]);
  const { Credentials: made } = await assume(people.ann, 'told');
  const credentials = { accessKeyId: account, secretAccessKey: 'secret' };
  const trail = new CloudTrailClient({ region: 'us-east-1', endpoint: api.origin, credentials });
  const { Events = [] } = await trail.send(new LookupEventsCommand({}));
  trail.destroy();
  const text = JSON.stringify(Events);
  assert.ok(text.includes('AssumeRole') && text.includes(made?.AccessKeyId ?? '-'), text.slice(0, 2000));
  assert.ok(!text.includes(made?.SecretAccessKey ?? '') && !text.includes(made?.SessionToken ?? ''));
});

test('a token of an identity provider begins a session, and no other token does', async (t) => {
  const pair = await generateKeyPair('RS256');
  const stranger = await generateKeyPair('RS256');
  let keys = [{ ...(await exportJWK(pair.publicKey)), kid: 'one', alg: 'RS256' }];
  const server: Server = createServer({ cert: certificate, key }, (request, response) => {
    const jwks_uri = `${issuer}/keys`;
    response.end(JSON.stringify(request.url?.endsWith('openid-configuration') ? { issuer, jwks_uri } : { keys }));
  });
  t.after(() => {
    late = 0;
    server.close();
    server.closeAllConnections();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const host = `localhost:${(server.address() as AddressInfo).port}`;
  const issuer = `https://${host}/id`;
  const sts = new STSClient({
    region: 'us-east-1',
    endpoint: api.origin,
    credentials: { accessKeyId: '', secretAccessKey: '' },
    maxAttempts: 1,
  });
  const thumbprint = new X509Certificate(certificate).fingerprint.replaceAll(':', '').toLowerCase();
  const made = await api.iam.send(
    new CreateOpenIDConnectProviderCommand({
      Url: issuer,
      ClientIDList: ['sts.amazonaws.com'],
      ThumbprintList: [thumbprint],
    }),
  );
  const trusted = trust(
    { Federated: made.OpenIDConnectProviderArn },
    {
      Action: 'sts:AssumeRoleWithWebIdentity',
      Condition: { StringEquals: { [`${host}/id:aud`]: 'sts.amazonaws.com', [`${host}/id:sub`]: 'system:pod' } },
    },
  );
  await makeRole('pod', [trusted], [allow('vpc-lattice:ListServices')]);
  const here = { IpAddress: { 'aws:SourceIp': '127.0.0.0/8' }, DateGreaterThan: { 'aws:CurrentTime': '2020-01-01' } };
  await makeRole('pod-not-here', [trusted, { ...trusted, Effect: 'Deny', Condition: here }]);
  const token = (claims: object = {}, signer = pair.privateKey, kid = 'one') =>
    new SignJWT({ iss: issuer, aud: 'sts.amazonaws.com', sub: 'system:pod', ...claims })
      .setProtectedHeader({ alg: 'RS256', kid })
      .setIssuedAt()
      .setExpirationTime('5m')
      .sign(signer);
  const begin = (WebIdentityToken: string, name = 'pod') =>
    sts.send(new AssumeRoleWithWebIdentityCommand({ RoleArn: role(name), RoleSessionName: 'pod-1', WebIdentityToken }));
  const good = await begin(await token());
  assert.deepEqual(
    [good.SubjectFromWebIdentityToken, good.Audience, good.Provider],
    ['system:pod', 'sts.amazonaws.com', issuer],
  );
  await having(good.Credentials).lattice.send(new ListServicesCommand());
  await refusedAs('AccessDenied', 403, begin(await token({ sub: 'system:other' })));
  await refusedAs('AccessDenied', 403, begin(await token(), 'absent'));
  await refusedAs('AccessDenied', 403, begin(await token(), 'pod-not-here'));
  await refusedAs('InvalidIdentityToken', 400, begin(await token({ aud: 'other' })));
  await refusedAs('InvalidIdentityToken', 400, begin(await token({ iss: 'https://other.example' })));
  await refusedAs('InvalidIdentityToken', 400, begin(await token({}, stranger.privateKey)));
  await refusedAs('InvalidIdentityToken', 400, begin(await token({}, stranger.privateKey, 'two')));
  await refusedAs('InvalidIdentityToken', 400, begin('no.token.here'));
  const odd = Buffer.from('{"iss":5}').toString('base64url');
  await refusedAs('InvalidIdentityToken', 400, begin(`${odd}.${odd}.${odd}`));
  const [head, body] = (await token()).split('.');
  await refusedAs('InvalidIdentityToken', 400, begin(`${head}.${body}.`));
  const none = Buffer.from('{"alg":"none"}').toString('base64url');
  await refusedAs('InvalidIdentityToken', 400, begin(`${none}.${body}.`));
  late = 600_000;
  await refusedAs('ExpiredToken', 400, begin(await token()));
  late = 0;
  keys = [];
  await begin(await token());
  sts.destroy();
});
