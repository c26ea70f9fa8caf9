// The agent on real namespaces: what it does for each snapshot, and what it leaves.

import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'node:test';
import { waitFor } from '../../src/base/watch.ts';
import { sampleSnapshot } from '../../src/network/snapshot-sample.ts';
import type { InstanceSpec, Snapshot } from '../../src/snapshot/index.ts';
import { enterCommand } from '../../src/workload/index.ts';
import { makeWorkload, openServer, until } from './lab-server.ts';
import { connectFrom, needsNamespaces } from './lab.ts';

function withInstances(snapshot: Snapshot, instances: readonly InstanceSpec[]): Snapshot {
  return { ...snapshot, vpcs: new Map([...snapshot.vpcs].map(([id, vpc]) => [id, { ...vpc, instances }])) };
}

function run(argv: readonly string[]): string {
  const [program = '', ...args] = argv;
  const { stdout, stderr } = spawnSync(program, args, { encoding: 'utf8' });
  return `${stdout}${stderr}`.trim();
}

test('an agent opens doors for a workload and closes them when the listener goes', needsNamespaces, async (t) => {
  const server = await openServer(t);
  const agent = server.start();
  server.snapshot.set(sampleSnapshot({ revision: 3 }));
  assert.equal(await until(agent, 3), 3);
  const workload = await makeWorkload(agent);
  assert.equal(workload.address, '10.0.1.254');
  const name = `${server.prefix}vpc-a-10.0.1.254`;
  assert.equal(connectFrom(name, '169.254.171.7', 80), 'vpc-a/tcp4/*:80 at 169.254.171.7 for 10.0.1.254');
  server.snapshot.set(sampleSnapshot({ revision: 4, ports: [] }));
  await until(agent, 4);
  assert.equal(connectFrom(name, '169.254.171.7', 80), 'ECONNREFUSED');
  await agent.workloads.remove(workload.id);
  assert.deepEqual(agent.workloads.list.value, []);
  assert.doesNotMatch(run(['ip', 'netns']), new RegExp(name));
});

test(
  'an agent obeys a revision that changes nothing for the network at once, without a process',
  needsNamespaces,
  async (t) => {
    const server = await openServer(t);
    const agent = server.start();
    const first = sampleSnapshot({ revision: 1 });
    server.snapshot.set(first);
    await until(agent, 1);
    await new Promise((resolve) => setImmediate(resolve));
    server.ran.length = 0;
    server.snapshot.set({ ...first, revision: 2, services: sampleSnapshot().services });
    assert.equal(agent.obeyed.value, 2);
    assert.deepEqual(server.ran, []);
  },
);

test('a workload has resolver files of its own', needsNamespaces, async (t) => {
  const server = await openServer(t);
  const agent = server.start();
  server.snapshot.set(sampleSnapshot({ revision: 1 }));
  await until(agent, 1);
  const workload = await makeWorkload(agent, '10.0.7.7');
  const enter = (...command: readonly string[]): string => run(enterCommand(workload, command));
  assert.equal(enter('cat', '/etc/resolv.conf'), 'nameserver 10.0.0.2');
  assert.match(enter('getent', 'hosts', 'localhost'), /localhost/);
  assert.notEqual(run(['cat', '/etc/resolv.conf']), 'nameserver 10.0.0.2');
  assert.equal(enter('sh', '-c', 'exit 7; echo no'), '');
  assert.deepEqual(workload.environment, { PERGOLA_ADDRESS: '10.0.7.7', PERGOLA_DNS: '10.0.0.2:53' });
});

test('a workload is removed with its processes when its lease ends', needsNamespaces, async (t) => {
  const server = await openServer(t);
  const agent = server.start();
  server.snapshot.set(sampleSnapshot({ revision: 1 }));
  await until(agent, 1);
  const workload = await makeWorkload(agent);
  const [program = '', ...args] = enterCommand(workload, ['sleep', '100']);
  const child = spawn(program, args, { stdio: 'ignore' });
  const ended = new Promise<NodeJS.Signals | null>((resolve) => child.on('exit', (_code, signal) => resolve(signal)));
  const closing = new AbortController();
  const gone = agent.workloads.lease(workload.id, closing.signal);
  await new Promise((resolve) => setTimeout(resolve, 100));
  closing.abort();
  assert.equal(await ended, 'SIGKILL');
  await gone;
  assert.deepEqual(agent.workloads.list.value, []);
});

test('an agent refuses workloads that cannot be', needsNamespaces, async (t) => {
  const server = await openServer(t);
  const agent = server.start();
  const placeholder = { id: 'i-1', name: 'web', address: '10.0.1.10', securityGroups: [] };
  const busy = { ...placeholder, id: 'i-2', name: 'run', address: '10.0.1.11', command: ['sleep', '100'] };
  server.snapshot.set(withInstances(sampleSnapshot({ revision: 1 }), [placeholder, busy]));
  await until(agent, 1);
  const made = await agent.workloads.create({ vpcId: 'vpc-a', instance: 'web', securityGroups: [] });
  assert.ok('id' in made);
  assert.equal(made.instanceId, 'i-1');
  assert.equal(made.address, '10.0.1.10');
  for (const [request, reason] of [
    [{ address: '10.0.1.11' }, /in use/],
    [{ address: '10.0.1.10' }, /stands for i-1 already/],
    [{ address: '10.0.0.2' }, /reserved/],
    [{ instance: 'i-2' }, /run by the server itself/],
    [{ instance: 'i-1' }, /stands for i-1 already/],
    [{ securityGroups: ['sg-x'] }, /no security group sg-x/],
    [{ role: 'arn:aws:iam::111111111111:role/x' }, /there is no role arn:/],
  ] as const) {
    const answer = await agent.workloads.create({ vpcId: 'vpc-a', securityGroups: [], ...request });
    assert.match('failure' in answer ? answer.message : '', reason);
  }
});

test(
  'a second agent adopts namespaces, doors, workloads and instances of one that was left',
  needsNamespaces,
  async (t) => {
    const server = await openServer(t);
    const first = server.start();
    const spec = { id: 'i-1', name: 'web', address: '10.0.1.10', securityGroups: [], command: ['sleep', '100'] };
    const snapshot = withInstances(sampleSnapshot({ revision: 1, vpcs: ['vpc-a'] }), [spec]);
    server.snapshot.set(snapshot);
    await until(first, 1);
    const workload = await makeWorkload(first);
    // Who starts it, and who looks at the namespace, may be there for a moment too.
    const instancePid = async (): Promise<string> => {
      const start = performance.now();
      for (let pids = ''; ; await sleep(20)) {
        pids = run(['ip', 'netns', 'pids', `${server.prefix}vpc-a-10.0.1.10`]);
        if (/^\d+$/.test(pids)) return pids;
        assert.ok(performance.now() - start < 10_000, `not one process but ${JSON.stringify(pids)}`);
      }
    };
    const pid = await instancePid();
    await first.close('leave');
    server.ran.length = 0;
    const second = server.start();
    await until(second, 1);
    assert.ok(
      server.ran.every((line) => line === 'ip -j netns' || line.includes('look-helper')),
      server.ran.join('\n'),
    );
    assert.equal(await instancePid(), pid);
    assert.equal(second.workloads.list.value[0]?.id, workload.id);
    assert.ok(second.workloads.lease(workload.id, new AbortController().signal));
    await second.close('remove');
    assert.equal(spawnSync('kill', ['-0', pid]).status, 1);
    assert.doesNotMatch(run(['ip', 'netns']), new RegExp(server.prefix));
    assert.match(readFileSync(join(server.directory, 'workloads.json'), 'utf8'), /"instances":\[\],"workloads":\[\]/);
  },
);

test(
  'an agent tells a command that fails, goes on trying, and then has no problem left',
  needsNamespaces,
  async (t) => {
    const server = await openServer(t);
    const agent = server.start();
    server.snapshot.set(sampleSnapshot({ revision: 1 }));
    await until(agent, 1);
    server.failures.push('no such thing', 'no such thing');
    server.snapshot.set(sampleSnapshot({ revision: 2, vpcs: ['vpc-a', 'vpc-b', 'vpc-c'] }));
    const told = await waitFor(agent.problems, (value) => value.length > 0, AbortSignal.timeout(5000));
    assert.deepEqual(told, ['no such thing']);
    await until(agent, 2);
    assert.deepEqual(agent.problems.value, []);
  },
);

test(
  'an agent mends what others took away when it next has work, and opens the sockets in it again',
  needsNamespaces,
  async (t) => {
    const server = await openServer(t);
    const agent = server.start();
    server.snapshot.set(sampleSnapshot({ revision: 1 }));
    await until(agent, 1);
    run(['ip', 'netns', 'del', `${server.prefix}vpc-a`]);
    await makeWorkload(agent, '10.0.1.10');
    assert.deepEqual(agent.problems.value, []);
    assert.equal(
      connectFrom(`${server.prefix}vpc-a-10.0.1.10`, '169.254.171.7', 80),
      'vpc-a/tcp4/*:80 at 169.254.171.7 for 10.0.1.10',
    );
  },
);

test('an agent ends what runs unknown in the place of an instance', needsNamespaces, async (t) => {
  const server = await openServer(t);
  const first = server.start();
  const spec = { id: 'i-1', name: 'web', address: '10.0.1.10', securityGroups: [], command: ['sleep', '100'] };
  server.snapshot.set(withInstances(sampleSnapshot({ revision: 1, vpcs: ['vpc-a'] }), [spec]));
  await until(first, 1);
  // A started process enters its namespace, and a killed one is gone, when the kernel has had its turn.
  const pidOther = async (than: string): Promise<string> => {
    const start = performance.now();
    for (;;) {
      const pids = run(['ip', 'netns', 'pids', `${server.prefix}vpc-a-10.0.1.10`]).split('\n');
      const [pid = ''] = pids;
      if (pid !== '' && !pids.includes(than)) return pid;
      assert.ok(performance.now() - start < 5000, `${pids} run, and ${than} should not`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };
  const stray = await pidOther('none');
  await first.close('leave');
  rmSync(join(server.directory, 'workloads.json'));
  await until(server.start(), 1);
  assert.notEqual(await pidOther(stray), stray);
});
