// A VPC for which the machine refuses a command: it stands as it was, and all others come to their right.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createNetwork } from '../../src/network/network.ts';
import { namePrefix, workloadName } from '../../src/network/names.ts';
import { CommandFailure, runCommand, type Run } from '../../src/network/run.ts';
import { sampleSnapshot } from '../../src/network/snapshot-sample.ts';
import { inside, needsNamespaces } from './lab.ts';

test(
  'settle() leaves a VPC alone whose packet filter the machine refuses, until it takes it',
  needsNamespaces,
  async (t) => {
    const prefix = namePrefix(`/test/${process.pid}/${t.fullName}`);
    let refused: string | undefined;
    const run: Run = (command) =>
      refused !== undefined && command.argv.includes('nft') && command.argv.some((word) => word.endsWith(refused ?? ''))
        ? Promise.reject(new CommandFailure(command, 'status 1: Message too long'))
        : runCommand(command);
    const network = createNetwork(prefix, 'netns', run);
    t.after(() => network.remove());
    const rule = (port: number) => ({
      ...({
        id: `sgr-${port}`,
        protocol: 'tcp',
        fromPort: port,
        toPort: port,
        cidrs: ['10.0.0.0/16'],
        groups: [],
      } as const),
    });
    const snapshot = (vpcs: readonly string[], port: number) =>
      sampleSnapshot({
        ...{ vpcs, doorGroups: ['sg-door'], revision: port },
        securityGroups: [{ id: 'sg-door', name: 'door', ingress: [rule(port)], egress: [] }],
      });
    const at = (vpcId: string, address = '10.0.1.10') => ({ vpcId, address, securityGroups: [] });
    const filterOf = (vpcId: string): string => inside(`${prefix}${vpcId}`, 'nft', 'list', 'ruleset');
    const pid = (vpcId: string): string =>
      inside(workloadName(prefix, vpcId, '10.0.1.10'), 'readlink', '/proc/self/ns/net');

    const first = await network.settle(snapshot(['vpc-a', 'vpc-b'], 80), [at('vpc-a'), at('vpc-b')], new Map());
    assert.deepEqual([first.problems, first.unsettled.size], [[], 0]);
    const workload = pid('vpc-b');

    refused = `${prefix}vpc-b`;
    const places = [at('vpc-a'), at('vpc-b'), at('vpc-b', '10.0.1.11'), at('vpc-c')];
    const second = await network.settle(snapshot(['vpc-a', 'vpc-b', 'vpc-c'], 81), places, new Map());
    assert.deepEqual([...second.unsettled], [['vpc-b', 'VPC vpc-b stands as it was: status 1: Message too long']]);
    assert.deepEqual(second.problems, [...second.unsettled.values()]);
    assert.match(filterOf('vpc-a'), /sgr-81/);
    assert.match(filterOf('vpc-c'), /sgr-81/);
    assert.match(filterOf('vpc-b'), /sgr-80/);
    assert.equal(pid('vpc-b'), workload, 'its workload was made anew');

    // A new one that is refused is not attached; nothing of it may stand open.
    refused = `${prefix}vpc-d`;
    const third = await network.settle(
      snapshot(['vpc-a', 'vpc-b', 'vpc-c', 'vpc-d'], 82),
      [...places, at('vpc-d')],
      new Map(),
    );
    assert.deepEqual([...third.unsettled.keys()], ['vpc-d']);
    for (const vpcId of ['vpc-a', 'vpc-b', 'vpc-c']) assert.match(filterOf(vpcId), /sgr-82/, vpcId);
    assert.doesNotMatch(
      inside(`${prefix}vpc-d`, 'ip', '-o', 'link'),
      /\bw[0-9a-f]{8}\b/,
      'a workload behind no filter',
    );

    refused = undefined;
    const last = await network.settle(
      snapshot(['vpc-a', 'vpc-b', 'vpc-c', 'vpc-d'], 83),
      [...places, at('vpc-d')],
      new Map(),
    );
    assert.deepEqual([last.problems, last.unsettled.size], [[], 0]);
    for (const vpcId of ['vpc-a', 'vpc-b', 'vpc-c', 'vpc-d']) assert.match(filterOf(vpcId), /sgr-83/, vpcId);
    assert.equal(pid('vpc-b'), workload);
    assert.match(inside(`${prefix}vpc-d`, 'ip', '-o', 'link'), /\bw0a00010a\b/);
  },
);
