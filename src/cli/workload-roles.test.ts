import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bindRoles, createWorkloadTokens } from './workload-roles.ts';

const tokens = createWorkloadTokens(Buffer.alloc(32, 7));
const place = { id: 'wl-1', address: '10.0.1.10', vpcId: 'vpc-a', account: '1', region: 'r', zone: 'ra' };

test('a token names its workload, and one that is changed names none', () => {
  const token = tokens.make('wl-1');
  assert.equal(tokens.read(token), 'wl-1');
  assert.equal(tokens.read(token.replace('wl-1', 'wl-2')), undefined);
  assert.equal(createWorkloadTokens(Buffer.alloc(32, 8)).read(token), undefined);
  for (const bad of ['', '.', 'wl-1', 'wl-1.', `${token}.x`, 'x'.repeat(1e5)])
    assert.equal(tokens.read(bad), undefined);
});

const vpc = {
  ...{ id: 'vpc-a', revision: 1, account: '1', region: 'r', arn: 'arn', cidrs: [] },
  ...{ dns: { support: true, hostnames: true }, subnets: [], securityGroups: [], instances: [] },
  attachment: { kind: 'loopback', n: 5 },
} as const;

test('the API is found by its name in a namespace, and by an address of the VPC on loopback', () => {
  const endpoint = (attach: 'netns' | 'loopback'): string | undefined =>
    bindRoles({ problem: () => undefined }, tokens, {
      attach,
      apiHost: '127.0.0.1',
      apiPort: 7171,
    }).environment('wl-1', vpc, 'role')['AWS_ENDPOINT_URL'];
  assert.equal(endpoint('netns'), 'http://api.pergola.internal');
  assert.equal(endpoint('loopback'), 'http://127.105.255.9:20080');
});

test('in a namespace a role that comes by a profile is found where SDKs look by themselves', () => {
  const settings = { attach: 'netns', apiHost: '127.0.0.1', apiPort: 7171 } as const;
  const roles = bindRoles({ problem: () => undefined }, tokens, settings);
  assert.deepEqual(Object.keys(roles.environment('i-1', vpc, 'profile')), ['AWS_ENDPOINT_URL']);
  assert.ok('AWS_CONTAINER_CREDENTIALS_RELATIVE_URI' in roles.environment('i-1', vpc, 'role'));
});

test('on loopback a role takes an API at a loopback address', () => {
  const roles = (apiHost: string) =>
    bindRoles({ problem: () => undefined }, tokens, { attach: 'loopback', apiHost, apiPort: 7171 });
  assert.match(roles('192.0.2.1').problem({ ...place, role: 'arn' }) ?? '', /loopback address/);
  assert.equal(roles('192.0.2.1').problem(place), undefined);
  for (const [host, url] of [
    ['127.0.0.1', 'http://127.0.0.1:7171/-/credentials'],
    ['0.0.0.0', 'http://127.0.0.1:7171/-/credentials'],
    ['::1', 'http://[::1]:7171/-/credentials'],
  ] as const) {
    assert.equal(roles(host).problem({ ...place, role: 'arn' }), undefined);
    assert.equal(roles(host).environment('wl-1', vpc, 'profile')['AWS_CONTAINER_CREDENTIALS_FULL_URI'], url);
  }
});
