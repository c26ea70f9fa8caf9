import assert from 'node:assert/strict';
import { test } from 'node:test';
import { answerContainerAddress, answerMetadata, containerPath, type MetadataAnswer } from './answer-metadata.ts';
import type { HeldRole } from './role-credentials.ts';
import type { WorkloadIdentity } from '../../base/workload-identity.ts';

const role = 'arn:aws:iam::123456789012:role/shop/orders';
const subject: WorkloadIdentity = {
  ...{ id: 'i-0123456789abcdef0', address: '10.0.1.10', vpcId: 'vpc-a', role },
  ...{ account: '123456789012', region: 'us-east-1', zone: 'us-east-1b' },
};
const { role: _, ...plain } = subject;
const made = {
  ...{ accessKeyId: 'ASIA', secretAccessKey: 'secret', sessionToken: 'token', issued: 0 },
  expires: new Date(Date.UTC(2026, 0, 1, 6)),
};
const now = Date.UTC(2026, 0, 1);
const held = ({ role: given, profile }: WorkloadIdentity): HeldRole | undefined =>
  (profile ?? given) ? { ...(profile && { profile }), ...(given && { role: given }) } : undefined;
const deps = { credentials: { held, problem: () => undefined, make: () => made }, now, key: Buffer.alloc(32, 1) };

function ask(
  method: string,
  url: string,
  headers: Readonly<Record<string, string>> = {},
  by = subject,
  at = now,
): MetadataAnswer {
  return answerMetadata({ method, url, header: (name) => headers[name] }, by, { ...deps, now: at });
}

const life = 'x-aws-ec2-metadata-token-ttl-seconds';
const token = (by = subject): string => ask('PUT', '/latest/api/token', { [life]: '60' }, by).body;
const get = (path: string, by = subject): MetadataAnswer =>
  ask('GET', path, { 'x-aws-ec2-metadata-token': token(by) }, by);

test('a token is given for 1 to 21600 seconds, by PUT, and never to a forwarded request', () => {
  const given = ask('PUT', '/latest/api/token', { [life]: '21600' });
  assert.deepEqual([given.status, given.headers[life]], [200, '21600']);
  assert.match(given.body, /^[\w-]{40,60}$/);
  for (const bad of ['0', '21601', '-1', '1e3', '', '60, 60'])
    assert.equal(ask('PUT', '/latest/api/token', { [life]: bad }).status, 400, bad);
  assert.equal(ask('PUT', '/latest/api/token').status, 400);
  assert.equal(ask('GET', '/latest/api/token', { [life]: '60' }).status, 405);
  assert.equal(ask('PUT', '/latest/api/token', { [life]: '60', 'x-forwarded-for': '10.0.1.1' }).status, 403);
});

test('nothing is answered without a good token of the one who asks', () => {
  const path = '/latest/meta-data/instance-id';
  const by = (text: string, at = now): number =>
    ask('GET', path, { 'x-aws-ec2-metadata-token': text }, subject, at).status;
  assert.equal(ask('GET', path).status, 401);
  assert.equal(by(token()), 200);
  assert.equal(by(token(), now + 60_000), 401);
  assert.equal(by(token({ ...subject, id: 'i-0123456789abcdef1' })), 401);
  assert.equal(by(token({ ...subject, vpcId: 'vpc-b' })), 401);
  for (const bad of ['', 'x', 'x'.repeat(100_000), token().slice(1), `${token()}AAAA`])
    assert.equal(by(bad), 401, bad.slice(0, 80));
  const headers = { 'x-aws-ec2-metadata-token': token(), 'x-forwarded-for': '10.0.1.1' };
  assert.equal(ask('GET', path, headers).status, 401);
  assert.equal(ask('POST', path, headers).status, 405);
});

test('the categories tell of the workload, with and without a slash at the end of folders', () => {
  assert.equal(get('/latest/meta-data/').body, 'iam/\ninstance-id\nlocal-ipv4\nplacement/');
  assert.equal(get('/latest/meta-data/', plain).body, 'instance-id\nlocal-ipv4\nplacement/');
  assert.equal(get('/latest/meta-data/instance-id').body, subject.id);
  assert.equal(get('/latest/meta-data/local-ipv4?x=1').body, '10.0.1.10');
  assert.equal(get('/latest/meta-data/placement/region').body, 'us-east-1');
  assert.equal(get('/latest/meta-data/placement/availability-zone').body, 'us-east-1b');
  assert.deepEqual(JSON.parse(get('/latest/dynamic/instance-identity/document').body), {
    ...{ accountId: '123456789012', availabilityZone: 'us-east-1b', instanceId: subject.id },
    ...{ privateIp: '10.0.1.10', region: 'us-east-1', version: '2017-09-30' },
  });
  for (const path of ['/latest/meta-data/hostname', '/latest/constructor', '/', '//', '*', '']) get(path);
  assert.equal(get('/latest/meta-data/constructor').status, 404);
});

test('the credentials of the role are under its name, in the form that SDKs read', () => {
  const folder = '/latest/meta-data/iam/security-credentials/';
  assert.equal(get(folder).body, 'orders');
  assert.deepEqual(JSON.parse(get(`${folder}orders`).body), {
    ...{ Code: 'Success', LastUpdated: '2026-01-01T00:00:00Z', Type: 'AWS-HMAC', AccessKeyId: 'ASIA' },
    ...{ SecretAccessKey: 'secret', Token: 'token', Expiration: '2026-01-01T06:00:00Z' },
  });
  assert.equal(get(`${folder}other`).status, 404);
  for (const path of [folder, `${folder}orders`, '/latest/meta-data/iam/info'])
    assert.equal(get(path, plain).status, 404);
  const info = JSON.parse(get('/latest/meta-data/iam/info').body) as Readonly<Record<string, string>>;
  assert.equal(info['InstanceProfileArn'], 'arn:aws:iam::123456789012:instance-profile/orders');
});

test('a role that cannot be assumed any more is told as on EC2', () => {
  const refused = { ...deps, credentials: { ...deps.credentials, make: () => ({ problem: 'no trust' }) } };
  const header = (name: string): string | undefined => (name === 'x-aws-ec2-metadata-token' ? token() : undefined);
  const url = '/latest/meta-data/iam/security-credentials/orders';
  const answer = answerMetadata({ method: 'GET', url, header }, subject, refused);
  assert.equal(answer.status, 200);
  assert.equal((JSON.parse(answer.body) as { Code: string }).Code, 'AssumeRoleUnauthorizedAccess');
});

test('container credentials are given to their own workload alone', () => {
  const from = (url: string, by = subject, method = 'GET'): number =>
    answerContainerAddress({ method, url, header: () => undefined }, by, deps).status;
  assert.equal(from(containerPath(subject.id)), 200);
  assert.equal(from(containerPath('i-0123456789abcdef1')), 404);
  assert.equal(from(containerPath(subject.id), plain), 404);
  assert.equal(from(containerPath(subject.id), subject, 'PUT'), 405);
});

test('what has its role by a profile is told of the profile, and of no role while none is in it', () => {
  const profile = { arn: 'arn:aws:iam::123456789012:instance-profile/web', id: 'AIPA1' };
  const info = (by: WorkloadIdentity): unknown => {
    const told = JSON.parse(get('/latest/meta-data/iam/info', by).body) as Readonly<Record<string, unknown>>;
    return [told['Code'], told['InstanceProfileArn'], told['InstanceProfileId']];
  };
  assert.deepEqual(info({ ...subject, profile }), ['Success', profile.arn, profile.id]);
  assert.deepEqual(info({ ...plain, profile }), ['InstanceProfileNotFound', profile.arn, profile.id]);
  assert.equal(get('/latest/meta-data/iam/security-credentials/', { ...subject, profile }).body, 'orders');
  assert.equal(get('/latest/meta-data/iam/security-credentials/', { ...plain, profile }).status, 404);
  assert.match(get('/latest/meta-data/', { ...plain, profile }).body, /^iam\/$/m);
});
