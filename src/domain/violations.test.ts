// One refusal names everything that is wrong with an input.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createAccessLogSubscription } from './access-log/index.ts';
import { createVpcAssociation } from './association/index.ts';
import { createVpc } from './ec2/index.ts';
import { createListener } from './listener/index.ts';
import { createServiceNetwork } from './network/index.ts';
import type { Decision } from './decision.ts';
import { createRule, updateRule } from './rule/index.ts';
import { createScenario, type Scenario } from './scenario.ts';
import { createService } from './service/index.ts';
import { createTargetGroup, registerTargets, updateTargetGroup, type CreateTargetGroupInput } from './target/index.ts';

/** The members that a refusal names, in its order. */
function wrong<I, R>(scenario: Scenario, decision: Decision<I, R>, input: I): readonly string[] {
  const refusal = scenario.refused(decision, input);
  assert.equal(refusal.kind, 'Validation');
  assert.equal(refusal.reason, 'fieldValidationFailed');
  for (const { name, message } of refusal.fieldList ?? [])
    assert.ok(refusal.message.includes(`${name}: ${message}`), refusal.message);
  return (refusal.fieldList ?? []).map(({ name }) => name);
}

const tags = { 'aws:x': '', 'a?': '' };

test('createTargetGroup() names every member that does not go with its type', () => {
  const scenario = createScenario();
  const vpcIdentifier = scenario.run(createVpc, { cidrBlock: '10.0.0.0/16', attachment: { kind: 'netns' } }).id;
  const named = (type: CreateTargetGroupInput['type'], config?: CreateTargetGroupInput['config']) =>
    wrong(scenario, createTargetGroup, { name: 'group', type, ...(config === undefined ? {} : { config }) });
  const everything = {
    port: 80,
    protocol: 'TCP',
    protocolVersion: 'GRPC',
    ipAddressType: 'IPV4',
    vpcIdentifier: 'vpc-unknown',
    lambdaEventStructureVersion: 'V1',
    healthCheck: { enabled: true, protocol: 'TCP', intervalSeconds: 4, path: 'x', matcher: '600' },
  } as const;
  const check = ['healthCheckIntervalSeconds', 'path', 'matcher.httpCode', 'protocol'].map(
    (name) => `config.healthCheck.${name}`,
  );
  const tables: readonly (readonly [CreateTargetGroupInput['type'], CreateTargetGroupInput['config'], ...string[]])[] =
    [
      ['IP', undefined, 'config.protocol', 'config.vpcIdentifier'],
      ['INSTANCE', {}, 'config.protocol', 'config.vpcIdentifier'],
      ['ALB', { protocol: 'TCP' }, 'config.vpcIdentifier', 'config.port'],
      ['IP', { protocol: 'TCP', vpcIdentifier }, 'config.port'],
      [
        'IP',
        everything,
        'config.lambdaEventStructureVersion',
        'config.protocolVersion',
        'config.vpcIdentifier',
        ...check,
        'config.healthCheck',
      ],
      [
        'ALB',
        everything,
        'config.ipAddressType',
        'config.lambdaEventStructureVersion',
        'config.healthCheck',
        'config.protocolVersion',
        'config.protocolVersion',
        'config.vpcIdentifier',
      ],
      [
        'LAMBDA',
        everything,
        ...['port', 'protocol', 'protocolVersion', 'ipAddressType', 'vpcIdentifier', 'healthCheck'].map(
          (name) => `config.${name}`,
        ),
      ],
    ];
  for (const [type, config, ...names] of tables) assert.deepEqual(named(type, config), names, type);
  assert.deepEqual(wrong(scenario, createTargetGroup, { name: 'group', type: 'IP', tags }), [
    'config.protocol',
    'config.vpcIdentifier',
    'tags',
    'tags',
  ]);
  const { id } = scenario.run(createTargetGroup, {
    name: 'group',
    type: 'IP',
    config: { protocol: 'HTTP', vpcIdentifier },
  });
  const { healthCheck } = everything;
  const update = { targetGroupIdentifier: id, healthCheck };
  assert.equal(wrong(scenario, updateTargetGroup, update).length, 4);
  const targets = [{ id: 'x' }, { id: '10.0.0.1' }, { id: '::1' }];
  assert.deepEqual(wrong(scenario, registerTargets, { targetGroupIdentifier: id, targets }), [
    'targets[0].id',
    'targets[2].id',
  ]);
});

test('createListener(), createRule() and updateRule() name all that is wrong with match, action and tags', () => {
  const scenario = createScenario();
  const serviceIdentifier = scenario.run(createService, { name: 'shop' }).id;
  const action = { kind: 'fixedResponse', statusCode: 200 } as const;
  const listener = { serviceIdentifier, name: 'tls', protocol: 'TLS_PASSTHROUGH', defaultAction: action } as const;
  assert.deepEqual(wrong(scenario, createListener, { ...listener, tags }), [
    'protocol',
    'defaultAction',
    'defaultAction.fixedResponse.statusCode',
    'tags',
    'tags',
  ]);
  const made = scenario.run(createListener, {
    ...listener,
    protocol: 'HTTP',
    defaultAction: { kind: 'fixedResponse', statusCode: 404 },
  });
  const place = { serviceIdentifier, listenerIdentifier: made.listener.id };
  const match = {
    method: 'a b',
    path: { kind: 'exact', value: 'x' },
    headers: [{ name: 'a:', kind: 'exact', value: '\n' }],
  } as const;
  const names = ['method', 'pathMatch.match.exact', 'headerMatches[0].name', 'headerMatches[0].match'].map(
    (name) => `match.httpMatch.${name}`,
  );
  const rule = { ...place, name: 'rule', priority: 1, match, action };
  assert.deepEqual(wrong(scenario, createRule, rule), [...names, 'action.fixedResponse.statusCode']);
  const good = { ...rule, match: {}, action: { kind: 'fixedResponse', statusCode: 404 } } as const;
  const ruleIdentifier = scenario.run(createRule, good).id;
  const update = { ...place, ruleIdentifier, match, action };
  assert.deepEqual(wrong(scenario, updateRule, update), [...names, 'action.fixedResponse.statusCode']);
  const functions = ['one', 'two'].map((name) => scenario.run(createTargetGroup, { name, type: 'LAMBDA' }).id);
  const targetGroups = [...functions, ...functions].map((targetGroupIdentifier) => ({ targetGroupIdentifier }));
  const forward = { ...listener, name: 'other', defaultAction: { kind: 'forward', targetGroups } } as const;
  assert.equal(
    wrong(scenario, createListener, forward).length,
    5,
    'no domain, no weights, twice, and two that do not fit',
  );
});

test('createVpcAssociation() and createAccessLogSubscription() name all that is wrong', () => {
  const scenario = createScenario();
  const serviceNetworkIdentifier = scenario.run(createServiceNetwork, { name: 'main' }).id;
  const vpcIdentifier = scenario.run(createVpc, { cidrBlock: '10.0.0.0/16', attachment: { kind: 'netns' } }).id;
  const securityGroupIds = ['sg-1', 'sg-2', 'sg-3', 'sg-4', 'sg-5', 'sg-6'];
  const association = { serviceNetworkIdentifier, vpcIdentifier, securityGroupIds, tags };
  assert.equal(wrong(scenario, createVpcAssociation, association).length, 1 + 6 + 2);
  const resourceIdentifier = scenario.run(createService, { name: 'shop' }).id;
  const subscription = { resourceIdentifier, destinationArn: 'x', serviceNetworkLogType: 'SERVICE', tags } as const;
  assert.deepEqual(wrong(scenario, createAccessLogSubscription, subscription), [
    'serviceNetworkLogType',
    'destinationArn',
    'tags',
    'tags',
  ]);
});
