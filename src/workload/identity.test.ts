import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { VpcRecord } from '../snapshot/index.ts';
import { findWorkload } from './identity.ts';

const role = 'arn:aws:iam::123456789012:role/orders';
const instance = { name: 'one', address: '10.0.1.10', securityGroups: [] };

function vpc(id: string, instances: VpcRecord['instances']): VpcRecord {
  return {
    ...{ id, revision: 1, account: '123456789012', region: 'eu-west-1', arn: `arn:${id}`, cidrs: ['10.0.0.0/16'] },
    ...{ attachment: { kind: 'netns' }, dns: { support: true, hostnames: true }, securityGroups: [], instances },
    subnets: [{ id: 'subnet-1', cidr: '10.0.1.0/24', zone: 'eu-west-1c' }],
  };
}

const vpcs = new Map([
  ['vpc-a', vpc('vpc-a', [{ ...instance, id: 'i-a', command: ['x'], role }])],
  ['vpc-b', vpc('vpc-b', [{ ...instance, id: 'i-b', command: ['x'] }])],
  ['vpc-c', vpc('vpc-c', [{ ...instance, id: 'i-c', role }])],
]);
const held = [
  { id: 'wl-1', vpcId: 'vpc-b', address: '10.0.9.9', securityGroups: [], role },
  { id: 'wl-2', vpcId: 'vpc-c', address: '10.0.1.10', securityGroups: [], instanceId: 'i-c' },
];
const find = (wanted: Parameters<typeof findWorkload>[2]) => findWorkload({ vpcs }, held, wanted);

test('the same address is another workload in every VPC, each with its own role or none', () => {
  const at = (vpcId: string, address = '10.0.1.10'): readonly unknown[] => {
    const found = find({ vpcId, address });
    return [found?.id, found?.role];
  };
  assert.deepEqual(at('vpc-a'), ['i-a', role]);
  assert.deepEqual(at('vpc-b'), ['i-b', undefined]);
  assert.deepEqual(at('vpc-b', '10.0.9.9'), ['wl-1', role]);
  assert.deepEqual(at('vpc-a', '10.0.9.9'), [undefined, undefined]);
  assert.deepEqual(at('vpc-x'), [undefined, undefined]);
});

test('what stands for an instance has its id, and not the role of the one that it stands for', () => {
  assert.deepEqual(find({ vpcId: 'vpc-c', address: '10.0.1.10' }), find({ id: 'i-c' }));
  assert.equal(find({ id: 'i-c' })?.role, undefined);
  assert.equal(findWorkload({ vpcs }, [], { id: 'i-c' }), undefined);
  assert.equal(find({ id: 'wl-2' }), undefined);
});

test('a workload is in the zone of its subnet, and without a subnet in the first one of the region', () => {
  assert.equal(find({ id: 'i-a' })?.zone, 'eu-west-1c');
  assert.equal(find({ id: 'wl-1' })?.zone, 'eu-west-1a');
});
