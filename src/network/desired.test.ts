import assert from 'node:assert/strict';
import { test } from 'node:test';
import { desiredNetwork, observedBlocks } from './desired.ts';
import { KernelModel } from './kernel-model.ts';
import { asksForTheSame } from './listeners.ts';
import { plan } from './plan.ts';
import { sampleSnapshot } from './snapshot-sample.ts';

const options = {
  attach: 'netns',
  prefix: 'pg-',
  blocks: new Map<string, number>(),
  workloads: [],
  open: new Map(),
} as const;

test('desiredNetwork() keeps the blocks that VPCs have and gives others the lowest free one', () => {
  const snapshot = sampleSnapshot({ vpcs: ['vpc-a', 'vpc-b', 'vpc-c'] });
  const { blocks } = desiredNetwork(snapshot, {
    ...options,
    blocks: new Map([
      ['vpc-b', 0],
      ['vpc-gone', 1],
    ]),
  });
  assert.deepEqual(Object.fromEntries(blocks), { 'vpc-a': 1, 'vpc-b': 0, 'vpc-c': 2 });
});

test('desiredNetwork() gives two VPCs that claim one block different ones', () => {
  const { blocks } = desiredNetwork(sampleSnapshot(), {
    ...options,
    blocks: new Map([
      ['vpc-a', 4],
      ['vpc-b', 4],
    ]),
  });
  assert.deepEqual(
    [...blocks],
    [
      ['vpc-a', 4],
      ['vpc-b', 0],
    ],
  );
});

test('desiredNetwork() takes what asks for the same from the parts of an earlier answer', () => {
  const workloads = [{ vpcId: 'vpc-a', address: '10.0.1.10', securityGroups: [] }];
  const snapshot = sampleSnapshot();
  const first = desiredNetwork(snapshot, { ...options, workloads });
  const open = new Map([['vpc-b', new Set(['169.254.171.7 . 80'])]]);
  const { network } = desiredNetwork(snapshot, { ...options, ...first, workloads: structuredClone(workloads), open });
  const other = [...network].filter(([name, state]) => state !== first.network.get(name)).map(([name]) => name);
  assert.deepEqual(other, ['pg-vpc-b']);
  const moved = desiredNetwork(snapshot, { ...options, ...first, workloads, blocks: new Map([['vpc-a', 7]]) });
  const names = [...moved.network].filter(([name, state]) => state !== first.network.get(name)).map(([name]) => name);
  assert.deepEqual(names, ['pg-core', 'pg-vpc-a', 'pg-vpc-a-10.0.1.10', 'pg-vpc-b']);
});

test('desiredNetwork() says why a VPC cannot be attached', () => {
  const snapshot = sampleSnapshot({
    vpcs: ['vpc-a', 'vpc-b', 'vpc/c'],
    attachment: (place) =>
      place === 0 ? { kind: 'loopback', n: 1 } : place === 1 ? { kind: 'netns', path: '/x' } : { kind: 'netns' },
  });
  const { network, problems } = desiredNetwork(snapshot, options);
  assert.deepEqual([...network.keys()], ['pg-core']);
  assert.equal(problems.length, 3);
});

test('observedBlocks() reads back the blocks that were planned', () => {
  const model = new KernelModel();
  const { network, blocks } = desiredNetwork(sampleSnapshot(), { ...options, blocks: new Map([['vpc-b', 300]]) });
  for (const command of plan(network, model.observed, 'pg-core').flat()) model.run(command);
  assert.deepEqual(observedBlocks(model.observed, 'pg-'), blocks);
});

test('asksForTheSame() looks at the ports of changed services only', () => {
  const before = sampleSnapshot();
  const again = sampleSnapshot();
  const same = { ...before, revision: 2, services: again.services };
  assert.equal(asksForTheSame(before, same), true);
  assert.equal(asksForTheSame(before, { ...same, services: sampleSnapshot({ ports: [81] }).services }), false);
  assert.equal(asksForTheSame(before, { ...before, vpcs: again.vpcs }), false);
});
