// The world of a worker from snapshot to snapshot: what is kept and what is not.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Snapshot } from '../snapshot/index.ts';
import { HOST, sampleSnapshot } from './snapshot-sample.ts';
import { createWorldCompiler, type CompiledRule, type World } from './world.ts';

const forward = (...weights: readonly number[]) => ({
  kind: 'forward' as const,
  targetGroups: weights.map((weight, i) => ({ id: `tg-${i}`, weight })),
});

function sample(revision: number, action: ReturnType<typeof forward>): Snapshot {
  return sampleSnapshot(80, [{ id: 'default', action }], { 'tg-0': [1], 'tg-1': [2] }, revision);
}

function ruleOf(world: World): CompiledRule {
  return world.services.get('svc-1')?.listeners.get(80)?.index.rules[0] ?? assert.fail('no rule');
}

function picks(world: World, count: number): string {
  return Array.from({ length: count }, () => ruleOf(world).picker?.next()).join('');
}

/** The snapshot with its one service changed. */
function withService(snapshot: Snapshot, revision: number, change: object): Snapshot {
  const service = snapshot.services.get('svc-1') ?? assert.fail();
  return { ...snapshot, revision, services: new Map([['svc-1', { ...service, revision, ...change }]]) };
}

test('compile() takes over by identity what did not change', () => {
  const compiler = createWorldCompiler(0);
  const first = sample(1, forward(1));
  const before = compiler.compile(first);
  const rule = ruleOf(before);
  const doors = before.vpcs.get('vpc-1')?.doorsByAddress;
  const after = compiler.compile({ ...first, revision: 2, targetGroups: new Map() });
  assert.equal(after.revision, 2);
  assert.equal(ruleOf(after), rule);
  assert.equal(after.vpcs.get('vpc-1')?.doorsByAddress, doors);
  const other = { ...(first.services.get('svc-1') ?? assert.fail()), id: 'svc-2', domainNames: ['other.example'] };
  const more = compiler.compile({ ...first, revision: 3, services: new Map([...first.services, ['svc-2', other]]) });
  assert.equal(ruleOf(more), rule);
});

test('compile() lets a picker go on while its action is the same, also over changes that no request saw', () => {
  const compiler = createWorldCompiler(0);
  const first = sample(1, forward(3, 1));
  const whole = picks(createWorldCompiler(0).compile(first), 8);
  const begun = picks(compiler.compile(first), 3);
  compiler.compile(withService(first, 2, { name: 'a' }));
  compiler.compile(withService(first, 3, { name: 'b' }));
  const last = compiler.compile(withService(first, 4, { name: 'c' }));
  assert.equal(begun + picks(last, 5), whole);
});

test('compile() begins a new round when the action is another one', () => {
  const compiler = createWorldCompiler(0);
  picks(compiler.compile(sample(1, forward(3, 1))), 3);
  assert.equal(
    picks(compiler.compile(sample(2, forward(1, 3))), 4),
    picks(createWorldCompiler(0).compile(sample(2, forward(1, 3))), 4),
  );
});

test('compile() serves each request by the world that it came in, whatever is compiled meanwhile', () => {
  const compiler = createWorldCompiler(0);
  const old = compiler.compile(sample(1, forward(1, 0)));
  compiler.compile(sample(2, forward(0, 1)));
  assert.equal(picks(old, 2), '00');
});

test('compile() follows names: those of a service that changes, comes or goes', () => {
  const compiler = createWorldCompiler(0);
  const first = sample(1, forward(1));
  const names = (world: World): readonly string[] => [
    ...(world.vpcs.get('vpc-1')?.doorsByAddress.get('127.190.0.1')?.servicesByHost.keys() ?? []),
  ];
  assert.deepEqual(names(compiler.compile(first)), [HOST]);
  assert.deepEqual(names(compiler.compile(withService(first, 2, { domainNames: ['a.example', 'b.example'] }))), [
    'a.example',
    'b.example',
  ]);
  assert.deepEqual(names(compiler.compile({ ...first, revision: 3, services: new Map() })), []);
  assert.deepEqual(names(compiler.compile({ ...first, revision: 4 })), [HOST]);
});

test('compile() lays out the addresses of each VPC for the networks that it has doors to', () => {
  const compiler = createWorldCompiler(0);
  const first = sample(1, forward(1));
  const vpc = first.vpcs.get('vpc-1') ?? assert.fail();
  const netns = { ...vpc, id: 'vpc-2', attachment: { kind: 'netns' as const } };
  const door = { id: 'snva-2', revision: 2, vpcId: 'vpc-2', serviceNetworkId: 'sn-1', securityGroups: [] };
  const both: Snapshot = {
    ...first,
    revision: 2,
    vpcs: new Map([
      ['vpc-1', vpc],
      ['vpc-2', netns],
    ]),
    doors: new Map([...first.doors, ['snva-2', door]]),
  };
  const addresses = (world: World, id: string): readonly string[] => [
    ...(world.vpcs.get(id)?.doorsByAddress.keys() ?? []),
  ];
  const world = compiler.compile(both);
  assert.deepEqual(addresses(world, 'vpc-1'), ['127.190.0.1']);
  assert.deepEqual(addresses(world, 'vpc-2'), ['169.254.171.1', 'fd00:ec2:80::a9fe:ab01']);
  assert.deepEqual(addresses(compiler.compile({ ...both, revision: 3, doors: first.doors }), 'vpc-2'), []);
  const network = first.networks.get('sn-1') ?? assert.fail();
  const moved = { ...network, revision: 4, components: network.components.map((one) => ({ ...one, index: 2 })) };
  assert.deepEqual(
    addresses(compiler.compile({ ...first, revision: 4, networks: new Map([['sn-1', moved]]) }), 'vpc-1'),
    ['127.190.0.2'],
  );
});
