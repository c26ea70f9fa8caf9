// Names before ids in sentences for people.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { VpcRecord } from '../snapshot/index.ts';
import { createNamer } from './say-names.ts';

const base: Omit<VpcRecord, 'id' | 'name'> = {
  revision: 1,
  account: '123456789012',
  region: 'us-east-1',
  arn: '',
  cidrs: ['10.0.0.0/16'],
  attachment: { kind: 'netns' },
  dns: { support: true, hostnames: true },
  subnets: [],
  securityGroups: [],
  instances: [{ id: 'i-0a', name: 'web-1', address: '10.0.1.10', securityGroups: [] }],
};
const sayNames = createNamer({
  vpcs: new Map<string, VpcRecord>([
    ['vpc-0a', { ...base, id: 'vpc-0a', name: 'shop' }],
    ['vpc-0b', { ...base, id: 'vpc-0b', instances: [] }],
  ]),
});

for (const [sentence, expected] of [
  ['VPC vpc-0a is not attached: why', 'VPC shop (vpc-0a) is not attached: why'],
  ['instance i-0a ended 3 times', 'instance web-1 (i-0a) ended 3 times'],
  ['instance i-0a is in VPC vpc-0a: no', 'instance web-1 (i-0a) is in VPC shop (vpc-0a): no'],
  ['VPC vpc-0b has no name, and nobody knows vpc-0c', 'VPC vpc-0b has no name, and nobody knows vpc-0c'],
  ['shop (vpc-0a) is told already', 'shop (vpc-0a) is told already'],
  [
    'vpc-0a/tcp4/*:80 and pg1f-vpc-0a-10.0.1.10 are not open',
    'vpc-0a/tcp4/*:80 and pg1f-vpc-0a-10.0.1.10 are not open',
  ],
] as const)
  test(`createNamer() makes "${expected}"`, () => assert.equal(sayNames(sentence), expected));
