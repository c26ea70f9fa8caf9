// Target groups from snapshot to snapshot: health, round robin and connections of what stays.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createManualClock } from '../../base/clock.ts';
import type { Snapshot, TargetGroupRecord } from '../../snapshot/index.ts';
import { createCounterSet } from '../../telemetry/index.ts';
import { defaultProxyLimits } from '../limits.ts';
import { createMetrics } from '../metrics.ts';
import { sampleSnapshot } from '../snapshot-sample.ts';
import { createTargetGroups } from './groups.ts';
import { pickTarget, type GroupState } from './target-state.ts';

function open() {
  const told: string[] = [];
  const counter = { value: 0 };
  const clock = createManualClock();
  const answers = new Map<string, readonly string[]>();
  const groups = createTargetGroups({
    limits: defaultProxyLimits,
    clock,
    counters: {
      ...{ sourcePortsExhausted: counter, nameFailures: counter },
    },
    metrics: createMetrics(createCounterSet()),
    zoneOf: () => '',
    tls: { verify: false },
    resolve: (_vpcId, name) => Promise.resolve({ addresses: answers.get(name) ?? [], ttl: 60 }),
    sources: () => ['127.90.255.254'],
    changed: ({ record }) => void told.push(`+${record.id}`),
    gone: (id) => void told.push(`-${id}`),
  });
  return {
    groups,
    told,
    clock,
    answers,
    get: (id: string): GroupState => groups.find(id) ?? assert.fail(`no group ${id}`),
  };
}

const sample = (revision: number, groups: Readonly<Record<string, readonly number[]>>): Snapshot =>
  sampleSnapshot(80, [], groups, revision);

function withGroup(snapshot: Snapshot, id: string, change: Partial<TargetGroupRecord>): Snapshot {
  const group = snapshot.targetGroups.get(id) ?? assert.fail();
  return { ...snapshot, targetGroups: new Map([...snapshot.targetGroups, [id, { ...group, ...change }]]) };
}

test('update() keeps health, place in the round and connections of targets that stay', () => {
  const { groups, get } = open();
  groups.update(sample(1, { 'tg-1': [1, 2, 3] }));
  for (const port of [1, 2, 3]) groups.setHealth('tg-1', `127.0.0.1|${port}`, { health: 'healthy' });
  const before = get('tg-1');
  assert.equal(pickTarget(before)?.record.port, 1);
  groups.update(sample(2, { 'tg-1': [1, 2, 3, 4] }));
  const after = get('tg-1');
  assert.equal(pickTarget(after)?.record.port, 2);
  assert.deepEqual(
    after.targets.slice(0, 3).map(({ pool, health }) => [pool, health]),
    before.targets.map(({ pool }) => [pool, 'healthy']),
  );
  assert.equal(after.targets[3]?.health, 'initial');
});

test('update() tells of what is new, changed or gone, and of nothing else', () => {
  const { groups, told } = open();
  const first = sample(1, { 'tg-1': [1], 'tg-2': [2] });
  groups.update(first);
  assert.deepEqual(told.splice(0), ['+tg-1', '+tg-2']);
  groups.update({ ...first, revision: 2 });
  groups.update({ ...first, revision: 3, targetGroups: new Map(first.targetGroups) });
  assert.deepEqual(told.splice(0), []);
  groups.update(withGroup(first, 'tg-2', { revision: 4 }));
  assert.deepEqual(told.splice(0), ['+tg-2']);
  groups.update(sample(5, {}));
  assert.deepEqual(told.splice(0), ['-tg-1', '-tg-2']);
  assert.equal(groups.find('tg-1'), undefined);
});

test('a target that drains is the same until it goes; one that comes back begins anew', () => {
  const { groups, get } = open();
  const first = sample(1, { 'tg-1': [1] });
  groups.update(first);
  groups.setHealth('tg-1', '127.0.0.1|1', { health: 'healthy' });
  const { pool } = get('tg-1').targets[0] ?? assert.fail();
  const targets = [{ id: '127.0.0.1', port: 1, address: '127.0.0.1', draining: true }];
  groups.update(withGroup(first, 'tg-1', { revision: 2, targets }));
  assert.equal(get('tg-1').targets[0]?.pool, pool);
  assert.equal(pickTarget(get('tg-1')), undefined);
  groups.update(sample(3, { 'tg-1': [] }));
  groups.update(sample(4, { 'tg-1': [1] }));
  assert.equal(get('tg-1').targets[0]?.health, 'initial');
  assert.notEqual(get('tg-1').targets[0]?.pool, pool);
});

test('a target that is registered again while it drains begins as initial, with a pool that keeps connections', () => {
  const { groups, get } = open();
  const first = sample(1, { 'tg-1': [1] });
  groups.update(first);
  groups.setHealth('tg-1', '127.0.0.1|1', { health: 'unhealthy', reason: 'Target.Timeout' });
  const { pool } = get('tg-1').targets[0] ?? assert.fail();
  const targets = [{ id: '127.0.0.1', port: 1, address: '127.0.0.1', draining: true }];
  groups.update(withGroup(first, 'tg-1', { revision: 2, targets }));
  groups.update(first);
  const again = get('tg-1').targets[0] ?? assert.fail();
  assert.deepEqual([again.health, again.reason], ['initial', undefined]);
  assert.notEqual(again.pool, pool);
});

test('health is unavailable without checks and initial when they begin', () => {
  const { groups, get } = open();
  const first = sample(1, { 'tg-1': [1] });
  const { healthCheck } = first.targetGroups.get('tg-1') ?? assert.fail();
  const off = { healthCheck: { ...healthCheck, enabled: false } };
  groups.update(withGroup(first, 'tg-1', off));
  assert.equal(get('tg-1').targets[0]?.health, 'unavailable');
  groups.update(first);
  assert.equal(get('tg-1').targets[0]?.health, 'initial');
});

test('setHealth() keeps what comes before its target does', () => {
  const { groups, get } = open();
  groups.setHealth('tg-1', '127.0.0.1|1', { health: 'healthy' });
  groups.update(sample(1, { 'tg-1': [1, 2] }));
  assert.deepEqual(
    get('tg-1').targets.map(({ health }) => health),
    ['healthy', 'initial'],
  );
});

test('a target without an address is none, and one of a loopback VPC is dialled at its place in 127/8', () => {
  const { groups, get } = open();
  const targets = [
    { id: 'i-1', port: 1, draining: false },
    ...['10.0.3.4', '127.0.0.9', '::1'].map((id) => ({ id, port: 1, address: id, draining: false })),
  ];
  groups.update(withGroup(sample(1, { 'tg-1': [] }), 'tg-1', { targets }));
  assert.deepEqual(
    get('tg-1').targets.map(({ ipPort, sources }) => [ipPort, sources()]),
    [
      ['127.90.3.4:1', ['127.90.255.254']],
      ['127.0.0.9:1', ['127.90.255.254']],
      ['[::1]:1', []],
    ],
  );
});

test('a target with a name is as many as the name has addresses, and what stays of them keeps its connections', async () => {
  const { groups, get, clock, answers } = open();
  answers.set('lb.test', ['10.0.1.2', '10.0.1.1', '192.0.2.1']);
  const targets = [{ id: 'lb.test', port: 80, dnsName: 'lb.test', draining: false }];
  groups.update(withGroup(sample(1, { 'tg-1': [] }), 'tg-1', { targets, type: 'ALB' }));
  assert.equal(pickTarget(get('tg-1')), undefined);
  await new Promise(setImmediate);
  const addresses = (): readonly string[] => get('tg-1').targets.map(({ address }) => address);
  assert.deepEqual(addresses(), ['127.90.1.1', '127.90.1.2', '192.0.2.1']);
  assert.deepEqual(get('tg-1').targets[2]?.sources(), []);
  const { pool } = get('tg-1').targets[0] ?? assert.fail();
  answers.set('lb.test', ['10.0.1.1']);
  clock.advance(60_000);
  await new Promise(setImmediate);
  assert.deepEqual(addresses(), ['127.90.1.1']);
  assert.equal(get('tg-1').targets[0]?.pool, pool);
});

test('in a namespace only addresses of the VPC are dialled, whatever a name stands for', async () => {
  const { groups, get, answers } = open();
  answers.set('lb.test', ['127.0.0.1', '10.0.1.1', '169.254.171.1', '192.0.2.1']);
  const targets = [{ id: 'lb.test', port: 80, dnsName: 'lb.test', draining: false }];
  const snapshot = withGroup(sample(1, { 'tg-1': [] }), 'tg-1', { targets, type: 'ALB' });
  const vpc = snapshot.vpcs.get('vpc-1') ?? assert.fail();
  groups.update({ ...snapshot, vpcs: new Map([['vpc-1', { ...vpc, attachment: { kind: 'netns' } }]]) });
  get('tg-1');
  await new Promise(setImmediate);
  assert.deepEqual(
    get('tg-1').targets.map(({ address }) => address),
    ['10.0.1.1'],
  );
});
