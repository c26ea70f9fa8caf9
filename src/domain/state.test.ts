// States under random sequences of decisions: indexes stay what a rebuild gives, and nothing dangles.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  createResourceAssociation,
  createServiceAssociation,
  createVpcAssociation,
  deleteResourceAssociation,
  deleteServiceAssociation,
  deleteVpcAssociation,
} from './association/index.ts';
import { startDomainVerification } from './domain-verification/index.ts';
import { createSubnet, createVpc, deleteSubnet, deleteVpc } from './ec2/index.ts';
import { createListener, deleteListener, updateListener } from './listener/index.ts';
import { createServiceNetwork, deleteServiceNetwork } from './network/index.ts';
import { keysAfter } from './ordered-keys.ts';
import { keyOf } from './records/base.ts';
import type { BaseRecord, Key } from './records/base.ts';
import { Refusal } from './refusal.ts';
import {
  createResourceConfiguration,
  deleteResourceConfiguration,
  updateResourceConfiguration,
} from './resource-configuration/index.ts';
import { createResourceGateway, deleteResourceGateway, updateResourceGateway } from './resource-gateway/index.ts';
import { batchUpdateRule, createRule, deleteRule, updateRule, type RuleActionInput } from './rule/index.ts';
import { createScenario, type Scenario } from './scenario.ts';
import { createService, deleteService } from './service/index.ts';
import { applyChanges, emptyState, recordKinds, type Change, type RecordKind, type State } from './state.ts';
import type { IndexName } from './state-indexes.ts';
import { createTargetGroup, deleteTargetGroup, deregisterTargets, registerTargets } from './target/index.ts';
import { advanceStatuses, defaultSweep, failOverdue, reset, sweep } from './upkeep/index.ts';

/** The id of the `n`-th record of `kind` (any, when there are fewer), or one that does not exist. */
function pick(state: State, kind: RecordKind, n: number): string {
  const ids = [...(state.tables[kind].values() as Iterable<BaseRecord>)].map((record) => record.id).sort();
  return ids[n % (ids.length + 1)] ?? 'svc-00000000000000000';
}

function action(state: State, a: number, b: number): RuleActionInput {
  if (a % 3 === 0) return { kind: 'fixedResponse', statusCode: 404 };
  const groups = [pick(state, 'targetGroup', a), pick(state, 'targetGroup', b)];
  return {
    kind: 'forward',
    targetGroups: [...new Set(groups)].map((targetGroupIdentifier) => ({ targetGroupIdentifier, weight: b })),
  };
}

type Step = (scenario: Scenario, a: number, b: number, c: number) => unknown;

const steps: readonly Step[] = [
  (s, a) => s.run(createServiceNetwork, { name: `network-${a}` }),
  (s, a) => s.run(createService, { name: `service-${a}` }),
  (s, a) => s.run(createVpc, { cidrBlock: `10.${a}.0.0/16`, attachment: { kind: 'loopback' } }),
  (s, a, b) =>
    s.run(createTargetGroup, {
      name: `group-${a}`,
      type: 'IP',
      config: { protocol: 'HTTP', vpcIdentifier: pick(s.state, 'vpc', b) },
    }),
  (s, a, b, c) =>
    s.run(registerTargets, {
      targetGroupIdentifier: pick(s.state, 'targetGroup', a),
      targets: [{ id: `127.0.0.${b}` }, { id: `127.0.0.${b}`, port: 8000 + c }],
    }),
  (s, a, b) =>
    s.run(deregisterTargets, {
      targetGroupIdentifier: pick(s.state, 'targetGroup', a),
      targets: [{ id: `127.0.0.${b}` }],
    }),
  (s, a, b, c) =>
    s.run(createListener, {
      serviceIdentifier: pick(s.state, 'service', a),
      name: `listener-of-${b}`,
      protocol: 'HTTP',
      port: 80 + c,
      defaultAction: action(s.state, b, c),
    }),
  (s, a, b, c) => {
    const listener = [...s.state.tables.listener.values()][a % Math.max(1, s.state.tables.listener.size)];
    const place = {
      serviceIdentifier: listener?.serviceId ?? 'svc-0',
      listenerIdentifier: listener?.id ?? 'listener-0',
    };
    const rule = pick(s.state, 'rule', b);
    s.run(createRule, { ...place, name: `rule-of-${b}`, priority: c + 1, match: {}, action: action(s.state, c, a) });
    s.run(updateListener, { ...place, defaultAction: action(s.state, b, a) });
    s.run(updateRule, { ...place, ruleIdentifier: rule, priority: b + 1, action: action(s.state, a, c) });
    s.run(batchUpdateRule, {
      ...place,
      rules: [
        { ruleIdentifier: rule, priority: c + 1 },
        { ruleIdentifier: pick(s.state, 'rule', b + 1), priority: b + 1 },
      ],
    });
    if (c > 4) s.run(deleteRule, { ...place, ruleIdentifier: rule });
    if (c > 5) s.run(deleteListener, place);
  },
  (s, a, b) =>
    s.run(createServiceAssociation, {
      serviceIdentifier: pick(s.state, 'service', a),
      serviceNetworkIdentifier: pick(s.state, 'serviceNetwork', b),
    }),
  (s, a, b) =>
    s.run(createVpcAssociation, {
      serviceNetworkIdentifier: pick(s.state, 'serviceNetwork', a),
      vpcIdentifier: pick(s.state, 'vpc', b),
    }),
  (s, a) => s.run(deleteServiceAssociation, { serviceAssociationIdentifier: pick(s.state, 'serviceAssociation', a) }),
  (s, a) => s.run(deleteVpcAssociation, { vpcAssociationIdentifier: pick(s.state, 'vpcAssociation', a) }),
  (s, a) => s.run(advanceStatuses, { obeyedRevision: s.state.revision - a }),
  (s) => s.run(failOverdue, { timeout: 60_000, countedFrom: 0 }),
  (s) => s.run(sweep, { ...defaultSweep, verificationTime: 300_000 }),
  (s, a) => s.run(deleteService, { serviceIdentifier: pick(s.state, 'service', a) }),
  (s, a) => s.run(deleteTargetGroup, { targetGroupIdentifier: pick(s.state, 'targetGroup', a) }),
  (s, a) => s.run(deleteServiceNetwork, { serviceNetworkIdentifier: pick(s.state, 'serviceNetwork', a) }),
  (s, a) => s.run(deleteVpc, { vpcId: pick(s.state, 'vpc', a) }),
  (s, a, b, c) => a + b + c > 16 && s.run(reset, null),
  (s, a) => {
    const vpc = [...s.state.tables.vpc.values()][a % Math.max(1, s.state.tables.vpc.size)];
    const cidrBlock = `${(vpc?.cidrs[0] ?? '').split('.').slice(0, 2).join('.')}.${a}.0/24`;
    s.run(createSubnet, { vpcId: vpc?.id ?? 'vpc-0', cidrBlock });
  },
  (s, a, b, c) => {
    const subnet = [...s.state.tables.subnet.values()][a % Math.max(1, s.state.tables.subnet.size)];
    const place = { vpcIdentifier: subnet?.vpcId ?? 'vpc-0', subnetIds: [subnet?.id ?? 'subnet-0'] };
    s.run(createResourceGateway, { name: `gateway-${b}`, ...place });
    if (c > 4) s.run(deleteSubnet, { subnetId: subnet?.id ?? '' });
  },
  (s, a) =>
    s.run(updateResourceGateway, {
      resourceGatewayIdentifier: pick(s.state, 'resourceGateway', a),
      securityGroupIds: [],
    }),
  (s, a) => s.run(deleteResourceGateway, { resourceGatewayIdentifier: pick(s.state, 'resourceGateway', a) }),
  (s, a, b) =>
    s.run(createResourceConfiguration, {
      name: `group-${a}`,
      type: 'GROUP',
      resourceGatewayIdentifier: pick(s.state, 'resourceGateway', b),
    }),
  (s, a, b, c) =>
    s.run(createResourceConfiguration, {
      name: `child-${a}-${c}`,
      type: 'CHILD',
      resourceConfigurationGroupIdentifier: pick(s.state, 'resourceConfiguration', b),
      resourceConfigurationDefinition: { ipResource: { ipAddress: '10.0.0.9' } },
      portRanges: ['80'],
    }),
  (s, a, b) =>
    s.run(updateResourceConfiguration, {
      resourceConfigurationIdentifier: pick(s.state, 'resourceConfiguration', a),
      portRanges: [`${b + 1}`],
    }),
  (s, a) =>
    s.run(deleteResourceConfiguration, {
      resourceConfigurationIdentifier: pick(s.state, 'resourceConfiguration', a),
    }),
  (s, a, b) =>
    s.run(createResourceAssociation, {
      resourceConfigurationIdentifier: pick(s.state, 'resourceConfiguration', a),
      serviceNetworkIdentifier: pick(s.state, 'serviceNetwork', b),
    }),
  (s, a) =>
    s.run(deleteResourceAssociation, { resourceAssociationIdentifier: pick(s.state, 'resourceAssociation', a) }),
  (s, a) => s.run(startDomainVerification, { domainName: `example${a}.com` }),
];

const small = fc.nat({ max: 6 });
const sequences = fc.array(fc.tuple(fc.nat({ max: steps.length - 1 }), small, small, small), {
  minLength: 40,
  maxLength: 120,
  size: 'max',
});

/** Whether the step was decided, not refused. */
function attempt(scenario: Scenario, step: number, a: number, b: number, c: number): boolean {
  try {
    steps[step]?.(scenario, a, b, c);
    return true;
  } catch (error) {
    if (error instanceof Refusal) return false;
    throw error;
  }
}

function play(sequence: readonly (readonly [number, number, number, number])[], check: (state: State) => void): number {
  const scenario = createScenario();
  // Something of everything first, so that most steps find what they act on.
  for (const step of [0, 1, 2, 3, 4, 6, 8, 9, 20, 21, 24, 25, 28])
    for (const n of [1, 2, 3]) attempt(scenario, step, n, n, n);
  let decided = 0;
  for (const [step, a, b, c] of sequence) {
    scenario.now += 10_000;
    if (attempt(scenario, step, a, b, c)) decided++;
    check(scenario.state);
  }
  return decided;
}

/** The state that its records alone give. */
function rebuild(state: State): State {
  const changes: Change[] = [];
  for (const kind of recordKinds)
    state.tables[kind].forEach((record: BaseRecord, key: Key) => {
      changes.push({ kind, key, record } as unknown as Change);
    });
  return applyChanges(emptyState, changes, state.revision);
}

/** What an index holds: value → keys in order. */
function content(state: State, name: IndexName): ReadonlyMap<string, readonly Key[]> {
  return new Map([...state.indexes[name]].map(([value, keys]) => [value, [...keysAfter(keys)]]));
}

test('applyChanges() keeps indexes equal to those of a rebuild', () => {
  let decided = 0;
  fc.assert(
    fc.property(sequences, (sequence) => {
      let last = emptyState;
      decided += play(sequence, (state) => (last = state));
      const rebuilt = rebuild(last);
      for (const name of Object.keys(last.indexes) as IndexName[])
        assert.deepEqual(content(last, name), content(rebuilt, name), `the index ${name} differs`);
    }),
    { numRuns: 60 },
  );
  assert.ok(decided > 1000, `only ${decided} steps were decided`);
});

test('applyChanges() leaves the tables that it does not touch as they are', () => {
  const scenario = createScenario();
  scenario.run(createService, { name: 'one' });
  const before = scenario.state;
  scenario.run(createServiceNetwork, { name: 'two' });
  assert.equal(scenario.state.tables.service, before.tables.service);
  assert.notEqual(scenario.state.tables.serviceNetwork, before.tables.serviceNetwork);
  assert.equal(before.tables.serviceNetwork.size, 0);
});

test('Decisions leave nothing dangling, whatever their order', () => {
  fc.assert(
    fc.property(sequences, (sequence) => void play(sequence, checkInvariants)),
    { numRuns: 60 },
  );
});

function checkInvariants({ tables }: State): void {
  const unique = new Set<string>();
  const once = (...parts: readonly unknown[]): void => {
    const text = parts.join(' ');
    assert.ok(!unique.has(text), `twice: ${text}`);
    unique.add(text);
  };
  const key = (record: BaseRecord, id: string): Key => keyOf(record.account, record.region, id);
  const serviceOfGroup = new Map<string, string>();
  for (const service of tables.service.values()) once('service', service.name);
  for (const network of tables.serviceNetwork.values()) once('network', network.name);
  for (const listener of tables.listener.values()) {
    assert.ok(tables.service.has(key(listener, listener.serviceId)), 'a listener without a service');
    assert.equal(tables.rule.get(key(listener, listener.defaultRuleId))?.isDefault, true, 'no default rule');
    once('port', listener.serviceId, listener.port);
    once('listener', listener.serviceId, listener.name);
  }
  for (const rule of tables.rule.values()) {
    assert.ok(tables.listener.has(key(rule, rule.listenerId)), 'a rule without a listener');
    assert.equal(rule.priority === undefined, rule.isDefault);
    once('priority', rule.listenerId, rule.priority);
    if (rule.action.kind !== 'forward') continue;
    for (const { targetGroupId } of rule.action.targetGroups) {
      assert.ok(tables.targetGroup.has(key(rule, targetGroupId)), 'a rule to no target group');
      const user = serviceOfGroup.get(targetGroupId) ?? rule.serviceId;
      assert.equal(user, rule.serviceId, 'a target group of two services');
      serviceOfGroup.set(targetGroupId, user);
    }
  }
  for (const group of tables.targetGroup.values())
    assert.ok(tables.vpc.has(key(group, group.vpcId ?? '')), 'a target group without a VPC');
  for (const target of tables.target.values())
    assert.ok(tables.targetGroup.has(key(target, target.targetGroupId)), 'a target without a group');
  for (const one of tables.serviceAssociation.values()) {
    assert.ok(tables.service.has(one.serviceKey) && tables.serviceNetwork.has(one.serviceNetworkKey));
    const address = tables.componentAddress.get(`${one.serviceNetworkKey}/${one.serviceId}` as Key);
    assert.ok(address !== undefined && address.freedAt === undefined, 'an association without an address');
    if (one.status !== 'CREATE_FAILED') once('association', one.serviceKey, one.serviceNetworkKey);
  }
  for (const one of tables.vpcAssociation.values()) {
    assert.ok(tables.vpc.has(one.vpcKey) && tables.serviceNetwork.has(one.serviceNetworkKey));
    if (one.status !== 'CREATE_FAILED') once('association', one.vpcKey);
  }
  for (const subnet of tables.subnet.values()) assert.ok(tables.vpc.has(subnet.vpcKey), 'a subnet without a VPC');
  for (const gateway of tables.resourceGateway.values()) {
    once('gateway', gateway.name);
    assert.ok(tables.vpc.has(gateway.vpcKey), 'a gateway without a VPC');
    for (const id of gateway.subnetIds) assert.ok(tables.subnet.has(key(gateway, id)), 'a gateway without its subnet');
  }
  for (const one of tables.resourceConfiguration.values()) {
    once('configuration', one.name);
    const group = tables.resourceConfiguration.get(key(one, one.groupId ?? ''));
    assert.ok(tables.resourceGateway.has(key(one, one.resourceGatewayId)), 'a configuration without a gateway');
    assert.equal(group?.type, one.type === 'CHILD' ? 'GROUP' : undefined);
    assert.equal(group?.resourceGatewayId ?? one.resourceGatewayId, one.resourceGatewayId);
  }
  for (const one of tables.resourceAssociation.values()) {
    const type = tables.resourceConfiguration.get(one.resourceConfigurationKey)?.type;
    assert.ok(type !== undefined && type !== 'CHILD' && tables.serviceNetwork.has(one.serviceNetworkKey));
    if (one.status !== 'CREATE_FAILED') once('association', one.resourceConfigurationKey, one.serviceNetworkKey);
  }
  for (const vpc of tables.vpc.values()) if (vpc.attachment.kind === 'loopback') once('loopback', vpc.attachment.n);
  for (const address of tables.componentAddress.values()) {
    assert.ok(tables.serviceNetwork.has(key(address, address.serviceNetworkId)), 'an address without a network');
    once('place', address.index);
  }
}
