// What does not go together in an input is told at once, and every name in `fieldList` is a member that the operation has.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { membersOf, type Schema } from '../../../src/aws/index.ts';
import { startApi } from '../running-api.ts';
import { assertError, callByName } from './errors.ts';
import { caller } from './ground.ts';
import { createRawClient } from './raw-client.ts';
import { latticeSchema } from './recorder.ts';
import { makeWorld, standStill } from './world.ts';

const opened = new AsyncDisposableStack();
after(() => opened.disposeAsync());
const made = opened.use(await startApi());
const world = await makeWorld(made);
const api = opened.use(await startApi({ store: standStill(made.store) }));
const client = opened.use(createRawClient(api.origin, caller.account));

const listener = { serviceIdentifier: world.service.id, listenerIdentifier: world.listener.id };
const rule = { ...listener, ruleIdentifier: world.rule.id };
const accepted = { fixedResponse: { statusCode: 204 } };
const unweighted = { forward: { targetGroups: [world.group.id, world.otherGroup.id].map(named) } };
const match = {
  httpMatch: {
    method: 'a b',
    headerMatches: [
      { name: 'a', match: { exact: 'b' } },
      { name: 'a:', match: { exact: '\n' } },
    ],
  },
};
const matched = ['method', 'headerMatches[1].name', 'headerMatches[1].match'].map((name) => `match.httpMatch.${name}`);
const healthCheck = {
  ...{ healthCheckIntervalSeconds: 4, healthyThresholdCount: 1, unhealthyThresholdCount: 1, protocol: 'TCP' },
  matcher: { httpCode: '999' },
} as const;
const checked = [
  ...['healthCheckIntervalSeconds', 'healthyThresholdCount', 'unhealthyThresholdCount', 'matcher.httpCode', 'protocol'],
].map((name) => `healthCheck.${name}`);
const tags = { 'aws:team': 'shop' };

const inNetwork = { vpcIdentifier: world.otherVpc.id, serviceNetworkIdentifier: world.otherNetwork.id };
const foreignCertificate = 'arn:aws:acm:eu-west-1:111122223333:certificate/one';
const domains = 'dnsOptions.privateDnsSpecifiedDomains';

function named(targetGroupIdentifier: string) {
  return { targetGroupIdentifier };
}

/** Calls, and the members that each of them is refused for. */
const rows: readonly (readonly [operation: string, input: object, ...names: string[]])[] = [
  [
    'CreateRule',
    { ...listener, name: 'rule', priority: 1, match, action: accepted, tags },
    ...matched,
    'action.fixedResponse.statusCode',
    'tags',
  ],
  [
    'CreateRule',
    { ...listener, name: 'rule', priority: 1, match: { httpMatch: {} }, action: unweighted },
    'action.forward.targetGroups',
  ],
  ['UpdateRule', { ...rule, match, action: accepted }, ...matched, 'action.fixedResponse.statusCode'],
  [
    'BatchUpdateRule',
    { ...listener, rules: [world.otherRule, world.rule, world.rule].map(({ id }) => ({ ruleIdentifier: id })) },
    'rules[2].ruleIdentifier',
  ],
  [
    'CreateListener',
    { serviceIdentifier: world.service.id, name: 'tls', protocol: 'TLS_PASSTHROUGH', defaultAction: accepted },
    'protocol',
    'defaultAction',
    'defaultAction.fixedResponse.statusCode',
  ],
  ['UpdateListener', { ...listener, defaultAction: unweighted }, 'defaultAction.forward.targetGroups'],
  [
    'CreateTargetGroup',
    { name: 'checked', type: 'IP', config: { protocol: 'HTTP', vpcIdentifier: world.vpc.id, healthCheck } },
    ...checked.map((name) => `config.${name}`),
  ],
  [
    'CreateTargetGroup',
    { name: 'event', type: 'LAMBDA', config: { port: 80, healthCheck } },
    'config.port',
    'config.healthCheck',
  ],
  ['UpdateTargetGroup', { targetGroupIdentifier: world.group.id, healthCheck }, ...checked],
  [
    'RegisterTargets',
    { targetGroupIdentifier: world.group.id, targets: [{ id: '10.0.1.9' }, { id: 'x' }] },
    'targets[1].id',
  ],
  [
    'CreateAccessLogSubscription',
    {
      resourceIdentifier: world.service.id,
      destinationArn: 'arn:aws:sqs:us-east-1:111122223333:queue',
      serviceNetworkLogType: 'SERVICE',
    },
    'serviceNetworkLogType',
    'destinationArn',
  ],
  [
    'CreateResourceGateway',
    {
      name: 'other',
      vpcIdentifier: world.vpc.id,
      ipAddressType: 'IPV6',
      ipv4AddressesPerEni: 2,
      resourceConfigDnsResolution: 'IN_VPC',
    },
    'subnetIds',
    'ipv4AddressesPerEni',
    'resourceConfigDnsResolution',
  ],
  [
    'CreateResourceConfiguration',
    { name: 'other', type: 'SINGLE', resourceConfigurationDefinition: { ipResource: { ipAddress: 'x.y.z' } } },
    'resourceGatewayIdentifier',
    'portRanges',
    'resourceConfigurationDefinition.ipResource.ipAddress',
  ],
  ['CreateService', { name: 'other', customDomainName: 'a b/c', tags }, 'customDomainName', 'tags'],
  ['CreateService', { name: 'other', customDomainName: '*.example.com' }, 'customDomainName'],
  [
    'CreateService',
    { name: 'other', customDomainName: '10.0.0.1', certificateArn: foreignCertificate },
    'customDomainName',
    'certificateArn',
  ],
  ['UpdateService', { serviceIdentifier: world.service.id, certificateArn: foreignCertificate }, 'certificateArn'],
  [
    'UpdateService',
    {
      serviceIdentifier: world.service.id,
      certificateArn: foreignCertificate.replace('acm:eu-west-1', 'iam:us-east-1'),
    },
    'certificateArn',
  ],
  [
    'CreateServiceNetworkVpcAssociation',
    { ...inNetwork, dnsOptions: { privateDnsPreference: 'SPECIFIED_DOMAINS_ONLY' }, tags },
    domains,
    'tags',
  ],
  [
    'CreateServiceNetworkVpcAssociation',
    { ...inNetwork, dnsOptions: { privateDnsSpecifiedDomains: ['*.example.com', 'a b'] } },
    domains,
    `${domains}[1]`,
  ],
  [
    'UpdateServiceNetworkVpcAssociation',
    {
      serviceNetworkVpcAssociationIdentifier: world.vpcAssociation.id,
      dnsOptions: { privateDnsPreference: 'ALL_DOMAINS', privateDnsSpecifiedDomains: ['example.com'] },
    },
    domains,
  ],
  ['ListServiceNetworkVpcAssociations', {}, 'serviceNetworkIdentifier'],
  ['ListServices', { nextToken: 'x' }, 'nextToken'],
];

/** Whether `path` leads from `schema` to a member. */
function hasMember(schema: Schema, path: string): boolean {
  let at = schema;
  for (const step of path.split(/\.|(?=\[)/)) {
    const next = /^\[\d+\]$/.test(step)
      ? at.isListSchema() && at.getValueSchema()
      : at.isStructSchema() && membersOf(at).find(([name]) => name === step)?.[1];
    if (typeof next !== 'object') return false;
    at = next;
  }
  return true;
}

for (const [index, [operation, input, ...names]] of rows.entries())
  test(`${operation} names all that does not go together, by the names that it has (${index + 1})`, async () => {
    const body = assertError(await callByName(client, operation, input), 'ValidationException', operation);
    const fields = body['fieldList'] as readonly { readonly name: string; readonly message: string }[];
    assert.deepEqual(fields.map(({ name }) => name).sort(), [...names].sort());
    const schema = latticeSchema.operations.get(operation)?.input;
    assert.ok(schema !== undefined);
    assert.deepEqual(
      fields.filter(({ name }) => !hasMember(schema, name)),
      [],
      'members that the operation does not have',
    );
  });
