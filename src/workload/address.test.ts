import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chooseAddress } from './address.ts';

const subnet = (cidr: string) => ({ id: 'subnet-1', cidr, zone: 'us-east-1a' });
const vpc = { cidrs: ['10.0.0.0/16'], subnets: [subnet('10.0.1.0/24')] };

test('chooseAddress() takes the highest free address of the first subnet', () => {
  assert.deepEqual(chooseAddress(vpc, new Set(['10.0.1.254'])), { kind: 'chosen', address: '10.0.1.253' });
});

test('chooseAddress() takes the highest free address of the CIDR when there is no subnet', () => {
  assert.deepEqual(chooseAddress({ ...vpc, subnets: [] }, new Set()), { kind: 'chosen', address: '10.0.255.254' });
});

test('chooseAddress() gives the address that was asked for when it is free', () => {
  assert.deepEqual(chooseAddress(vpc, new Set(), '10.0.9.9'), { kind: 'chosen', address: '10.0.9.9' });
});

for (const [wanted, reason] of [
  ['10.1.0.9', /not in the VPC's range/],
  ['10.0.0.2', /reserved/],
  ['10.0.1.1', /reserved/],
  ['10.0.1.255', /reserved/],
  ['10.0.255.255', /reserved/],
  ['10.0.1.10', /in use/],
  ['10.0.1', /not an IPv4 address/],
  ['fd00::1', /not an IPv4 address/],
  ['$(reboot)', /not an IPv4 address/],
] as const) {
  test(`chooseAddress() refuses ${wanted}`, () => {
    const choice = chooseAddress(vpc, new Set(['10.0.1.10']), wanted);
    assert.match(choice.kind === 'chosen' ? '' : choice.reason, reason);
  });
}

test('chooseAddress() says when a range is full', () => {
  const small = { cidrs: ['10.0.0.0/28'], subnets: [] };
  const used = new Set(Array.from({ length: 16 }, (_, i) => `10.0.0.${i}`));
  assert.equal(chooseAddress(small, used).kind, 'taken');
});

test('the addresses of VPC endpoints are not given to workloads', () => {
  const vpc = { cidrs: ['10.0.0.0/16'], subnets: [{ id: 'subnet-1', cidr: '10.0.1.0/24', zone: 'us-east-1a' }] };
  const blocks = ['10.0.1.240/28', '10.0.1.48/28'];
  assert.deepEqual(chooseAddress(vpc, new Set(), undefined, blocks), { kind: 'chosen', address: '10.0.1.239' });
  assert.equal(chooseAddress(vpc, new Set(), '10.0.1.50', blocks).kind, 'taken');
  assert.equal(chooseAddress(vpc, new Set(), '10.0.1.64', blocks).kind, 'chosen');
});
