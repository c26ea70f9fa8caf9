// Which addresses of a subnet are free, and what keeps the configuration and calls from giving one twice.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createNetworkInterface, deleteNetworkInterface } from '../network-interface/index.ts';
import { createScenario, scenarioCaller } from '../scenario.ts';
import { applyChanges, put } from '../state.ts';
import { reset } from '../upkeep/index.ts';
import { createRoute } from '../vpc-part/index.ts';
import {
  applyConfiguredVpcs,
  configuredId,
  countFreeAddresses,
  createSubnet,
  createVpc,
  findFreeAddress,
  findFreePrefix28,
  type ConfiguredVpc,
} from './index.ts';

const shop: ConfiguredVpc = {
  ...{ ...scenarioCaller, name: 'shop', cidrs: ['10.0.0.0/16'], attachment: { kind: 'netns' } },
  subnets: [{ cidr: '10.0.1.0/24', zone: 'us-east-1a' }],
  securityGroups: [],
  instances: [{ name: 'web-1', address: '10.0.1.4', securityGroups: [] }],
};
const subnetId = configuredId('subnet', scenarioCaller, 'shop', '10.0.1.0/24');

test('findFreeAddress() and findFreePrefix28() leave out what is reserved and what interfaces have', () => {
  const scenario = createScenario();
  const vpc = scenario.run(createVpc, { cidrBlock: '10.0.0.0/16', attachment: { kind: 'netns' } });
  const subnet = scenario.run(createSubnet, { vpcId: vpc.id, cidrBlock: '10.0.1.0/26' });
  assert.equal(findFreeAddress(scenario.state, subnet), '10.0.1.4');
  const one = scenario.run(createNetworkInterface, { subnetId: subnet.id, addresses: ['10.0.1.20', '10.0.1.5'] });
  assert.equal(findFreePrefix28(scenario.state, subnet), '10.0.1.32/28');
  const wide = put('networkInterface', { ...one, ipv4Prefixes: ['10.0.1.32/28'] });
  scenario.state = applyChanges(scenario.state, [wide], scenario.state.revision + 1);
  assert.equal(countFreeAddresses(scenario.state, subnet), 64 - 5 - 2 - 16);
  assert.throws(() => findFreePrefix28(scenario.state, subnet), /CIDR blocks/);
  scenario.run(createNetworkInterface, { subnetId: subnet.id });
  assert.equal(findFreeAddress(scenario.state, subnet), '10.0.1.6');
});

test('an instance of the configuration has its address, and cannot get one that a call took', () => {
  const scenario = createScenario();
  scenario.run(applyConfiguredVpcs, { vpcs: [shop] });
  const made = scenario.run(createNetworkInterface, { subnetId });
  assert.deepEqual(made.addresses, ['10.0.1.5']);
  const [web] = shop.instances;
  const moved = { ...shop, instances: web === undefined ? [] : [{ ...web, address: '10.0.1.5' }] };
  assert.equal(scenario.refused(applyConfiguredVpcs, { vpcs: [moved] }).kind, 'Ec2');
  // The subnet, and with it the VPC, cannot go while something stands in it.
  assert.match(scenario.refused(applyConfiguredVpcs, { vpcs: [{ ...shop, subnets: [] }] }).message, /is used by eni-/);
  assert.match(scenario.refused(applyConfiguredVpcs, { vpcs: [] }).message, /is used by eni-/);
  scenario.run(deleteNetworkInterface, { networkInterfaceId: made.id });
  scenario.run(applyConfiguredVpcs, { vpcs: [moved] });
  scenario.run(applyConfiguredVpcs, { vpcs: [] });
  assert.ok(scenario.state.tables.networkInterface.isEmpty() && scenario.state.tables.vpcPart.isEmpty());
});

test('the default group is the one of the configuration when it has one, and reset() undoes routes', () => {
  const scenario = createScenario();
  const own = { name: 'default', ingress: [], egress: [] };
  scenario.run(applyConfiguredVpcs, { vpcs: [shop] });
  scenario.run(applyConfiguredVpcs, { vpcs: [{ ...shop, securityGroups: [own] }] });
  const groups = [...scenario.state.tables.securityGroup.values()];
  assert.deepEqual(
    groups.map(({ id }) => id),
    [configuredId('sg', scenarioCaller, 'shop', 'default')],
  );
  assert.ok(scenario.state.tables.securityGroupRule.isEmpty());
  scenario.run(applyConfiguredVpcs, { vpcs: [shop] });
  assert.equal(scenario.state.tables.securityGroup.size, 1);
  assert.equal(scenario.state.tables.securityGroupRule.size, 2);
  const routeTableId = configuredId('vpc', scenarioCaller, 'shop').replace(/^vpc-/, 'rtb-');
  const target = { kind: 'gateway', id: 'vgw-1' } as const;
  scenario.run(createRoute, { routeTableId, destination: '192.0.2.0/24', target });
  assert.equal(scenario.run(reset, null), 1);
  assert.equal(scenario.run(reset, null), 0);
});
