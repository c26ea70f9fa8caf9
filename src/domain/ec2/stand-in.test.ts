// Stand-ins: records that follow what runs.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createScenario, scenarioCaller } from '../scenario.ts';
import { reset } from '../upkeep/index.ts';
import { applyConfiguredVpcs, configuredId, createVpc, deleteVpc, placeStandIns } from './index.ts';

const instanceId = 'i-0123456789abcdef0';
const attachment = { kind: 'netns' } as const;

function open() {
  const scenario = createScenario();
  const vpcId = scenario.run(createVpc, { cidrBlock: '10.0.0.0/16', attachment }).id;
  const standIn = { instanceId, vpcId, address: '10.0.1.10', securityGroups: [] };
  const addresses = () => [...scenario.state.tables.instance.values()].map(({ id, address }) => [id, address]);
  return { scenario, vpcId, standIn, addresses };
}

test('placeStandIns() makes, moves and removes what stands', () => {
  const { scenario, standIn, addresses } = open();
  assert.equal(scenario.run(placeStandIns, { standIns: [standIn] }), 1);
  assert.deepEqual(addresses(), [[instanceId, '10.0.1.10']]);
  assert.equal(scenario.run(placeStandIns, { standIns: [standIn] }), 0);
  scenario.run(placeStandIns, { standIns: [{ ...standIn, address: '10.0.1.11' }] });
  assert.deepEqual(addresses(), [[instanceId, '10.0.1.11']]);
  scenario.run(placeStandIns, { standIns: [] });
  assert.deepEqual(addresses(), []);
});

test('placeStandIns() leaves instances of the configuration and unknown VPCs alone', () => {
  const { scenario, standIn, addresses } = open();
  const instance = { name: 'web-1', address: '10.0.1.10', securityGroups: [] };
  const vpc = { name: 'shop', ...scenarioCaller, cidrs: ['10.0.0.0/16'], attachment, subnets: [], securityGroups: [] };
  scenario.run(applyConfiguredVpcs, { vpcs: [{ ...vpc, instances: [instance] }] });
  const id = configuredId('i', scenarioCaller, 'shop', 'web-1');
  const vpcId = configuredId('vpc', scenarioCaller, 'shop');
  const standIns = [
    { ...standIn, instanceId: id, vpcId, address: '10.0.1.99' },
    { ...standIn, vpcId: 'vpc-gone' },
  ];
  assert.equal(scenario.run(placeStandIns, { standIns }), 0);
  assert.deepEqual(addresses(), [[id, '10.0.1.10']]);
  scenario.run(placeStandIns, { standIns: [] });
  assert.deepEqual(addresses(), [[id, '10.0.1.10']]);
});

test('a VPC in which a stand-in stands is not deleted, and goes with it at a reset', () => {
  const { scenario, vpcId, standIn, addresses } = open();
  scenario.run(placeStandIns, { standIns: [standIn] });
  const refusal = scenario.refused(deleteVpc, { vpcId });
  assert.ok(refusal.kind === 'Ec2' && refusal.code === 'DependencyViolation');
  scenario.run(reset, null);
  assert.deepEqual([addresses(), scenario.state.tables.vpc.size], [[], 0]);
});
