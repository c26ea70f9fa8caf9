// Target groups, their health checks and their targets.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { applyConfiguredLoadBalancers, createSubnet, createVpc } from '../ec2/index.ts';
import { createListener, deleteListener } from '../listener/index.ts';
import { createScenario, type Scenario } from '../scenario.ts';
import { createService } from '../service/index.ts';
import { advanceStatuses, defaultSweep, sweep } from '../upkeep/index.ts';
import {
  createTargetGroup,
  deleteTargetGroup,
  deregisterTargets,
  listTargets,
  registerTargets,
  targetStatus,
  updateTargetGroup,
  type TargetGroupConfigInput,
} from './index.ts';

function make(scenario: Scenario, config: TargetGroupConfigInput = {}, type: 'IP' | 'INSTANCE' | 'ALB' = 'IP') {
  const { id } = scenario.run(createVpc, { cidrBlock: '10.0.0.0/16', attachment: { kind: 'netns' } });
  return scenario.run(createTargetGroup, {
    name: `group-${id.slice(-8)}`,
    type,
    config: { protocol: 'HTTP', vpcIdentifier: id, ...config },
  });
}

/** Lets a listener of a new service forward to the group. */
function use(scenario: Scenario, targetGroupIdentifier: string, name = 'user') {
  const serviceIdentifier = scenario.run(createService, { name }).id;
  const { listener } = scenario.run(createListener, {
    serviceIdentifier,
    name: 'http',
    protocol: 'HTTP',
    defaultAction: { kind: 'forward', targetGroups: [{ targetGroupIdentifier }] },
  });
  return { serviceIdentifier, listenerIdentifier: listener.id };
}

const http1 = {
  enabled: true,
  protocol: 'HTTP',
  protocolVersion: 'HTTP1',
  path: '/',
  intervalSeconds: 30,
  timeoutSeconds: 5,
  healthyThreshold: 5,
  unhealthyThreshold: 2,
  matcher: '200',
};

test('createTargetGroup() shows the health check defaults that clients compare', () => {
  const scenario = createScenario();
  assert.deepEqual(make(scenario).healthCheck, http1);
  assert.deepEqual(make(scenario, { protocolVersion: 'GRPC' }).healthCheck, { ...http1, enabled: false });
  const http2 = { ...http1, enabled: false, protocolVersion: 'HTTP2' };
  assert.deepEqual(make(scenario, { protocolVersion: 'HTTP2' }).healthCheck, http2);
  assert.deepEqual(make(scenario, { protocol: 'TCP', port: 53 }).healthCheck, { enabled: false });
  assert.equal(make(scenario, {}, 'ALB').healthCheck, undefined);
  assert.equal(make(scenario, { protocol: 'HTTPS' }).port, 443);
});

test('createTargetGroup() of type LAMBDA has nothing but the event version', () => {
  const scenario = createScenario();
  const group = scenario.run(createTargetGroup, { name: 'function', type: 'LAMBDA' });
  assert.deepEqual([group.lambdaEventStructureVersion, group.protocol], [undefined, undefined]);
  const configured = scenario.run(createTargetGroup, { name: 'configured', type: 'LAMBDA', config: {} });
  assert.equal(configured.lambdaEventStructureVersion, 'V1');
  const wrong = { name: 'other', type: 'LAMBDA', config: { port: 80 } } as const;
  assert.equal(scenario.refused(createTargetGroup, wrong).kind, 'Validation');
  assert.equal(scenario.refused(createTargetGroup, { name: 'function', type: 'LAMBDA' }).kind, 'Conflict');
});

test('updateTargetGroup() keeps what is absent and resets with 0 and the empty text', () => {
  const scenario = createScenario();
  const { id: targetGroupIdentifier } = make(scenario, { healthCheck: { path: '/up', port: 81, intervalSeconds: 10 } });
  const update = (healthCheck: Parameters<typeof updateTargetGroup>[1]['healthCheck']) =>
    scenario.run(updateTargetGroup, { targetGroupIdentifier, healthCheck }).healthCheck;
  assert.deepEqual(update({ matcher: '200-299,404' }), {
    ...http1,
    path: '/up',
    port: 81,
    intervalSeconds: 10,
    matcher: '200-299,404',
  });
  assert.deepEqual(update({ path: '', port: 0, intervalSeconds: 0, matcher: '' }), http1);
});

const wrongChecks: readonly TargetGroupConfigInput['healthCheck'][] = [
  { intervalSeconds: 4 },
  { healthyThreshold: 1 },
  { matcher: '500' },
  { matcher: '299-200' },
  { protocol: 'TCP' },
  { path: 'up' },
];
for (const healthCheck of wrongChecks)
  test(`updateTargetGroup() refuses ${JSON.stringify(healthCheck)}`, () => {
    const scenario = createScenario();
    const { id: targetGroupIdentifier } = make(scenario);
    assert.ok(healthCheck !== undefined);
    assert.equal(scenario.refused(updateTargetGroup, { targetGroupIdentifier, healthCheck }).kind, 'Validation');
  });

test('registerTargets() reports what is outside of the VPC and refuses what is no address', () => {
  const scenario = createScenario();
  const group = make(scenario);
  const register = (...ids: readonly string[]) => ({
    targetGroupIdentifier: group.arn,
    targets: ids.map((id) => ({ id })),
  });
  const { successful, unsuccessful } = scenario.run(registerTargets, register('10.0.1.10', '10.0.1.10', '10.1.0.1'));
  assert.deepEqual(successful, [{ id: '10.0.1.10', port: 80 }]);
  assert.deepEqual(
    unsuccessful.map((one) => [one.id, one.failureCode]),
    [['10.1.0.1', 'InvalidTarget']],
  );
  for (const id of ['10.0.1', 'i-0123456789abcdef0', '::1', ''])
    assert.equal(scenario.refused(registerTargets, register(id)).kind, 'Validation', id);
});

test('registerTargets() takes addresses of the subnets only, when the VPC has any', () => {
  const scenario = createScenario();
  const group = make(scenario);
  const register = (id: string) =>
    scenario.run(registerTargets, { targetGroupIdentifier: group.id, targets: [{ id }] }).unsuccessful[0];
  assert.equal(register('10.0.9.1'), undefined);
  scenario.run(createSubnet, { vpcId: group.vpcId ?? '', cidrBlock: '10.0.1.0/24' });
  assert.equal(register('10.0.1.1'), undefined);
  assert.match(register('10.0.9.2')?.failureMessage ?? '', /in no subnet of the VPC vpc-\w+ \(10\.0\.1\.0\/24\)/);
});

test('registerTargets() takes IPv6 addresses only where they are carried', () => {
  const scenario = createScenario();
  const netns = make(scenario, { ipAddressType: 'IPV6' });
  const register = (targetGroupIdentifier: string, id: string) =>
    scenario.run(registerTargets, { targetGroupIdentifier, targets: [{ id }] }).unsuccessful[0]?.failureMessage;
  assert.match(register(netns.id, '::1') ?? '', /VPCs have no IPv6 ranges yet; on loopback ::1 is carried/);
  const vpc = scenario.run(createVpc, { cidrBlock: '10.0.0.0/16', attachment: { kind: 'loopback' } });
  const config = { protocol: 'HTTP', vpcIdentifier: vpc.id, ipAddressType: 'IPV6' } as const;
  const loopback = scenario.run(createTargetGroup, { name: 'loopback', type: 'IP', config });
  assert.equal(register(loopback.id, '::1'), undefined);
  assert.match(register(loopback.id, 'fd00::1') ?? '', /not in the VPC/);
});

test('registerTargets() of type ALB takes a name, and an ARN that the configuration knows', () => {
  const scenario = createScenario();
  const arn = (name: string): string =>
    `arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/app/${name}/50dc6c495c0c9188`;
  scenario.run(applyConfiguredLoadBalancers, { loadBalancers: [{ arn: arn('known'), dnsName: 'lb.test' }] });
  const register = (id: string) => ({ targetGroupIdentifier: make(scenario, {}, 'ALB').id, targets: [{ id }] });
  for (const id of [arn('known'), 'internal-web-1.us-east-1.elb.amazonaws.com'])
    assert.deepEqual(scenario.run(registerTargets, register(id)).successful, [{ id, port: 80 }]);
  const [failure] = scenario.run(registerTargets, register(arn('other'))).unsuccessful;
  assert.match(failure?.failureMessage ?? '', /give its name under loadBalancers in pergola.yaml/);
  for (const id of ['web', 'a b.test', '-a.test', arn('known').replace('/app/', '/net/')])
    assert.equal(scenario.refused(registerTargets, register(id)).kind, 'Validation', id);
  assert.equal(scenario.run(applyConfiguredLoadBalancers, { loadBalancers: [] }), 1);
});

test('registerTargets() takes a load balancer into two groups, by name into any', () => {
  const scenario = createScenario();
  const arn = 'arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/app/web/50dc6c495c0c9188';
  scenario.run(applyConfiguredLoadBalancers, { loadBalancers: [{ arn, dnsName: 'lb.test' }] });
  const groups = [1, 2, 3].map(() => make(scenario, {}, 'ALB').id);
  const register = (group: string | undefined, id: string) => {
    const { unsuccessful } = scenario.run(registerTargets, { targetGroupIdentifier: group ?? '', targets: [{ id }] });
    return unsuccessful.map(({ failureCode }) => failureCode);
  };
  assert.deepEqual([register(groups[0], arn), register(groups[1], arn), register(groups[1], arn)], [[], [], []]);
  assert.deepEqual(register(groups[2], arn), ['TargetGroupAssociationLimit']);
  assert.deepEqual(register(groups[2], 'lb.test'), []);
});

test('deregisterTargets() drains for a minute in a used group, and registering again ends that', () => {
  const scenario = createScenario();
  const group = make(scenario);
  use(scenario, group.id);
  const input = { targetGroupIdentifier: group.id, targets: [{ id: '10.0.1.10' }] };
  scenario.run(registerTargets, input);
  const statuses = () =>
    [...listTargets(scenario.state, group).read()].map(
      (target) => targetStatus(scenario.state, group, target, undefined).status,
    );
  assert.deepEqual(statuses(), ['INITIAL']);
  scenario.run(deregisterTargets, input);
  assert.deepEqual(statuses(), ['DRAINING']);
  scenario.run(registerTargets, input);
  assert.deepEqual(statuses(), ['INITIAL']);
  scenario.run(deregisterTargets, input);
  scenario.now += 59_999;
  scenario.run(sweep, defaultSweep);
  assert.deepEqual(statuses(), ['DRAINING']);
  scenario.now += 1;
  scenario.run(sweep, defaultSweep);
  assert.deepEqual(statuses(), []);
  assert.equal(scenario.run(deregisterTargets, input).unsuccessful[0]?.failureCode, 'TargetNotFound');
});

test('targetStatus() says UNUSED without a service and UNAVAILABLE without checks', () => {
  const scenario = createScenario();
  const group = make(scenario, { healthCheck: { enabled: false } });
  const input = { targetGroupIdentifier: group.id, targets: [{ id: '10.0.1.10', port: 8080 }] };
  scenario.run(registerTargets, input);
  const [target] = listTargets(scenario.state, group, [{ id: '10.0.1.10' }]).read();
  assert.ok(target !== undefined);
  const status = () => targetStatus(scenario.state, group, target, { health: 'HEALTHY' });
  assert.deepEqual(status(), { status: 'UNUSED', reasonCode: 'Target.NotInUse' });
  use(scenario, group.id);
  assert.deepEqual(status(), { status: 'UNAVAILABLE', reasonCode: 'Target.HealthCheckDisabled' });
});

test('targetStatus() says what data planes report, with the reason of a failure', () => {
  const scenario = createScenario();
  const group = make(scenario);
  use(scenario, group.id);
  scenario.run(registerTargets, { targetGroupIdentifier: group.id, targets: [{ id: '10.0.1.10' }] });
  const [target] = listTargets(scenario.state, group).read();
  assert.ok(target !== undefined);
  const status = (observed: Parameters<typeof targetStatus>[3]) =>
    targetStatus(scenario.state, group, target, observed);
  assert.deepEqual(status(undefined), { status: 'INITIAL', reasonCode: 'Target.InitialHealthChecking' });
  assert.deepEqual(status({ health: 'HEALTHY' }), { status: 'HEALTHY' });
  const failing = { health: 'UNHEALTHY', reasonCode: 'Target.Timeout' } as const;
  assert.deepEqual(status(failing), { status: 'UNHEALTHY', reasonCode: 'Target.Timeout' });
});

test('targetStatus() says UNHEALTHY of an instance that does not stand, whatever was seen before', () => {
  const scenario = createScenario();
  const group = make(scenario, {}, 'INSTANCE');
  use(scenario, group.id);
  scenario.run(registerTargets, { targetGroupIdentifier: group.id, targets: [{ id: 'i-0123456789abcdef0' }] });
  const [target] = listTargets(scenario.state, group).read();
  assert.ok(target !== undefined);
  assert.deepEqual(targetStatus(scenario.state, group, target, { health: 'HEALTHY' }), {
    status: 'UNHEALTHY',
    reasonCode: 'Target.InvalidState',
  });
});

test('deleteTargetGroup() is refused while there are targets, and done when the data plane obeys', () => {
  const scenario = createScenario();
  const group = make(scenario);
  const call = { targetGroupIdentifier: group.id };
  const targets = [{ id: '10.0.1.10' }, { id: '10.0.1.11' }];
  scenario.run(registerTargets, { ...call, targets });
  assert.match(scenario.refused(deleteTargetGroup, call).message, /2 registered targets/);
  const place = use(scenario, group.id);
  scenario.run(deregisterTargets, { ...call, targets });
  assert.match(scenario.refused(deleteTargetGroup, call).message, /is used by the rule/);
  scenario.run(deleteListener, place);
  const refusal = scenario.refused(deleteTargetGroup, call);
  assert.equal(refusal.kind, 'Conflict');
  assert.match(refusal.message, /2 targets that are DRAINING/);
  scenario.now += 60_000;
  scenario.run(sweep, defaultSweep);

  assert.equal(scenario.run(deleteTargetGroup, call).status, 'DELETE_IN_PROGRESS');
  const { revision } = scenario.state;
  assert.equal(scenario.run(deleteTargetGroup, call).status, 'DELETE_IN_PROGRESS');
  assert.equal(scenario.state.revision, revision, 'deleting again changes nothing');
  assert.equal(scenario.refused(registerTargets, { ...call, targets }).kind, 'Conflict');
  assert.equal(scenario.refused(updateTargetGroup, { ...call, healthCheck: { path: '/x' } }).kind, 'Conflict');
  assert.throws(() => use(scenario, group.id, 'other'), /DELETE_IN_PROGRESS/);
  const again = { name: group.name, type: 'LAMBDA' } as const;
  assert.match(scenario.refused(createTargetGroup, again).message, /already exists/);
  scenario.run(advanceStatuses, { obeyedRevision: revision - 1 });
  assert.equal(scenario.state.tables.targetGroup.size, 1);
  scenario.run(advanceStatuses, { obeyedRevision: revision });
  assert.equal(scenario.state.tables.targetGroup.size, 0);
  assert.equal(scenario.refused(deleteTargetGroup, call).kind, 'ResourceNotFound');
});

test('registerTargets() takes exactly one function of the account and region', () => {
  const scenario = createScenario();
  const group = scenario.run(createTargetGroup, { name: 'function', type: 'LAMBDA' });
  const arn = (name: string, account = '123456789012'): string =>
    `arn:aws:lambda:us-east-1:${account}:function:${name}`;
  const register = (...ids: readonly string[]) => ({
    targetGroupIdentifier: group.id,
    targets: ids.map((id) => ({ id })),
  });
  assert.equal(scenario.refused(registerTargets, register(arn('a', '111111111111'))).kind, 'Validation');
  assert.equal(scenario.refused(registerTargets, register(arn('a'), arn('b'))).kind, 'Validation');
  assert.deepEqual(scenario.run(registerTargets, register(arn('a'))).successful, [{ id: arn('a') }]);
  assert.equal(scenario.refused(registerTargets, register(arn('b'))).kind, 'Conflict');
});
