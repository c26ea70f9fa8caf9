// Listeners and rules: names, ports, priorities, actions.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createVpc } from '../ec2/index.ts';
import { createListener, defaultActionOf, deleteListener, updateListener } from '../listener/index.ts';
import { createScenario, scenarioCaller, type Scenario } from '../scenario.ts';
import { createService, deleteService } from '../service/index.ts';
import { createTargetGroup, deleteTargetGroup, serviceArnsOf, type TargetGroupConfigInput } from '../target/index.ts';
import { batchUpdateRule, createRule, deleteRule, getRule, listRules, updateRule } from './index.ts';

const fixed = { kind: 'fixedResponse', statusCode: 404 } as const;

function listen(scenario: Scenario, name = 'shop') {
  const service = scenario.run(createService, { name, customDomainName: `${name}.example` });
  const { listener } = scenario.run(createListener, {
    serviceIdentifier: service.id,
    name: 'http',
    protocol: 'HTTP',
    defaultAction: fixed,
  });
  return { service, listener, place: { serviceIdentifier: service.arn, listenerIdentifier: listener.arn } };
}

function group(scenario: Scenario, name: string, config: TargetGroupConfigInput = {}) {
  const vpc = scenario.run(createVpc, { cidrBlock: '10.0.0.0/16', attachment: { kind: 'netns' } });
  return scenario.run(createTargetGroup, {
    name,
    type: 'IP',
    config: { protocol: 'HTTP', vpcIdentifier: vpc.id, ...config },
  });
}

const forward = (...ids: readonly string[]) => ({
  kind: 'forward' as const,
  targetGroups: ids.map((targetGroupIdentifier, i) => ({ targetGroupIdentifier, weight: i + 1 })),
});

test('createListener() takes the default port and makes a default rule that cannot be touched', () => {
  const scenario = createScenario();
  const { listener, place } = listen(scenario);
  assert.equal(listener.port, 80);
  assert.deepEqual(defaultActionOf(scenario.state, listener), fixed);
  const ruleIdentifier = listener.defaultRuleId;
  const { rule } = getRule(scenario.state, scenarioCaller, { ...place, ruleIdentifier });
  assert.equal(rule.isDefault, true);
  assert.equal(rule.priority, undefined);
  assert.equal(scenario.refused(deleteRule, { ...place, ruleIdentifier }).kind, 'Conflict');
  assert.equal(scenario.refused(updateRule, { ...place, ruleIdentifier, priority: 1 }).kind, 'Validation');
});

test('createListener() refuses a second listener on a port and a second of a name', () => {
  const scenario = createScenario();
  const { service } = listen(scenario);
  const input = { serviceIdentifier: service.id, protocol: 'HTTP', defaultAction: fixed } as const;
  assert.equal(scenario.refused(createListener, { ...input, name: 'http', port: 81 }).kind, 'Conflict');
  assert.equal(scenario.refused(createListener, { ...input, name: 'other' }).kind, 'Conflict');
  scenario.run(createListener, { ...input, name: 'other', port: 81 });
});

test('createListener() on TLS_PASSTHROUGH forwards to TCP groups only', () => {
  const scenario = createScenario();
  const { service } = listen(scenario);
  const tcp = group(scenario, 'tcp', { protocol: 'TCP', port: 443 });
  const http = group(scenario, 'http');
  const input = { serviceIdentifier: service.id, name: 'tls', protocol: 'TLS_PASSTHROUGH' } as const;
  assert.equal(scenario.refused(createListener, { ...input, defaultAction: fixed }).kind, 'Validation');
  assert.equal(scenario.refused(createListener, { ...input, defaultAction: forward(http.id) }).kind, 'Validation');
  assert.equal(scenario.run(createListener, { ...input, defaultAction: forward(tcp.id) }).listener.port, 443);
});

test('updateListener() changes the action of the default rule', () => {
  const scenario = createScenario();
  const { listener, place, service } = listen(scenario);
  const target = group(scenario, 'one');
  scenario.run(updateListener, { ...place, defaultAction: forward(target.arn) });
  assert.deepEqual(defaultActionOf(scenario.state, listener), {
    kind: 'forward',
    targetGroups: [{ targetGroupId: target.id, weight: 1 }],
  });
  assert.deepEqual(serviceArnsOf(scenario.state, target), [service.arn]);
  assert.equal(scenario.refused(deleteTargetGroup, { targetGroupIdentifier: target.id }).kind, 'Conflict');
});

test('createRule() keeps names and priorities unique and fills in what was left out', () => {
  const scenario = createScenario();
  const { place } = listen(scenario);
  const input = {
    ...place,
    name: 'users',
    priority: 10,
    match: {
      path: { kind: 'prefix', value: '/users' },
      headers: [{ name: 'X-Version', kind: 'exact', value: '2', caseSensitive: true }],
    },
    action: fixed,
  } as const;
  const rule = scenario.run(createRule, input);
  assert.deepEqual(rule.match, {
    path: { kind: 'prefix', value: '/users', caseSensitive: false },
    headers: [{ name: 'X-Version', kind: 'exact', value: '2', caseSensitive: true }],
  });
  assert.equal(scenario.refused(createRule, { ...input, priority: 11 }).kind, 'Conflict');
  assert.equal(scenario.refused(createRule, { ...input, name: 'others' }).kind, 'Conflict');
  assert.equal(
    scenario.refused(updateRule, { ...place, ruleIdentifier: 'rule-00000000000000000' }).kind,
    'ResourceNotFound',
  );
});

test('createRule() refuses what no action can be', () => {
  const scenario = createScenario();
  const { place } = listen(scenario);
  const one = group(scenario, 'one');
  const grpc = group(scenario, 'grpc', { protocolVersion: 'GRPC' });
  const refusal = (action: Parameters<typeof updateListener>[1]['defaultAction']) =>
    scenario.refused(createRule, { ...place, name: 'rule', priority: 1, match: {}, action }).kind;
  assert.equal(refusal({ kind: 'fixedResponse', statusCode: 200 }), 'Validation');
  assert.equal(refusal(forward(one.id, one.arn)), 'Validation');
  assert.equal(refusal(forward(grpc.id)), 'Validation');
  assert.equal(refusal(forward('tg-00000000000000000')), 'ResourceNotFound');
  const unweighted = [one.id, grpc.id].map((targetGroupIdentifier) => ({ targetGroupIdentifier }));
  assert.equal(refusal({ kind: 'forward', targetGroups: unweighted }), 'Validation');
});

test('createRule() refuses a target group that another service uses', () => {
  const scenario = createScenario();
  const one = group(scenario, 'one');
  const first = listen(scenario).place;
  const second = listen(scenario, 'other').place;
  scenario.run(updateListener, { ...first, defaultAction: forward(one.id) });
  scenario.run(createRule, { ...first, name: 'rule', priority: 1, match: {}, action: forward(one.id) });
  assert.equal(scenario.refused(updateListener, { ...second, defaultAction: forward(one.id) }).kind, 'Conflict');
});

test('batchUpdateRule() swaps priorities and reports each rule that cannot have its own', () => {
  const scenario = createScenario();
  const { place } = listen(scenario);
  const make = (name: string, priority: number): string =>
    scenario.run(createRule, { ...place, name, priority, match: {}, action: fixed }).id;
  const [a, b, c] = [make('rule-a', 1), make('rule-b', 2), make('rule-c', 3)];
  const batch = (...rules: readonly (readonly [string, number])[]) =>
    scenario.run(batchUpdateRule, {
      ...place,
      rules: rules.map(([ruleIdentifier, priority]) => ({ ruleIdentifier, priority })),
    });
  const priorities = (): (number | undefined)[] =>
    [a, b, c].map((id) => getRule(scenario.state, scenarioCaller, { ...place, ruleIdentifier: id }).rule.priority);
  assert.equal(batch([a, 2], [b, 1]).successful.length, 2);
  assert.deepEqual(priorities(), [2, 1, 3]);
  // c is held by nobody but itself: a cannot have 3, so b cannot have 2 either.
  const { successful, unsuccessful } = batch([a, 3], [b, 2], ['rule-00000000000000000', 9]);
  assert.equal(successful.length, 0);
  assert.deepEqual(unsuccessful.map((one) => one.failureCode).sort(), [
    'ConflictException',
    'ConflictException',
    'RuleNotFound',
  ]);
  assert.deepEqual(priorities(), [2, 1, 3]);
});

test('deleteService() and deleteListener() take the rules along', () => {
  const scenario = createScenario();
  const { service, listener, place } = listen(scenario);
  scenario.run(createRule, { ...place, name: 'rule', priority: 1, match: {}, action: fixed });
  assert.equal([...listRules(scenario.state, listener).read()].length, 2);
  scenario.run(deleteListener, place);
  assert.equal(scenario.state.tables.rule.size, 0);
  listen(scenario, 'other');
  scenario.run(deleteService, { serviceIdentifier: service.id });
  assert.equal(scenario.state.tables.listener.size, 1);
});

test('Quotas are enforced only when asked for', () => {
  const scenario = createScenario();
  const { place } = listen(scenario);
  const add = (n: number) => ({ ...place, name: `quota-${n}`, priority: n, match: {}, action: fixed });
  scenario.quotas = 'aws';
  for (let n = 1; n <= 10; n++) scenario.run(createRule, add(n));
  const refusal = scenario.refused(createRule, add(11));
  assert.ok(refusal.kind === 'ServiceQuotaExceeded' && refusal.quotaCode === 'L-CF78395E');
  scenario.quotas = 'none';
  scenario.run(createRule, add(11));
});
