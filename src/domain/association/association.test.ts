// Associations: what makes them, how they move on, and where their addresses come from.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createVpc } from '../ec2/index.ts';
import { applyConfiguredVpcs, configuredId, type ConfiguredVpc } from '../ec2/configuration.ts';
import { createServiceNetwork, deleteServiceNetwork } from '../network/index.ts';
import { keyOf } from '../records/base.ts';
import { createScenario, scenarioCaller, type Scenario } from '../scenario.ts';
import { createService, deleteService } from '../service/index.ts';
import { advanceStatuses, defaultSweep, failOverdue, sweep } from '../upkeep/index.ts';
import { ADDRESS_PLACES } from './address.ts';
import {
  createServiceAssociation,
  createVpcAssociation,
  deleteServiceAssociation,
  deleteVpcAssociation,
  getServiceAssociation,
  getVpcAssociation,
  listServiceAssociations,
  listVpcAssociations,
  updateVpcAssociation,
} from './index.ts';

function associate(scenario: Scenario, service = 'shop', network = 'main') {
  const serviceIdentifier = scenario.run(createService, { name: service }).id;
  const existing = [...scenario.state.tables.serviceNetwork.values()].find((one) => one.name === network);
  const serviceNetworkIdentifier = (existing ?? scenario.run(createServiceNetwork, { name: network })).id;
  const input = { serviceIdentifier, serviceNetworkIdentifier };
  return { ...input, input, id: scenario.run(createServiceAssociation, input).association.id };
}

const obey = (scenario: Scenario): number => scenario.run(advanceStatuses, { obeyedRevision: scenario.state.revision });

test('createServiceAssociation() waits for the revision that wrote it', () => {
  const scenario = createScenario();
  const { id } = associate(scenario);
  const status = (): string => getServiceAssociation(scenario.state, scenarioCaller, id).status;
  assert.equal(status(), 'CREATE_IN_PROGRESS');
  scenario.run(advanceStatuses, { obeyedRevision: scenario.state.revision - 1 });
  assert.equal(status(), 'CREATE_IN_PROGRESS');
  obey(scenario);
  assert.equal(status(), 'ACTIVE');
});

test('createServiceAssociation() refuses a second one with its status in the message', () => {
  const scenario = createScenario();
  const { input } = associate(scenario);
  const refusal = scenario.refused(createServiceAssociation, input);
  assert.equal(refusal.kind, 'Conflict');
  assert.match(refusal.message, /CREATE_IN_PROGRESS/);
});

test('createServiceAssociation() refuses a custom domain that another service of the network has', () => {
  const scenario = createScenario();
  const { serviceNetworkIdentifier } = associate(scenario);
  const make = (name: string, customDomainName: string): string =>
    scenario.run(createService, { name, customDomainName }).id;
  scenario.run(createServiceAssociation, {
    serviceIdentifier: make('one', 'Shop.example'),
    serviceNetworkIdentifier,
  });
  const second = { serviceIdentifier: make('two', 'shop.Example.'), serviceNetworkIdentifier };
  assert.equal(scenario.refused(createServiceAssociation, second).kind, 'Conflict');
  const elsewhere = scenario.run(createServiceNetwork, { name: 'elsewhere' }).id;
  scenario.run(createServiceAssociation, { ...second, serviceNetworkIdentifier: elsewhere });
});

test('failOverdue() fails what waits too long, and a late acknowledgement changes nothing', () => {
  const scenario = createScenario();
  const { id, input } = associate(scenario);
  const begun = scenario.now;
  scenario.now += 59_999;
  assert.equal(scenario.run(failOverdue, { timeout: 60_000, countedFrom: 0 }), 0);
  scenario.now += 1;
  assert.equal(scenario.run(failOverdue, { timeout: 60_000, countedFrom: begun + 1 }), 0);
  assert.equal(scenario.run(failOverdue, { timeout: 60_000, countedFrom: 0 }), 1);
  obey(scenario);
  const failed = getServiceAssociation(scenario.state, scenarioCaller, id);
  assert.equal(failed.status, 'CREATE_FAILED');
  assert.equal(failed.failureCode, 'DataPlaneTimeout');
  const again = scenario.run(createServiceAssociation, input).association;
  scenario.run(deleteServiceAssociation, { serviceAssociationIdentifier: id });
  obey(scenario);
  assert.deepEqual(
    [
      ...listServiceAssociations(scenario.state, scenarioCaller, { serviceIdentifier: input.serviceIdentifier }).read(),
    ].map((one) => [one.id, one.status]),
    [[again.id, 'ACTIVE']],
  );
});

test('failOverdue() never takes ACTIVE back', () => {
  const scenario = createScenario();
  associate(scenario);
  obey(scenario);
  scenario.now += 600_000;
  assert.equal(scenario.run(failOverdue, { timeout: 60_000, countedFrom: 0 }), 0);
});

test('failOverdue() fails a deletion that waits too long: it stands as before until it is deleted again, whoever acknowledges late', () => {
  const scenario = createScenario();
  const { id, input } = associate(scenario);
  obey(scenario);
  const call = { serviceAssociationIdentifier: id };
  const find = () => getServiceAssociation(scenario.state, scenarioCaller, id);
  scenario.run(deleteServiceAssociation, call);
  scenario.now += 59_999;
  assert.equal(scenario.run(failOverdue, { timeout: 60_000, countedFrom: 0 }), 0);
  scenario.now += 1;
  assert.equal(scenario.run(failOverdue, { timeout: 60_000, countedFrom: 0 }), 1);
  obey(scenario);
  assert.deepEqual([find().status, find().failureCode], ['DELETE_FAILED', 'DataPlaneTimeout']);
  assert.equal(scenario.refused(createServiceAssociation, input).kind, 'Conflict', 'it is there');
  assert.equal(scenario.run(deleteServiceAssociation, call).status, 'DELETE_IN_PROGRESS');
  assert.deepEqual(
    [find().status, find().failureCode, find().failureMessage],
    ['DELETE_IN_PROGRESS', undefined, undefined],
  );
  assert.equal(scenario.run(failOverdue, { timeout: 60_000, countedFrom: 0 }), 0, 'with a time of its own');
  obey(scenario);
  assert.equal(scenario.refused(deleteServiceAssociation, call).kind, 'ResourceNotFound');
});

test('deleteServiceAssociation() is refused while creating, idempotent while deleting, done when obeyed', () => {
  const scenario = createScenario();
  const { id, serviceIdentifier, serviceNetworkIdentifier } = associate(scenario);
  const input = { serviceAssociationIdentifier: id };
  assert.match(scenario.refused(deleteServiceAssociation, input).message, /CREATE_IN_PROGRESS/);
  obey(scenario);
  assert.equal(scenario.run(deleteServiceAssociation, input).status, 'DELETE_IN_PROGRESS');
  const { revision } = scenario.state;
  assert.equal(scenario.run(deleteServiceAssociation, input).status, 'DELETE_IN_PROGRESS');
  assert.equal(scenario.state.revision, revision);
  assert.equal(scenario.refused(deleteService, { serviceIdentifier }).kind, 'Conflict');
  assert.equal(scenario.refused(deleteServiceNetwork, { serviceNetworkIdentifier }).kind, 'Conflict');
  obey(scenario);
  assert.equal(scenario.refused(deleteServiceAssociation, input).kind, 'ResourceNotFound');
  scenario.run(deleteService, { serviceIdentifier });
  scenario.run(deleteServiceNetwork, { serviceNetworkIdentifier });
  assert.equal(scenario.state.tables.componentAddress.size, 0);
});

function placeOf(scenario: Scenario, network: string, service: string) {
  const { account, region } = scenarioCaller;
  return scenario.state.tables.componentAddress.get(keyOf(account, region, `${network}/${service}`));
}

test('An address rests after its last use, and is the same when the component comes back in time', () => {
  const scenario = createScenario();
  const { id, input, serviceIdentifier: service, serviceNetworkIdentifier: network } = associate(scenario);
  obey(scenario);
  scenario.run(deleteServiceAssociation, { serviceAssociationIdentifier: id });
  obey(scenario);
  const other = associate(scenario, 'other');
  assert.equal(placeOf(scenario, network, other.serviceIdentifier)?.index, 2);
  scenario.now += 119_999;
  scenario.run(sweep, defaultSweep);
  scenario.run(createServiceAssociation, input);
  assert.equal(placeOf(scenario, network, service)?.index, 1);
  assert.equal(placeOf(scenario, network, service)?.freedAt, undefined);
});

test('A rested address is given to somebody else', () => {
  const scenario = createScenario();
  const { id } = associate(scenario);
  obey(scenario);
  scenario.run(deleteServiceAssociation, { serviceAssociationIdentifier: id });
  obey(scenario);
  scenario.now += 120_000;
  scenario.run(sweep, defaultSweep);
  const other = associate(scenario, 'other');
  assert.equal(placeOf(scenario, other.serviceNetworkIdentifier, other.serviceIdentifier)?.index, 1);
});

test('Addresses are used nowhere else, then free in the network, then shared', () => {
  const scenario = createScenario();
  const networks = ['one', 'two'].map((name) => scenario.run(createServiceNetwork, { name }).id);
  const [first = '', second = ''] = networks;
  const add = (name: string, serviceNetworkIdentifier: string): number | undefined => {
    const serviceIdentifier = scenario.run(createService, { name }).id;
    scenario.run(createServiceAssociation, { serviceIdentifier, serviceNetworkIdentifier });
    return placeOf(scenario, serviceNetworkIdentifier, serviceIdentifier)?.index;
  };
  assert.equal(add('a', first), 1);
  assert.equal(add('b', second), 2);
  const before = scenario.state;
  const template = [...before.tables.componentAddress.values()][0];
  assert.ok(template !== undefined);
  scenario.run(
    () => ({
      changes: Array.from({ length: ADDRESS_PLACES - 2 }, (_, i) => {
        const record = { ...template, id: `${first}/filler-${i}`, componentId: `filler-${i}`, index: i + 3 };
        return { kind: 'componentAddress', key: keyOf(record.account, record.region, record.id), record };
      }),
      result: null,
    }),
    null,
  );
  assert.equal(add('c', second), 1);
  assert.equal(add('d', first), 2);
  assert.equal(add('e', first), 1);
});

const vpcWithGroups: ConfiguredVpc = {
  ...scenarioCaller,
  name: 'shop',
  cidrs: ['10.0.0.0/16'],
  attachment: { kind: 'netns' },
  subnets: [],
  securityGroups: ['a', 'b'].map((name) => ({ name, ingress: [], egress: [] })),
  instances: [],
};

function associateVpc(scenario: Scenario) {
  scenario.run(applyConfiguredVpcs, { vpcs: [vpcWithGroups] });
  const network = scenario.run(createServiceNetwork, { name: 'main' });
  const groups = ['a', 'b'].map((name) => configuredId('sg', scenarioCaller, 'shop', name));
  const vpcIdentifier = configuredId('vpc', scenarioCaller, 'shop');
  const input = { serviceNetworkIdentifier: network.arn, vpcIdentifier, securityGroupIds: groups.slice(0, 1) };
  return { groups, input, ...scenario.run(createVpcAssociation, input) };
}

test('createVpcAssociation() answers a second one with the words that clients look for', () => {
  const scenario = createScenario();
  const { input } = associateVpc(scenario);
  assert.match(
    scenario.refused(createVpcAssociation, input).message,
    /^VPC has already been associated to a service network\..*CREATE_IN_PROGRESS/,
  );
  obey(scenario);
  const { message } = scenario.refused(createVpcAssociation, input);
  assert.equal(message, 'VPC has already been associated to a service network.');
});

test('createVpcAssociation() refuses unknown VPCs and security groups', () => {
  const scenario = createScenario();
  const { input } = associateVpc(scenario);
  const unknown = { ...input, vpcIdentifier: 'vpc-00000000000000000' };
  assert.equal(scenario.refused(createVpcAssociation, unknown).kind, 'Validation');
  const other = scenario.run(createVpc, { cidrBlock: '10.0.0.0/16', attachment: { kind: 'netns' } }).id;
  assert.equal(scenario.refused(createVpcAssociation, { ...input, vpcIdentifier: other }).kind, 'Validation');
});

test('updateVpcAssociation() goes through UPDATE_IN_PROGRESS and keeps at least one security group', () => {
  const scenario = createScenario();
  const { association, groups } = associateVpc(scenario);
  const input = { vpcAssociationIdentifier: association.arn, securityGroupIds: groups };
  assert.equal(scenario.refused(updateVpcAssociation, input).kind, 'Conflict');
  obey(scenario);
  assert.equal(scenario.refused(updateVpcAssociation, { ...input, securityGroupIds: [] }).kind, 'Validation');
  assert.equal(scenario.run(updateVpcAssociation, input).status, 'UPDATE_IN_PROGRESS');
  const remove = { vpcAssociationIdentifier: association.id };
  assert.equal(scenario.refused(deleteVpcAssociation, remove).kind, 'Conflict');
  scenario.now += 60_000;
  scenario.run(failOverdue, { timeout: 60_000, countedFrom: 0 });
  assert.equal(getVpcAssociation(scenario.state, scenarioCaller, association.id).status, 'UPDATE_FAILED');
  assert.equal(scenario.run(updateVpcAssociation, input).failureCode, undefined);
  obey(scenario);
  assert.deepEqual(getVpcAssociation(scenario.state, scenarioCaller, association.id).securityGroupIds, groups);
  scenario.run(deleteVpcAssociation, remove);
  obey(scenario);
  assert.equal(scenario.state.tables.vpcAssociation.size, 0);
});

test('listVpcAssociations() needs a filter and knows both', () => {
  const scenario = createScenario();
  const { association, network } = associateVpc(scenario);
  const list = (filter: Parameters<typeof listVpcAssociations>[2]): string[] =>
    [...listVpcAssociations(scenario.state, scenarioCaller, filter).read()].map((one) => one.id);
  assert.throws(() => list({}), /service network/);
  assert.deepEqual(list({ vpcIdentifier: association.vpcId }), [association.id]);
  assert.deepEqual(list({ serviceNetworkIdentifier: network.id }), [association.id]);
  assert.deepEqual(list({ serviceNetworkIdentifier: network.id, vpcIdentifier: 'vpc-00000000' }), []);
});
