// Resource configurations: what each type demands, and how they come and go.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deleteDomainVerification, startDomainVerification } from '../domain-verification/index.ts';
import { createSubnet, createVpc } from '../ec2/index.ts';
import type { ResourceConfiguration, ResourceConfigurationType } from '../records/resource.ts';
import {
  createResourceGateway,
  deleteResourceGateway,
  type CreateResourceGatewayInput,
} from '../resource-gateway/index.ts';
import { createScenario, scenarioCaller, type Scenario } from '../scenario.ts';
import { advanceStatuses } from '../upkeep/index.ts';
import {
  createResourceConfiguration,
  deleteResourceConfiguration,
  getResourceConfiguration,
  listResourceConfigurations,
  updateResourceConfiguration,
  verificationOf,
  type CreateResourceConfigurationInput,
} from './index.ts';

type Input = CreateResourceConfigurationInput;

function makeGateway(scenario: Scenario, name: string, changes: Partial<CreateResourceGatewayInput> = {}): string {
  const vpc = scenario.run(createVpc, { cidrBlock: '192.0.0.0/16', attachment: { kind: 'netns' } });
  const subnet = scenario.run(createSubnet, { vpcId: vpc.id, cidrBlock: '192.0.2.0/24' });
  return scenario.run(createResourceGateway, { name, vpcIdentifier: vpc.id, subnetIds: [subnet.id], ...changes }).id;
}

const obey = (scenario: Scenario): number => scenario.run(advanceStatuses, { obeyedRevision: scenario.state.revision });

/** Gateways of both kinds, a group, and inputs of every type that are right. */
function open() {
  const scenario = createScenario();
  const outside = makeGateway(scenario, 'outside');
  const inside = makeGateway(scenario, 'inside', { resourceConfigDnsResolution: 'IN_VPC' });
  const group = scenario.run(createResourceConfiguration, {
    name: 'databases',
    type: 'GROUP',
    resourceGatewayIdentifier: outside,
  });
  const name = 'one';
  const right: Readonly<Record<ResourceConfigurationType, Input>> = {
    SINGLE: {
      ...{ name, type: 'SINGLE', resourceGatewayIdentifier: outside, portRanges: ['5432'] },
      resourceConfigurationDefinition: { dnsResource: { domainName: 'db.example.com' } },
    },
    GROUP: { name, type: 'GROUP', resourceGatewayIdentifier: outside },
    CHILD: {
      ...{ name, type: 'CHILD', resourceConfigurationGroupIdentifier: group.arn, portRanges: ['443', '8000-8010'] },
      resourceConfigurationDefinition: { ipResource: { ipAddress: '10.0.0.5' } },
    },
    ARN: {
      ...{ name, type: 'ARN', resourceGatewayIdentifier: outside },
      resourceConfigurationDefinition: { arnResource: { arn: 'arn:aws:rds:us-east-1:123456789012:cluster:orders' } },
    },
    CIDR: {
      ...{ name, type: 'CIDR', resourceGatewayIdentifier: inside, portRanges: ['1-65535'] },
      resourceConfigurationDefinition: { cidrResource: { cidrRanges: ['10.0.0.0/8', 'fd00::/16'] } },
    },
  };
  const wrong = (input: Input): readonly string[] => {
    const refusal = scenario.refused(createResourceConfiguration, input);
    return refusal.kind === 'Validation' ? (refusal.fieldList ?? []).map((field) => field.name) : [refusal.kind];
  };
  return { scenario, outside, inside, group, right, wrong };
}

const types = ['SINGLE', 'GROUP', 'CHILD', 'ARN', 'CIDR'] as const;

test('createResourceConfiguration() takes every type with what it needs, and fills in the rest', () => {
  const { scenario, outside, inside, group, right } = open();
  for (const type of types) {
    const made = scenario.run(createResourceConfiguration, { ...right[type], name: `a-${type.toLowerCase()}` });
    assert.deepEqual(
      [
        made.status,
        made.protocol,
        made.resourceGatewayId,
        made.groupId,
        made.allowAssociationToShareableServiceNetwork,
      ],
      ['CREATE_IN_PROGRESS', 'TCP', type === 'CIDR' ? inside : outside, type === 'CHILD' ? group.id : undefined, false],
    );
    obey(scenario);
    assert.equal(getResourceConfiguration(scenario.state, scenarioCaller, made.arn).status, 'ACTIVE');
  }
});

test('createResourceConfiguration() demands and forbids members by type', () => {
  const { right, wrong, inside } = open();
  const domain = 'domainVerificationIdentifier';
  // What a type needs is taken away; what it must not have is given. The members are those of the API Reference.
  const needed: Readonly<Record<ResourceConfigurationType, readonly (keyof Input)[]>> = {
    SINGLE: ['resourceGatewayIdentifier', 'resourceConfigurationDefinition', 'portRanges'],
    GROUP: ['resourceGatewayIdentifier'],
    CHILD: ['resourceConfigurationGroupIdentifier', 'resourceConfigurationDefinition', 'portRanges'],
    ARN: ['resourceGatewayIdentifier', 'resourceConfigurationDefinition'],
    CIDR: ['resourceGatewayIdentifier', 'resourceConfigurationDefinition', 'portRanges'],
  };
  const any: Partial<Input> = {
    resourceConfigurationGroupIdentifier: 'rcfg-0123456789abcdef0',
    resourceConfigurationDefinition: { ipResource: { ipAddress: '10.0.0.1' } },
    portRanges: ['80'],
    customDomainName: 'a.example.com',
    groupDomain: 'example.com',
    allowAssociationToShareableServiceNetwork: true,
  };
  const forbidden: Readonly<Record<ResourceConfigurationType, readonly (keyof Input)[]>> = {
    SINGLE: ['resourceConfigurationGroupIdentifier', 'groupDomain'],
    GROUP: ['resourceConfigurationGroupIdentifier', 'resourceConfigurationDefinition', 'customDomainName'],
    CHILD: ['groupDomain', 'allowAssociationToShareableServiceNetwork'],
    ARN: ['resourceConfigurationGroupIdentifier', 'groupDomain', 'portRanges'],
    CIDR: [
      'resourceConfigurationGroupIdentifier',
      'customDomainName',
      'groupDomain',
      'allowAssociationToShareableServiceNetwork',
    ],
  };
  for (const type of types) {
    for (const member of needed[type])
      assert.deepEqual(
        wrong(Object.fromEntries(Object.entries(right[type]).filter(([name]) => name !== member)) as unknown as Input),
        [member],
        type,
      );
    for (const member of forbidden[type])
      assert.deepEqual(wrong({ ...right[type], [member]: any[member] }), [member], type);
    assert.ok(wrong({ ...right[type], [domain]: 'dv-0123456789abcdef0' }).includes(domain), type);
    const udp = wrong.bind(undefined, { ...right[type], protocol: 'TCP_UDP' });
    if (type !== 'CIDR') assert.deepEqual(udp(), ['protocol'], type);
  }
  assert.deepEqual(wrong({ ...right.CHILD, resourceGatewayIdentifier: inside }), ['resourceGatewayIdentifier']);
});

test('createResourceConfiguration() names everything that is wrong at once', () => {
  const { wrong, outside } = open();
  assert.deepEqual(
    wrong({
      name: 'one',
      type: 'CIDR',
      resourceGatewayIdentifier: outside,
      portRanges: ['0', '70000', '90-80', '80-90', '85'],
      resourceConfigurationDefinition: { cidrResource: { cidrRanges: ['10.0.0.0', '0.0.0.0/0', '169.254.1.0/24'] } },
      customDomainName: 'nodots',
    }),
    [
      'customDomainName',
      ...['portRanges', 'portRanges', 'portRanges', 'portRanges'],
      ...Array.from({ length: 3 }, () => 'resourceConfigurationDefinition.cidrResource.cidrRanges'),
      'resourceGatewayIdentifier',
      'customDomainName',
    ],
  );
});

test('createResourceConfiguration() takes 1,000 port ranges at most, and finds overlaps in any order', () => {
  const { scenario, right, wrong } = open();
  const ports = (count: number): readonly string[] => Array.from({ length: count }, (_, i) => String(65_535 - i));
  assert.deepEqual(wrong({ ...right.SINGLE, portRanges: ports(1001) }), ['portRanges']);
  assert.deepEqual(wrong({ ...right.SINGLE, portRanges: ['90', '1-100', '50-60', '200', '101'] }), [
    ...['portRanges', 'portRanges'],
  ]);
  scenario.run(createResourceConfiguration, { ...right.SINGLE, portRanges: ports(1000) });
});

test('createResourceConfiguration() judges what a definition says beside type and gateway', () => {
  const { scenario, right, wrong, inside } = open();
  const name = 'resourceConfigurationDefinition';
  const define = (
    type: ResourceConfigurationType,
    definition: Input[typeof name],
    more: Partial<Input> = {},
  ): Input => ({
    ...right[type],
    ...(definition === undefined ? {} : { resourceConfigurationDefinition: definition }),
    ...more,
  });
  const ip = (ipAddress: string): Input => define('SINGLE', { ipResource: { ipAddress } });
  for (const [input, expected] of [
    [define('SINGLE', { arnResource: { arn: 'arn:aws:rds:us-east-1:123456789012:db:one' } }), [name]],
    [define('ARN', { ipResource: { ipAddress: '10.0.0.1' } }), [name]],
    [define('SINGLE', { dnsResource: {} }), [`${name}.dnsResource.domainName`]],
    [define('SINGLE', { dnsResource: { domainName: '10.0.0.1' } }), [`${name}.dnsResource.domainName`]],
    [
      define('SINGLE', { dnsResource: { domainName: 'a.example.com', ipAddressType: 'DUALSTACK' } }),
      [`${name}.dnsResource.ipAddressType`],
    ],
    [
      define('SINGLE', { dnsResource: { domainName: 'a.example.com', ipAddressType: 'IPV6' } }),
      [`${name}.dnsResource.ipAddressType`],
    ],
    [define('SINGLE', { ipResource: {} }), [`${name}.ipResource.ipAddress`]],
    [ip('8.8.8.8'), [`${name}.ipResource.ipAddress`]],
    [ip('127.0.0.1'), [`${name}.ipResource.ipAddress`]],
    [ip('fd00::1'), [`${name}.ipResource.ipAddress`, `${name}.ipResource.ipAddress`]],
    [define('ARN', { arnResource: { arn: 'arn:aws:s3:::bucket-with-a-name' } }), [`${name}.arnResource.arn`]],
    [define('ARN', undefined, { resourceGatewayIdentifier: inside }), ['resourceGatewayIdentifier']],
    [define('CIDR', { cidrResource: { cidrRanges: [] } }), [`${name}.cidrResource.cidrRanges`]],
    [define('CIDR', { cidrResource: { cidrRanges: ['96.0.0.0/3'] } }), [`${name}.cidrResource.cidrRanges`]],
    [define('CIDR', { cidrResource: { cidrRanges: ['ff02::/16'] } }), [`${name}.cidrResource.cidrRanges`]],
  ] as const)
    assert.deepEqual(wrong(input), expected, JSON.stringify(input.resourceConfigurationDefinition));
  for (const [i, input] of [
    ip('192.0.7.7'),
    ip('100.64.0.1'),
    define('CIDR', { cidrResource: { cidrRanges: ['0.0.0.0/0'] } }, { protocol: 'TCP_UDP' }),
    define('CIDR', { cidrResource: { cidrRanges: ['::/0'] } }),
  ].entries())
    scenario.run(createResourceConfiguration, { ...input, name: `number-${i}` });
});

test('createResourceConfiguration() takes loopback addresses where the VPC is attached so', () => {
  const { scenario, right } = open();
  const vpc = scenario.run(createVpc, { cidrBlock: '10.0.0.0/16', attachment: { kind: 'loopback' } });
  const subnet = scenario.run(createSubnet, { vpcId: vpc.id, cidrBlock: '10.0.1.0/24' });
  const { id } = scenario.run(createResourceGateway, {
    name: 'loopback',
    vpcIdentifier: vpc.id,
    subnetIds: [subnet.id],
  });
  const resourceConfigurationDefinition = { ipResource: { ipAddress: '127.0.0.1' } };
  const input = { ...right.SINGLE, resourceGatewayIdentifier: id, resourceConfigurationDefinition };
  assert.deepEqual(scenario.run(createResourceConfiguration, input).definition, {
    kind: 'ip',
    ipAddress: '127.0.0.1',
  });
});

test('createResourceConfiguration() minds names, what it names, and what is being deleted', () => {
  const { scenario, right, wrong, outside, group } = open();
  const absent = { resourceGatewayIdentifier: 'rgw-0123456789abcdef0' };
  assert.deepEqual(wrong({ ...right.SINGLE, ...absent }), ['ResourceNotFound']);
  const orphan = { resourceConfigurationGroupIdentifier: 'rcfg-0123456789abcdef0' };
  assert.deepEqual(wrong({ ...right.CHILD, ...orphan }), ['ResourceNotFound']);
  const single = scenario.run(createResourceConfiguration, right.SINGLE);
  assert.deepEqual(wrong(right.SINGLE), ['Conflict']);
  assert.deepEqual(wrong({ ...right.CHILD, name: 'two', resourceConfigurationGroupIdentifier: single.id }), [
    'resourceConfigurationGroupIdentifier',
  ]);
  obey(scenario);
  assert.equal(scenario.refused(deleteResourceGateway, { resourceGatewayIdentifier: outside }).kind, 'Conflict');
  for (const { id } of [single, group])
    scenario.run(deleteResourceConfiguration, { resourceConfigurationIdentifier: id });
  assert.match(
    scenario.refused(createResourceConfiguration, { ...right.CHILD, name: 'three' }).message,
    /DELETE_IN_PROGRESS/,
  );
  obey(scenario);
  scenario.run(deleteResourceGateway, { resourceGatewayIdentifier: outside });
  assert.deepEqual(wrong(right.SINGLE), ['Conflict']);
  obey(scenario);
  assert.deepEqual(wrong(right.SINGLE), ['ResourceNotFound']);
});

test('domains of a configuration lie below those of its verification and its group', () => {
  const { scenario, right, wrong, outside } = open();
  const { id: domainVerificationIdentifier, arn } = scenario.run(startDomainVerification, {
    domainName: 'example.com',
  });
  const verified = (input: Input, more: Partial<Input>): Input => ({ ...input, domainVerificationIdentifier, ...more });
  assert.deepEqual(wrong(verified(right.SINGLE, { customDomainName: 'db.example.org' })), [
    'domainVerificationIdentifier',
  ]);
  assert.deepEqual(wrong(verified(right.SINGLE, {})), ['domainVerificationIdentifier']);
  const gone = { domainVerificationIdentifier: 'dv-0123456789abcdef0', customDomainName: 'db.example.com' };
  assert.deepEqual(wrong({ ...right.SINGLE, ...gone }), ['ResourceNotFound']);
  const group = scenario.run(
    createResourceConfiguration,
    verified({ name: 'named', type: 'GROUP', resourceGatewayIdentifier: outside }, { groupDomain: 'db.example.com' }),
  );
  assert.equal(group.domainVerificationArn, arn);
  const child = { ...right.CHILD, resourceConfigurationGroupIdentifier: group.id };
  assert.deepEqual(wrong({ ...child, customDomainName: 'orders.example.com' }), ['customDomainName']);
  assert.deepEqual(wrong(verified(child, { customDomainName: 'orders.db.example.com' })), [
    'domainVerificationIdentifier',
  ]);
  const made = scenario.run(createResourceConfiguration, { ...child, customDomainName: 'orders.db.example.com' });
  assert.equal(verificationOf(scenario.state, made), 'PENDING');
  scenario.run(deleteDomainVerification, { domainVerificationIdentifier });
  assert.equal(verificationOf(scenario.state, made), undefined);
});

test('updateResourceConfiguration() changes definition, ports and sharing, as the type allows', () => {
  const { scenario, right } = open();
  const { id } = scenario.run(createResourceConfiguration, right.SINGLE);
  const update = (more: object) => ({ resourceConfigurationIdentifier: id, ...more });
  assert.equal(scenario.refused(updateResourceConfiguration, update({ portRanges: ['80'] })).kind, 'Conflict');
  obey(scenario);
  assert.equal(scenario.run(updateResourceConfiguration, update({})).status, 'ACTIVE');
  const refusal = scenario.refused(
    updateResourceConfiguration,
    update({ portRanges: [], resourceConfigurationDefinition: { cidrResource: { cidrRanges: ['10.0.0.0/8'] } } }),
  );
  assert.deepEqual(refusal.kind === 'Validation' && refusal.fieldList?.map(({ name }) => name), [
    'portRanges',
    'resourceConfigurationDefinition',
    'resourceGatewayIdentifier',
  ]);
  const definition = { ipResource: { ipAddress: '10.1.2.3' } };
  const changed = scenario.run(
    updateResourceConfiguration,
    update({
      ...{ portRanges: ['80'], resourceConfigurationDefinition: definition },
      allowAssociationToShareableServiceNetwork: true,
    }),
  );
  assert.deepEqual(
    [changed.status, changed.portRanges, changed.definition, changed.allowAssociationToShareableServiceNetwork],
    ['UPDATE_IN_PROGRESS', ['80'], { kind: 'ip', ipAddress: '10.1.2.3' }, true],
  );
  obey(scenario);
  assert.equal(getResourceConfiguration(scenario.state, scenarioCaller, id).status, 'ACTIVE');
});

test('deleteResourceConfiguration() is refused for a group with children, and done when obeyed', () => {
  const { scenario, right, group } = open();
  const child = scenario.run(createResourceConfiguration, right.CHILD);
  obey(scenario);
  const remove = (id: string) => ({ resourceConfigurationIdentifier: id });
  assert.match(scenario.refused(deleteResourceConfiguration, remove(group.id)).message, /children/);
  scenario.run(deleteResourceConfiguration, remove(child.id));
  const { revision } = scenario.state;
  scenario.run(deleteResourceConfiguration, remove(child.id));
  assert.equal(scenario.state.revision, revision);
  obey(scenario);
  scenario.run(deleteResourceConfiguration, remove(group.id));
  obey(scenario);
  assert.equal(scenario.state.tables.resourceConfiguration.size, 0);
});

test('listResourceConfigurations() filters by gateway, group and verification, alone and together', () => {
  const { scenario, right, outside, inside, group } = open();
  const { id: domainVerificationIdentifier } = scenario.run(startDomainVerification, { domainName: 'example.com' });
  const child = scenario.run(createResourceConfiguration, right.CHILD);
  const single = scenario.run(createResourceConfiguration, {
    ...{ ...right.SINGLE, name: 'two', customDomainName: 'a.example.com', domainVerificationIdentifier },
  });
  const ids = (filter: Parameters<typeof listResourceConfigurations>[2]): readonly string[] =>
    [...listResourceConfigurations(scenario.state, scenarioCaller, filter).read()]
      .map((one: ResourceConfiguration) => one.id)
      .sort();
  assert.deepEqual(ids({}), [group.id, child.id, single.id].sort());
  assert.deepEqual(ids({ resourceGatewayIdentifier: outside }), [group.id, child.id, single.id].sort());
  assert.deepEqual(ids({ resourceGatewayIdentifier: inside }), []);
  assert.deepEqual(ids({ resourceConfigurationGroupIdentifier: group.arn }), [child.id]);
  assert.deepEqual(ids({ domainVerificationIdentifier }), [single.id]);
  assert.deepEqual(ids({ resourceGatewayIdentifier: outside, domainVerificationIdentifier }), [single.id]);
  assert.deepEqual(ids({ resourceConfigurationGroupIdentifier: group.id, domainVerificationIdentifier }), []);
  assert.deepEqual(ids({ resourceGatewayIdentifier: 'rgw-0123456789abcdef0' }), []);
});
