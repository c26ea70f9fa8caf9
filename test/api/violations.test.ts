// One answer names everything that is wrong with a request: what its model refuses, and what does not go together or with what is there.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import * as sdk from '@aws-sdk/client-vpc-lattice';
import { assertError, callByName } from './answers/errors.ts';
import { createRawClient } from './answers/raw-client.ts';
import { makeGroup, makeListener, makeService, makeVpc, unique } from './lattice-checks.ts';
import { startApi } from './running-api.ts';

const api = await startApi();
after(() => api[Symbol.asyncDispose]());
const client = createRawClient(api.origin, '111122223333');
after(() => client[Symbol.dispose]());

interface Field {
  readonly name: string;
  readonly message: string;
}

/** The members that the refusal of a call names, in its order. */
async function wrong(operation: string, input: object): Promise<readonly string[]> {
  const body = assertError(await callByName(client, operation, input), 'ValidationException', operation);
  const fields = body['fieldList'] as readonly Field[];
  assert.equal(body['reason'], 'fieldValidationFailed');
  const message = String(body['message']);
  const errors = fields.length === 1 ? '1 validation error' : `${fields.length} validation errors`;
  assert.ok(message.startsWith(`${errors} detected: `), message);
  for (const field of fields) assert.ok(message.includes(field.message), `${field.name} in ${message}`);
  return fields.map(({ name }) => name);
}

const vpcIdentifier = await makeVpc(api);

test('CreateTargetGroup names what its model refuses and what does not go with the type', async () => {
  const config = {
    port: 99_999,
    protocol: 'TCP',
    protocolVersion: 'HTTP2',
    lambdaEventStructureVersion: 'V1',
    vpcIdentifier: 'vpc-0123456789abcdef0',
    healthCheck: { path: 'x', healthCheckIntervalSeconds: 4000 },
  };
  assert.deepEqual(await wrong('CreateTargetGroup', { name: 'A B', type: 'IP', config }), [
    'name',
    'config.port',
    'config.healthCheck.path',
    'config.healthCheck.healthCheckIntervalSeconds',
    'config.lambdaEventStructureVersion',
    'config.protocolVersion',
    'config.vpcIdentifier',
  ]);
  // What is no type has no combinations, and what is needed is told once.
  assert.deepEqual(await wrong('CreateTargetGroup', { name: 'a', type: 'IPS', config: { protocol: 'TCP' } }), [
    'name',
    'type',
    'config.port',
  ]);
  assert.deepEqual(await wrong('CreateTargetGroup', { type: 'LAMBDA', config: { port: 0, protocol: 'HTTP' } }), [
    'name',
    'config.port',
    'config.protocol',
  ]);
});

test('UpdateTargetGroup names what its model refuses and what does not go with the group', async () => {
  const { id } = await api.lattice.send(new sdk.CreateTargetGroupCommand({ name: unique('function'), type: 'LAMBDA' }));
  const update = { healthCheck: { port: 80, unhealthyThresholdCount: 4000 } };
  assert.deepEqual(await wrong('UpdateTargetGroup', { targetGroupIdentifier: id, ...update }), [
    'healthCheck.unhealthyThresholdCount',
    'healthCheck',
  ]);
});

test('RegisterTargets names what its model refuses and targets that are none for the group', async () => {
  const targetGroupIdentifier = await makeGroup(api);
  const targets = [{ id: 'x' }, { id: '10.0.0.1', port: 99_999 }, { port: 80 }, { id: '::1' }];
  assert.deepEqual(await wrong('RegisterTargets', { targetGroupIdentifier, targets }), [
    'targets[1].port',
    'targets[2].id',
    'targets[0].id',
    'targets[3].id',
  ]);
});

test('CreateListener names what its model refuses and what does not go with protocol and service', async () => {
  const serviceIdentifier = await makeService(api);
  const listener = { name: 'A', protocol: 'TLS_PASSTHROUGH', defaultAction: { fixedResponse: { statusCode: 404 } } };
  assert.deepEqual(await wrong('CreateListener', { serviceIdentifier, ...listener }), [
    'name',
    'protocol',
    'defaultAction',
  ]);
  const forward = { targetGroups: [{ targetGroupIdentifier: await makeGroup(api) }, { weight: 1 }] };
  const other = { name: 'http', protocol: 'TLS_PASSTHROUGH', port: 0, defaultAction: { forward } };
  const twice = 'defaultAction.forward.targetGroups';
  assert.deepEqual(await wrong('CreateListener', { serviceIdentifier, ...other }), [
    `${twice}[1].targetGroupIdentifier`,
    'port',
    'protocol',
    twice,
    twice,
  ]);
  const none = { name: 'A', protocol: 'HTTP', defaultAction: {}, tags: { 'aws:x': '' } };
  assert.deepEqual(await wrong('CreateListener', { serviceIdentifier, ...none }), ['name', 'defaultAction', 'tags']);
});

test('CreateRule and UpdateRule name what their models refuse, and what is wrong with match and action', async () => {
  const serviceIdentifier = await makeService(api);
  const place = { serviceIdentifier, listenerIdentifier: await makeListener(api, serviceIdentifier) };
  const match = {
    httpMatch: { method: 'A B', pathMatch: { match: { prefix: 'x' } }, headerMatches: [{ name: 'a:' }] },
  };
  const action = { fixedResponse: { statusCode: 200 } };
  const inside = [
    'match.httpMatch.headerMatches[0].match',
    'match.httpMatch.method',
    'match.httpMatch.pathMatch.match.prefix',
    'match.httpMatch.headerMatches[0].name',
    'action.fixedResponse.statusCode',
  ];
  const names = await wrong('CreateRule', { ...place, name: 'A', priority: 0, match, action, tags: { 'aws:x': '' } });
  assert.deepEqual(names.toSorted(), ['name', 'priority', 'tags', ...inside].toSorted());
  const changed = await wrong('UpdateRule', {
    ...place,
    ruleIdentifier: 'rule-0123456789abcdef0',
    priority: 0,
    match,
    action,
  });
  assert.deepEqual(changed.toSorted(), ['priority', ...inside].toSorted());
  const rules = ['rule-0123456789abcdef0', 'rule-0123456789abcdef0'].map((ruleIdentifier) => ({ ruleIdentifier }));
  assert.deepEqual(await wrong('BatchUpdateRule', { ...place, rules: [...rules, { priority: 0 }] }), [
    'rules[2].ruleIdentifier',
    'rules[2].priority',
    'rules[1].ruleIdentifier',
  ]);
});

test('CreateService and CreateServiceNetwork name what their models refuse, and domains, certificates and tags that cannot be', async () => {
  const service = {
    name: '-a',
    authType: 'ALL',
    customDomainName: 'a_b..c',
    certificateArn: 'arn:aws:acm:eu-west-1:111122223333:certificate/11112222-3333-4444-5555-666677778888',
    tags: { 'aws:x': '' },
  };
  assert.deepEqual(await wrong('CreateService', service), [
    'name',
    'authType',
    'customDomainName',
    'certificateArn',
    'tags',
  ]);
  assert.deepEqual(await wrong('CreateServiceNetwork', { name: '-a', tags: { 'aws:x': '' } }), ['name', 'tags']);
});

test('CreateResourceConfiguration names what its model refuses and what does not go with the type', async () => {
  const configuration = {
    name: 'A',
    type: 'SINGLE',
    portRanges: ['80', '0', '80-90'],
    groupDomain: 'a.example',
    resourceConfigurationDefinition: { ipResource: { ipAddress: '10.0.0.300' } },
  };
  assert.deepEqual(await wrong('CreateResourceConfiguration', configuration), [
    'name',
    'resourceGatewayIdentifier',
    'groupDomain',
    'portRanges',
    'portRanges',
    'resourceConfigurationDefinition.ipResource.ipAddress',
  ]);
  const child = { name: 'A', type: 'CHILD', protocol: 'UDP', domainVerificationIdentifier: 'dv-0123456789abcdef0' };
  assert.deepEqual(await wrong('CreateResourceConfiguration', child), [
    'name',
    'protocol',
    'resourceConfigurationGroupIdentifier',
    'resourceConfigurationDefinition',
    'portRanges',
    'domainVerificationIdentifier',
  ]);
});

test('Associations, gateways, subscriptions and policies name both kinds of wrong, and so do lists', async () => {
  assert.deepEqual(
    await wrong('CreateServiceNetworkVpcAssociation', {
      vpcIdentifier,
      securityGroupIds: ['sg-0123456789abcdef0'],
    }),
    ['serviceNetworkIdentifier', 'securityGroupIds'],
  );
  assert.deepEqual(await wrong('CreateResourceGateway', { name: 'A' }), ['name', 'vpcIdentifier', 'subnetIds']);
  const destinationArn = 'arn:aws:sqs:us-east-1:111122223333:queue';
  assert.deepEqual(await wrong('CreateAccessLogSubscription', { destinationArn }), [
    'resourceIdentifier',
    'destinationArn',
  ]);
  const policy = '{"Version":"2012-10-17"}';
  assert.deepEqual(await wrong('PutAuthPolicy', { resourceIdentifier: 'x', policy }), ['resourceIdentifier', 'policy']);
  assert.deepEqual(await wrong('ListServiceNetworkVpcAssociations', { maxResults: 0 }), [
    'maxResults',
    'serviceNetworkIdentifier',
  ]);
});

test('What cannot be read is told alone: of the rest nobody knows what was meant', async () => {
  const answer = await callByName(client, 'CreateTargetGroup', { name: 'A', type: 'IP', config: 5 });
  const { reason, fieldList } = assertError(answer, 'ValidationException');
  assert.equal(reason, 'cannotParse');
  assert.deepEqual(
    (fieldList as readonly Field[]).map(({ name }) => name),
    ['config'],
  );
});
