// VPCs, subnets, and what pergola.yaml makes of them.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createVpcAssociation } from '../association/index.ts';
import { createServiceNetwork } from '../network/index.ts';
import { createScenario, scenarioCaller } from '../scenario.ts';
import { reset } from '../upkeep/index.ts';
import {
  applyConfiguredVpcs,
  configuredId,
  createSubnet,
  createVpc,
  deleteSubnet,
  deleteVpc,
  describeSubnets,
  describeVpcs,
  placeStandIns,
  countFreeAddresses,
  type ConfiguredVpc,
} from './index.ts';

const netns = { kind: 'netns' } as const;

test('createVpc() clears host bits and admits /16 to /28', () => {
  const scenario = createScenario();
  const create = (cidrBlock: string) => ({ cidrBlock, attachment: netns });
  assert.deepEqual(scenario.run(createVpc, create('100.68.0.18/18')).cidrs, ['100.68.0.0/18']);
  const codes = ['10.0.0.0/15', '10.0.0.0/29', '10.0.0.0', '10.0.0.0/33', 'fd00::/16'].map((cidr) => {
    const refusal = scenario.refused(createVpc, create(cidr));
    return refusal.kind === 'Ec2' ? refusal.code : refusal.kind;
  });
  const [range, value] = ['InvalidVpc.Range', 'InvalidParameterValue'];
  assert.deepEqual(codes, [range, range, value, value, value]);
});

test('createVpc() gives loopback VPCs the lowest free number, up to 99', () => {
  const scenario = createScenario();
  const input = { cidrBlock: '10.0.0.0/16', attachment: { kind: 'loopback' } } as const;
  const made = Array.from({ length: 99 }, () => scenario.run(createVpc, input));
  assert.deepEqual(made[98]?.attachment, { kind: 'loopback', n: 99 });
  const refusal = scenario.refused(createVpc, input);
  assert.ok(refusal.kind === 'Ec2' && refusal.code === 'VpcLimitExceeded');
  scenario.run(deleteVpc, { vpcId: made[6]?.id ?? '' });
  assert.deepEqual(scenario.run(createVpc, input).attachment, { kind: 'loopback', n: 7 });
});

test('createSubnet() stays inside the VPC and beside its siblings', () => {
  const scenario = createScenario();
  const vpcId = scenario.run(createVpc, { cidrBlock: '10.0.0.0/16', attachment: netns }).id;
  const subnet = scenario.run(createSubnet, { vpcId, cidrBlock: '10.0.1.0/24' });
  assert.equal(subnet.zone, 'us-east-1a');
  assert.equal(countFreeAddresses(scenario.state, subnet), 251);
  const code = (cidrBlock: string, more = {}): string => {
    const refusal = scenario.refused(createSubnet, { vpcId, cidrBlock, ...more });
    return refusal.kind === 'Ec2' ? refusal.code : refusal.kind;
  };
  assert.equal(code('10.1.0.0/24'), 'InvalidSubnet.Range');
  assert.equal(code('10.0.1.128/25'), 'InvalidSubnet.Conflict');
  assert.equal(code('10.0.2.0/24', { availabilityZone: 'eu-west-1a' }), 'InvalidParameterValue');
  assert.equal(code('10.0.2.0/24', { vpcId: 'vpc-00000000' }), 'InvalidVpcID.NotFound');
  const refusal = scenario.refused(deleteVpc, { vpcId });
  assert.ok(refusal.kind === 'Ec2' && refusal.code === 'DependencyViolation');
  scenario.run(deleteSubnet, { subnetId: subnet.id });
  scenario.run(deleteVpc, { vpcId });
});

test('describeVpcs() filters by id, range and tag with wildcards, and refuses unknown filters', () => {
  const scenario = createScenario();
  const make = (cidrBlock: string, Name: string): string =>
    scenario.run(createVpc, { cidrBlock, attachment: netns, tags: { Name } }).id;
  const [shop, bank] = [make('10.0.0.0/16', 'shop-prod'), make('10.1.0.0/16', 'bank')];
  const find = (name: string, ...values: readonly string[]): string[] =>
    [...describeVpcs(scenario.state, scenarioCaller, { filters: [{ name, values }] }).read()].map((vpc) => vpc.id);
  assert.deepEqual(find('tag:Name', 'shop*'), [shop]);
  assert.deepEqual(find('tag:Name', '*p?od', 'b*').sort(), [shop, bank].sort());
  assert.deepEqual(find('cidr', '10.1.0.0/16'), [bank]);
  assert.deepEqual(find('tag:Name', 'shop'), []);
  assert.throws(() => find('colour', 'red'), /filter 'colour' is invalid/);
  assert.throws(() => describeVpcs(scenario.state, scenarioCaller, { ids: ['vpc-00000000'] }), /does not exist/);
  assert.deepEqual(
    [...describeSubnets(scenario.state, scenarioCaller, { filters: [{ name: 'vpc-id', values: [shop] }] }).read()],
    [],
  );
});

const shop: ConfiguredVpc = {
  ...scenarioCaller,
  name: 'shop',
  cidrs: ['10.0.0.0/16'],
  attachment: { kind: 'loopback' },
  subnets: [{ cidr: '10.0.1.0/24', zone: 'us-east-1a' }],
  securityGroups: [
    {
      name: 'web',
      ingress: [{ protocol: 'tcp', fromPort: 80, toPort: 80, cidrs: [], groups: ['web'] }],
      egress: [],
    },
  ],
  instances: [{ name: 'web-1', address: '10.0.1.10', securityGroups: ['web'], command: ['node', 'web.mjs'] }],
};

test('applyConfiguredVpcs() makes the records, changes nothing the second time, and follows the file', () => {
  const scenario = createScenario();
  assert.equal(scenario.run(applyConfiguredVpcs, { vpcs: [shop] }), 11);
  scenario.now += 1000;
  assert.equal(scenario.run(applyConfiguredVpcs, { vpcs: [shop] }), 0);
  const instance = [...scenario.state.tables.instance.values()][0];
  const groupId = configuredId('sg', scenarioCaller, 'shop', 'web');
  assert.equal(instance?.id, configuredId('i', scenarioCaller, 'shop', 'web-1'));
  assert.match(instance?.id ?? '', /^i-0[0-9a-f]{16}$/);
  assert.deepEqual(instance?.securityGroupIds, [groupId]);
  const [rule] = scenario.state.tables.securityGroupRule.values();
  assert.match(rule?.id ?? '', /^sgr-0[0-9a-f]{16}$/);
  assert.deepEqual([rule?.isEgress, rule?.groupId, rule?.peer], [false, groupId, { kind: 'group', groupId }]);
  const less = { ...shop, instances: [], attachment: { kind: 'loopback', n: 7 } } as const;
  assert.equal(scenario.run(applyConfiguredVpcs, { vpcs: [less] }), 3);
  assert.equal(scenario.state.tables.instance.size, 0);
  assert.equal(scenario.run(applyConfiguredVpcs, { vpcs: [] }), 9);
  assert.ok(scenario.state.tables.vpc.isEmpty() && scenario.state.tables.subnet.isEmpty());
});

test('applyConfiguredVpcs() refuses to remove a VPC that is associated', () => {
  const scenario = createScenario();
  scenario.run(applyConfiguredVpcs, { vpcs: [shop] });
  scenario.run(createVpcAssociation, {
    serviceNetworkIdentifier: scenario.run(createServiceNetwork, { name: 'main' }).id,
    vpcIdentifier: configuredId('vpc', scenarioCaller, 'shop'),
  });
  const refusal = scenario.refused(applyConfiguredVpcs, { vpcs: [] });
  assert.ok(refusal.kind === 'Ec2' && refusal.code === 'DependencyViolation');
});

test('applyConfiguredVpcs() refuses what would leave a subnet that the API made without its VPC, or overlap it', () => {
  const scenario = createScenario();
  scenario.run(applyConfiguredVpcs, { vpcs: [{ ...shop, subnets: [] }] });
  scenario.run(createSubnet, { vpcId: configuredId('vpc', scenarioCaller, 'shop'), cidrBlock: '10.0.1.128/25' });
  for (const vpcs of [[], [shop]]) {
    const refusal = scenario.refused(applyConfiguredVpcs, { vpcs });
    assert.ok(refusal.kind === 'Ec2' && /DependencyViolation|InvalidSubnet.Conflict/.test(refusal.code));
  }
});

test('applyConfiguredVpcs() refuses to remove a security group that an association has', () => {
  const scenario = createScenario();
  scenario.run(applyConfiguredVpcs, { vpcs: [shop] });
  scenario.run(createVpcAssociation, {
    serviceNetworkIdentifier: scenario.run(createServiceNetwork, { name: 'main' }).id,
    vpcIdentifier: configuredId('vpc', scenarioCaller, 'shop'),
    securityGroupIds: [configuredId('sg', scenarioCaller, 'shop', 'web')],
  });
  const without = { ...shop, securityGroups: [], instances: [] };
  assert.match(scenario.refused(applyConfiguredVpcs, { vpcs: [without] }).message, /is used by snva-/);
});

test('applyConfiguredVpcs() takes along the workloads of a VPC that goes', () => {
  const scenario = createScenario();
  scenario.run(applyConfiguredVpcs, { vpcs: [shop] });
  const vpcId = configuredId('vpc', scenarioCaller, 'shop');
  const standIn = { instanceId: 'i-00000000000000000', vpcId, address: '10.0.1.77', securityGroups: [] };
  scenario.run(placeStandIns, { standIns: [standIn] });
  scenario.run(applyConfiguredVpcs, { vpcs: [] });
  assert.ok(scenario.state.tables.instance.isEmpty());
});

const wrong: readonly (readonly [string, ConfiguredVpc, RegExp])[] = [
  [
    'an address outside',
    { ...shop, instances: [{ name: 'x', address: '10.1.0.1', securityGroups: [] }] },
    /not in the VPC/,
  ],
  [
    'an unknown group',
    { ...shop, instances: [{ name: 'x', address: '10.0.0.9', securityGroups: ['y'] }] },
    /no security group y/,
  ],
  ['a second /16 on loopback', { ...shop, cidrs: ['10.0.0.0/16', '10.1.0.0/16'] }, /carries only 10.0.0.0\/16/],
  ['overlapping ranges', { ...shop, cidrs: ['10.0.0.0/16', '10.0.1.0/24'] }, /overlapping/],
  ['no range', { ...shop, cidrs: [] }, /no range/],
];
for (const [what, vpc, message] of wrong)
  test(`applyConfiguredVpcs() refuses ${what}`, () => {
    assert.match(createScenario().refused(applyConfiguredVpcs, { vpcs: [vpc] }).message, message);
  });

test('reset() leaves what the configuration made', () => {
  const scenario = createScenario();
  scenario.run(applyConfiguredVpcs, { vpcs: [shop] });
  scenario.run(createServiceNetwork, { name: 'main' });
  assert.equal(scenario.run(reset, null), 1);
  assert.equal(scenario.state.tables.instance.size, 1);
});
