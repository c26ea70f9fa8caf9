// Resource associations: what may join a service network, and how it comes and goes.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createSubnet, createVpc } from '../ec2/index.ts';
import { createServiceNetwork, deleteServiceNetwork } from '../network/index.ts';
import { paginate } from '../page.ts';
import {
  createResourceConfiguration,
  deleteResourceConfiguration,
  type CreateResourceConfigurationInput,
} from '../resource-configuration/index.ts';
import { createResourceGateway } from '../resource-gateway/index.ts';
import { createScenario, scenarioCaller } from '../scenario.ts';
import { advanceStatuses, failOverdue } from '../upkeep/index.ts';
import {
  createResourceAssociation,
  deleteResourceAssociation,
  getResourceAssociation,
  listResourceAssociations,
} from './index.ts';

function open() {
  const scenario = createScenario();
  const vpc = scenario.run(createVpc, { cidrBlock: '10.0.0.0/16', attachment: { kind: 'netns' } });
  const subnet = scenario.run(createSubnet, { vpcId: vpc.id, cidrBlock: '10.0.1.0/24' });
  const gateway = (name: string, resourceConfigDnsResolution: 'IN_VPC' | 'PUBLIC'): string =>
    scenario.run(createResourceGateway, {
      ...{ name, vpcIdentifier: vpc.id, subnetIds: [subnet.id], resourceConfigDnsResolution },
    }).id;
  const resourceGatewayIdentifier = gateway('outside', 'PUBLIC');
  const inside = gateway('inside', 'IN_VPC');
  let serial = 0;
  const configure = (input: Partial<CreateResourceConfigurationInput> = {}): string =>
    scenario.run(createResourceConfiguration, {
      ...{ name: `resource-${++serial}`, type: 'SINGLE', resourceGatewayIdentifier, portRanges: ['80'] },
      resourceConfigurationDefinition: { ipResource: { ipAddress: '10.0.1.9' } },
      ...input,
    }).id;
  const group = (): string =>
    scenario.run(createResourceConfiguration, { name: `group-${++serial}`, type: 'GROUP', resourceGatewayIdentifier })
      .id;
  const child = (of: string, more: Partial<CreateResourceConfigurationInput> = {}): string =>
    configure({ type: 'CHILD', resourceConfigurationGroupIdentifier: of, ...more });
  const network = (name: string): string => scenario.run(createServiceNetwork, { name }).id;
  const pair = (configuration: string, serviceNetworkIdentifier: string) => ({
    resourceConfigurationIdentifier: configuration,
    serviceNetworkIdentifier,
  });
  const associate = (configuration: string, to: string): string =>
    scenario.run(createResourceAssociation, pair(configuration, to)).id;
  const obey = (): number => scenario.run(advanceStatuses, { obeyedRevision: scenario.state.revision });
  const find = (id: string) => getResourceAssociation(scenario.state, scenarioCaller, id);
  return { scenario, inside, configure, group, child, network, pair, associate, obey, find };
}

test('createResourceAssociation() waits for the data plane, and two have one association', () => {
  const { scenario, configure, network, pair, associate, obey, find } = open();
  const [configuration, main] = [configure(), network('main')];
  obey();
  const id = associate(configuration, main);
  assert.equal(find(id).status, 'CREATE_IN_PROGRESS');
  assert.match(scenario.refused(createResourceAssociation, pair(configuration, main)).message, /CREATE_IN_PROGRESS/);
  scenario.now += 60_000;
  scenario.run(failOverdue, { timeout: 60_000, countedFrom: 0 });
  assert.equal(find(id).status, 'CREATE_FAILED');
  const again = associate(configuration, main);
  obey();
  assert.deepEqual([find(id).status, find(again).status], ['CREATE_FAILED', 'ACTIVE']);
  assert.equal(
    scenario.run(deleteResourceAssociation, { resourceAssociationIdentifier: id }).status,
    'DELETE_IN_PROGRESS',
  );
  assert.throws(() => find(id), /was not found/);
});

test('createResourceAssociation() takes no CHILD, no CIDR and nothing that is being deleted', () => {
  const { scenario, inside, configure, group, child, network, pair, obey } = open();
  const main = network('main');
  const range = configure({
    ...{ type: 'CIDR', resourceGatewayIdentifier: inside },
    resourceConfigurationDefinition: { cidrResource: { cidrRanges: ['10.0.0.0/8'] } },
  });
  for (const one of [child(group()), range])
    assert.match(scenario.refused(createResourceAssociation, pair(one, main)).message, /cannot be associated/);
  const going = configure();
  obey();
  scenario.run(deleteResourceConfiguration, { resourceConfigurationIdentifier: going });
  assert.match(scenario.refused(createResourceAssociation, pair(going, main)).message, /DELETE_IN_PROGRESS/);
});

test('deleteResourceAssociation() is done when obeyed; until then network and configuration stay', () => {
  const { scenario, configure, network, associate, obey } = open();
  const [resourceConfigurationIdentifier, serviceNetworkIdentifier] = [configure(), network('main')];
  const input = { resourceAssociationIdentifier: associate(resourceConfigurationIdentifier, serviceNetworkIdentifier) };
  assert.equal(scenario.refused(deleteResourceAssociation, input).kind, 'Conflict');
  obey();
  scenario.run(deleteResourceAssociation, input);
  const { revision } = scenario.state;
  assert.equal(scenario.run(deleteResourceAssociation, input).status, 'DELETE_IN_PROGRESS');
  assert.equal(scenario.state.revision, revision);
  assert.equal(scenario.refused(deleteServiceNetwork, { serviceNetworkIdentifier }).kind, 'Conflict');
  assert.match(
    scenario.refused(deleteResourceConfiguration, { resourceConfigurationIdentifier }).message,
    /is associated with the service network/,
  );
  obey();
  scenario.run(deleteServiceNetwork, { serviceNetworkIdentifier });
  scenario.run(deleteResourceConfiguration, { resourceConfigurationIdentifier });
});

test('two resources of a network never have the same custom domain, children included', () => {
  const { scenario, configure, group, child, network, pair, associate } = open();
  const customDomainName = 'db.example.com';
  const [main, other] = [network('main'), network('other')];
  const [first, second] = [configure({ customDomainName }), configure({ customDomainName: 'DB.example.com.' })];
  associate(first, main);
  assert.equal(scenario.refused(createResourceAssociation, pair(second, main)).kind, 'Conflict');
  associate(second, other);
  const parent = group();
  child(parent, { customDomainName });
  assert.equal(scenario.refused(createResourceAssociation, pair(parent, main)).kind, 'Conflict');
  assert.throws(() => child(parent, { customDomainName }), /already used/);
  const late = group();
  associate(late, main);
  assert.throws(() => child(late, { customDomainName }), /already used/);
  child(late, { customDomainName: 'other.example.com' });
});

test('a custom domain is free in a network where its association has failed', () => {
  const { scenario, configure, network, associate, obey } = open();
  const customDomainName = 'db.example.com';
  const [first, second, main] = [configure({ customDomainName }), configure({ customDomainName }), network('main')];
  obey();
  associate(first, main);
  scenario.now += 60_000;
  scenario.run(failOverdue, { timeout: 60_000, countedFrom: 0 });
  associate(second, main);
});

test('listResourceAssociations() filters by both sides, and shows children when asked, page by page', () => {
  const { scenario, configure, group, child, network, associate } = open();
  const [main, other, single, parent] = [network('main'), network('other'), configure(), group()];
  const children = [child(parent), child(parent), child(parent)].sort();
  const [one, two, three] = [associate(single, main), associate(parent, main), associate(parent, other)];
  const list = (filter: Parameters<typeof listResourceAssociations>[2]) =>
    listResourceAssociations(scenario.state, scenarioCaller, filter);
  const pages = (filter: Parameters<typeof listResourceAssociations>[2], maxResults: number): readonly string[] => {
    const found: string[] = [];
    let nextToken: string | undefined;
    do {
      const page = paginate(list(filter), { maxResults, ...(nextToken === undefined ? {} : { nextToken }) });
      found.push(...page.items.map((line) => `${line.association.id} ${line.configuration.id}`));
      ({ nextToken } = page);
    } while (nextToken !== undefined);
    return found;
  };
  const brought = (id: string): readonly string[] => [parent, ...children].map((of) => `${id} ${of}`);
  // All were made in one millisecond: the ids decide.
  const expected = [[`${one} ${single}`], brought(two), brought(three)].sort((a, b) =>
    (a[0] ?? '') < (b[0] ?? '') ? -1 : 1,
  );
  for (const size of [1, 2, 3, 100]) {
    assert.deepEqual(pages({ includeChildren: true }, size), expected.flat());
    assert.deepEqual(
      pages({}, size),
      expected.map(([own]) => own),
    );
  }
  assert.deepEqual(pages({ serviceNetworkIdentifier: other, includeChildren: true }, 2), brought(three));
  assert.deepEqual(pages({ resourceConfigurationIdentifier: single }, 2), [`${one} ${single}`]);
  assert.deepEqual(pages({ resourceConfigurationIdentifier: parent, serviceNetworkIdentifier: main }, 2), [
    `${two} ${parent}`,
  ]);
  const [eldest = ''] = children;
  assert.deepEqual(pages({ resourceConfigurationIdentifier: eldest }, 2), []);
  assert.deepEqual(
    pages({ resourceConfigurationIdentifier: eldest, serviceNetworkIdentifier: main, includeChildren: true }, 1),
    [`${two} ${eldest}`],
  );
  assert.deepEqual(pages({ resourceConfigurationIdentifier: 'rcfg-0123456789abcdef0' }, 2), []);
});
