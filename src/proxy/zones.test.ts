// Zones of addresses.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { VpcRecord } from '../snapshot/index.ts';
import { createZoneFinder } from './zones.ts';

const vpc = (attachment: VpcRecord['attachment']): VpcRecord => ({
  id: 'vpc-1',
  revision: 1,
  account: '123456789012',
  region: 'us-east-1',
  arn: 'arn',
  cidrs: ['10.1.0.0/16'],
  attachment,
  dns: { support: true, hostnames: true },
  subnets: [
    { id: 'subnet-1', cidr: '10.1.1.0/24', zone: 'us-east-1a' },
    { id: 'subnet-2', cidr: '10.1.128.0/17', zone: 'us-east-1b' },
  ],
  securityGroups: [],
  instances: [],
});

test('createZoneFinder() finds the subnet of an address', () => {
  const find = createZoneFinder();
  const netns = vpc({ kind: 'netns' });
  const zones = ['10.1.1.0', '10.1.1.255', '10.1.2.0', '10.1.255.255', '127.9.1.1', 'fd00::1', ''].map((address) =>
    find(netns, address),
  );
  assert.deepEqual(zones, ['us-east-1a', 'us-east-1a', '', 'us-east-1b', '', '', '']);
});

test('createZoneFinder() knows where addresses of a loopback VPC stand', () => {
  const find = createZoneFinder();
  const loopback = vpc({ kind: 'loopback', n: 9 });
  assert.deepEqual(
    [find(loopback, '127.9.1.7'), find(loopback, '127.9.200.7'), find(loopback, '127.9.2.1')],
    ['us-east-1a', 'us-east-1b', ''],
  );
});
