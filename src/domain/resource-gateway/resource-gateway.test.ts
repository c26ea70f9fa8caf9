// Resource gateways: what they need, and how they come and go.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { applyConfiguredVpcs, configuredId, createSubnet, createVpc, deleteSubnet, deleteVpc } from '../ec2/index.ts';
import { createScenario, scenarioCaller, type Scenario } from '../scenario.ts';
import { advanceStatuses, failOverdue } from '../upkeep/index.ts';
import { createResourceGateway, deleteResourceGateway, getResourceGateway, updateResourceGateway } from './index.ts';

function makeVpc(scenario: Scenario) {
  const { id } = scenario.run(createVpc, { cidrBlock: '10.0.0.0/16', attachment: { kind: 'netns' } });
  const subnet = (n: number, zone: string): string =>
    scenario.run(createSubnet, { vpcId: id, cidrBlock: `10.0.${n}.0/24`, availabilityZone: `us-east-1${zone}` }).id;
  return { id, subnets: [subnet(1, 'a'), subnet(2, 'b'), subnet(3, 'a')] as const };
}

const wrongOf = (refusal: ReturnType<Scenario['refused']>): readonly string[] =>
  refusal.kind === 'Validation' ? (refusal.fieldList ?? []).map(({ name }) => name) : [refusal.kind];

const obey = (scenario: Scenario): number => scenario.run(advanceStatuses, { obeyedRevision: scenario.state.revision });

test('createResourceGateway() has the defaults of the User Guide and waits for the data plane', () => {
  const scenario = createScenario();
  const vpc = makeVpc(scenario);
  const input = { name: 'door', vpcIdentifier: vpc.id, subnetIds: vpc.subnets.slice(0, 2) };
  const made = scenario.run(createResourceGateway, input);
  const { status, ipAddressType, ipv4AddressesPerEni, dnsResolution } = made;
  assert.deepEqual(
    [status, ipAddressType, ipv4AddressesPerEni, dnsResolution],
    ['CREATE_IN_PROGRESS', 'IPV4', 16, 'PUBLIC'],
  );
  assert.equal(scenario.refused(createResourceGateway, input).kind, 'Conflict');
  assert.equal(obey(scenario), 1);
  assert.equal(getResourceGateway(scenario.state, scenarioCaller, made.arn).status, 'ACTIVE');
});

test('createResourceGateway() names everything that is wrong at once', () => {
  const scenario = createScenario();
  const vpc = makeVpc(scenario);
  const other = makeVpc(scenario);
  const refused = (input: object): readonly string[] =>
    wrongOf(scenario.refused(createResourceGateway, { name: 'door', ...input }));
  assert.deepEqual(refused({}), ['vpcIdentifier', 'subnetIds']);
  const many = Array.from({ length: 101 }, (_, i) => `subnet-${i}`);
  assert.deepEqual(refused({ vpcIdentifier: vpc.id, subnetIds: many }), ['subnetIds']);
  assert.deepEqual(refused({ vpcIdentifier: 'vpc-0123456789abcdef0', subnetIds: vpc.subnets }), ['vpcIdentifier']);
  assert.deepEqual(
    refused({
      vpcIdentifier: vpc.id,
      subnetIds: [vpc.subnets[0], vpc.subnets[2], other.subnets[1]],
      securityGroupIds: ['sg-12345678'],
      ipAddressType: 'DUALSTACK',
    }),
    ['subnetIds', 'subnetIds', 'ipAddressType', 'ipAddressType', 'securityGroupIds'],
  );
  assert.deepEqual(
    refused({
      vpcIdentifier: vpc.id,
      subnetIds: [vpc.subnets[0]],
      ipAddressType: 'IPV6',
      ipv4AddressesPerEni: 2,
      resourceConfigDnsResolution: 'IN_VPC',
    }),
    ['ipAddressType', 'ipAddressType', 'ipv4AddressesPerEni', 'resourceConfigDnsResolution'],
  );
});

test('updateResourceGateway() changes the security groups, and to those of the VPC only', () => {
  const scenario = createScenario();
  const vpc = {
    ...{ account: scenarioCaller.account, region: 'us-east-1', name: 'shop', cidrs: ['10.0.0.0/16'] },
    attachment: { kind: 'netns' },
    subnets: [{ cidr: '10.0.1.0/24', zone: 'us-east-1a' }],
    securityGroups: [{ name: 'web', ingress: [], egress: [] }],
    instances: [],
  } as const;
  scenario.run(applyConfiguredVpcs, { vpcs: [vpc] });
  const [subnet] = [...scenario.state.tables.subnet.values()];
  const group = configuredId('sg', scenarioCaller, 'shop', 'web');
  const { id } = scenario.run(createResourceGateway, {
    name: 'door',
    vpcIdentifier: configuredId('vpc', scenarioCaller, 'shop'),
    subnetIds: [subnet?.id ?? ''],
    securityGroupIds: [group, group],
  });
  const update = (securityGroupIds: readonly string[]) => ({ resourceGatewayIdentifier: id, securityGroupIds });
  assert.match(scenario.refused(updateResourceGateway, update([])).message, /CREATE_IN_PROGRESS/);
  obey(scenario);
  assert.deepEqual(wrongOf(scenario.refused(updateResourceGateway, update(['sg-00000000']))), ['securityGroupIds']);
  const updated = scenario.run(updateResourceGateway, update([]));
  assert.deepEqual([updated.status, updated.securityGroupIds], ['UPDATE_IN_PROGRESS', []]);
  scenario.now += 60_000;
  scenario.run(failOverdue, { timeout: 60_000, countedFrom: 0 });
  const failed = getResourceGateway(scenario.state, scenarioCaller, id);
  assert.deepEqual([failed.status, failed.failureCode], ['UPDATE_FAILED', 'DataPlaneTimeout']);
  scenario.run(updateResourceGateway, update([group]));
  obey(scenario);
  const active = getResourceGateway(scenario.state, scenarioCaller, id);
  assert.deepEqual([active.status, active.securityGroupIds, active.failureCode], ['ACTIVE', [group], undefined]);
  assert.throws(() => scenario.run(applyConfiguredVpcs, { vpcs: [{ ...vpc, subnets: [] }] }), /cannot be removed/);
});

test('deleteResourceGateway() is done when obeyed, and until then keeps its subnets and VPC', () => {
  const scenario = createScenario();
  const vpc = makeVpc(scenario);
  const [subnetId] = vpc.subnets;
  const input = { name: 'door', vpcIdentifier: vpc.id, subnetIds: [subnetId] };
  const resourceGatewayIdentifier = scenario.run(createResourceGateway, input).id;
  assert.equal(scenario.refused(deleteResourceGateway, { resourceGatewayIdentifier }).kind, 'Conflict');
  obey(scenario);
  scenario.run(deleteResourceGateway, { resourceGatewayIdentifier });
  const { revision } = scenario.state;
  assert.equal(scenario.run(deleteResourceGateway, { resourceGatewayIdentifier }).status, 'DELETE_IN_PROGRESS');
  assert.equal(scenario.state.revision, revision);
  assert.match(scenario.refused(deleteSubnet, { subnetId }).message, /dependencies/);
  for (const id of vpc.subnets.slice(1)) scenario.run(deleteSubnet, { subnetId: id });
  obey(scenario);
  assert.equal(scenario.refused(deleteResourceGateway, { resourceGatewayIdentifier }).kind, 'ResourceNotFound');
  scenario.run(deleteSubnet, { subnetId });
  scenario.run(deleteVpc, { vpcId: vpc.id });
});

test('deleteVpc() is refused while a resource gateway is in it', () => {
  const scenario = createScenario();
  const { id, subnets } = makeVpc(scenario);
  scenario.run(createResourceGateway, { name: 'door', vpcIdentifier: id, subnetIds: [subnets[0]] });
  assert.match(scenario.refused(deleteVpc, { vpcId: id }).message, /dependencies/);
});
