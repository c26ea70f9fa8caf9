// What a network does about what it knows of the machine, and loopback about namespaces that an earlier server left.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { emptySnapshot } from '../snapshot/index.ts';
import { desiredNetwork } from './desired.ts';
import { KernelModel } from './kernel-model.ts';
import { createNetwork } from './network.ts';
import { plan } from './plan.ts';
import type { Run } from './run.ts';
import { sampleSnapshot } from './snapshot-sample.ts';
import type { Command } from './state.ts';

async function settle(run: Run): Promise<readonly string[]> {
  return (await createNetwork('pg1-', 'loopback', run).settle(emptySnapshot, [], new Map())).problems;
}

const list =
  (...names: readonly string[]): Run =>
  ({ argv }) =>
    argv[0] === 'ip'
      ? Promise.resolve(JSON.stringify(names.map((name) => ({ name }))))
      : Promise.reject(new Error('nsenter: Operation not permitted'));

test('settle() on loopback says which namespaces it may not look at', async () => {
  const problems = await settle(list('pg1-core', 'pg2-core', 'pg1-vpc-a'));
  assert.deepEqual(problems, [
    'The namespaces pg1-core, pg1-vpc-a of an earlier server are left as they are: nsenter: Operation not permitted',
  ]);
});

test('settle() on loopback has no problem where there are no namespaces of ours, or none can be listed', async () => {
  assert.deepEqual(await settle(list('pg2-core')), []);
  assert.deepEqual(await settle(() => Promise.reject(new Error('spawn ip ENOENT'))), []);
});

/** A machine without namespaces that obeys on a model. */
function modelMachine() {
  const model = new KernelModel();
  const commands: Command[] = [];
  const run: Run = (command) => {
    if (command.argv[1] === '-j') return Promise.resolve('[]');
    commands.push(command);
    model.run(command);
    return Promise.resolve('');
  };
  return { model, commands, network: createNetwork('pg-', 'netns', run) };
}

test('settle() comes by many changes to what the last one asks for, and then has nothing to do', async () => {
  const wish = fc.record({
    vpcs: fc.subarray(['vpc-a', 'vpc-b', 'vpc-c']),
    places: fc.subarray(['vpc-a', 'vpc-b']),
    open: fc.subarray(['169.254.171.7 . 80', '169.254.171.7 . 443']),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(wish, { maxLength: 5 }), async (wishes) => {
      const { model, commands, network } = modelMachine();
      for (const { vpcs, places, open: pairs } of wishes) {
        const snapshot = sampleSnapshot({ vpcs });
        const workloads = places.map((vpcId) => ({ vpcId, address: '10.0.1.10', securityGroups: [] }));
        const open = new Map([['vpc-a', new Set(pairs)]]);
        const { blocks } = await network.settle(snapshot, workloads, open);
        const desired = desiredNetwork(snapshot, { attach: 'netns', prefix: 'pg-', blocks, workloads, open });
        assert.deepEqual(plan(desired.network, model.observed, 'pg-core'), []);
        commands.length = 0;
        await network.settle(sampleSnapshot({ vpcs }), workloads, open);
        assert.deepEqual(commands, []);
      }
    }),
    { numRuns: 50 },
  );
});

test('settle() touches only the core and a new VPC, and only the router whose doors open', async () => {
  const { commands, network } = modelMachine();
  await network.settle(sampleSnapshot({ vpcs: ['vpc-a'] }), [], new Map());
  commands.length = 0;
  await network.settle(sampleSnapshot(), [], new Map());
  assert.doesNotMatch(JSON.stringify(commands), /vpc-a/);
  commands.length = 0;
  await network.settle(sampleSnapshot(), [], new Map([['vpc-b', new Set(['169.254.171.7 . 80'])]]));
  assert.deepEqual(
    commands.map(({ argv }) => argv),
    [['nsenter', '--net=/run/netns/pg-vpc-b', 'nft', '-f', '-']],
  );
});
