// The agent on real namespaces: what it does for each snapshot, and what it leaves.

import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { silentLog } from '../../src/base/log.ts';
import { systemClock } from '../../src/base/clock.ts';
import { systemRandom } from '../../src/base/random.ts';
import { createWatch, waitFor, type WatchCell } from '../../src/base/watch.ts';
import { createAgent, type Agent, type AgentDeps } from '../../src/cli/agent.ts';
import { namePrefix, openSockets, prepareCore, runCommand, type SocketSpec } from '../../src/network/index.ts';
import { sampleSnapshot } from '../../src/network/snapshot-sample.ts';
import { emptySnapshot, type InstanceSpec, type Snapshot } from '../../src/snapshot/index.ts';
import { enterCommand } from '../../src/workload/index.ts';
import { connectFrom, needsNamespaces, startWorker, type StandIn } from './lab.ts';

interface Server {
  readonly directory: string;
  readonly prefix: string;
  readonly worker: StandIn;
  readonly snapshot: WatchCell<Snapshot>;
  /** The programs that were run, since the test emptied the list. */
  readonly ran: string[];
  readonly sockets: AgentDeps['sockets'];
  start(): Agent;
}

/** What a supervisor does, with one worker. */
function standInSupervisor(worker: StandIn): AgentDeps['sockets'] {
  const open = new Set<string>();
  return {
    async sync(specs) {
      const failed = new Map<string, string>();
      for (const key of [...open].filter((one) => !specs.some((spec) => spec.key === one))) {
        await worker.close(key);
        open.delete(key);
      }
      for (const namespace of new Set(specs.map((spec) => spec.namespace))) {
        const missing = specs.filter((spec: SocketSpec) => spec.namespace === namespace && !open.has(spec.key));
        const answer = await openSockets(namespace, missing);
        for (const [key, handle] of answer.handles) {
          await worker.listen(key, handle);
          open.add(key);
        }
        for (const [key, reason] of answer.failed) failed.set(key, reason);
      }
      return { opened: new Set(open), failed };
    },
  };
}

async function openServer(t: TestContext): Promise<Server> {
  const directory = realpathSync(mkdtempSync(join(tmpdir(), 'pergola-agent-')));
  const prefix = namePrefix(directory);
  const worker = await startWorker(t, await prepareCore(prefix, runCommand));
  const snapshot = createWatch<Snapshot>(emptySnapshot);
  const ran: string[] = [];
  const sockets = standInSupervisor(worker);
  const agents: Agent[] = [];
  t.after(async () => {
    await agents.at(-1)?.close('remove');
    rmSync(directory, { recursive: true });
  });
  const start = (): Agent => {
    const agent = createAgent({
      ...{ snapshot, sockets, attach: 'netns', lowPorts: true, dataDirectory: directory, environment: process.env },
      run: (command) => {
        ran.push(command.argv.join(' '));
        return runCommand(command);
      },
      ...{ clock: systemClock, random: systemRandom, log: silentLog },
    });
    agents.push(agent);
    return agent;
  };
  return { directory, prefix, worker, snapshot, ran, sockets, start };
}

const until = (agent: Agent, revision: number): Promise<number> =>
  waitFor(agent.obeyed, (value) => value >= revision, AbortSignal.timeout(10_000));

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
  const answer = await agent.workloads.create({ vpc: 'vpc-a' });
  assert.ok(answer.kind === 'made');
  const { workload } = answer;
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
  const answer = await agent.workloads.create({ vpc: 'vpc-a', address: '10.0.7.7' });
  assert.ok(answer.kind === 'made');
  const enter = (...command: readonly string[]): string => run(enterCommand(answer.workload, command));
  assert.equal(enter('cat', '/etc/resolv.conf'), 'nameserver 10.0.0.2');
  assert.match(enter('getent', 'hosts', 'localhost'), /localhost/);
  assert.notEqual(run(['cat', '/etc/resolv.conf']), 'nameserver 10.0.0.2');
  assert.equal(enter('sh', '-c', 'exit 7; echo no'), '');
  assert.deepEqual(answer.workload.environment, { PERGOLA_ADDRESS: '10.0.7.7', PERGOLA_DNS: '10.0.0.2:53' });
});

test('a workload is removed with its processes when its lease ends', needsNamespaces, async (t) => {
  const server = await openServer(t);
  const agent = server.start();
  server.snapshot.set(sampleSnapshot({ revision: 1 }));
  await until(agent, 1);
  const answer = await agent.workloads.create({ vpc: 'vpc-a' });
  assert.ok(answer.kind === 'made');
  const [program = '', ...args] = enterCommand(answer.workload, ['sleep', '100']);
  const child = spawn(program, args, { stdio: 'ignore' });
  const ended = new Promise<NodeJS.Signals | null>((resolve) => child.on('exit', (_code, signal) => resolve(signal)));
  const release = agent.workloads.lease(answer.workload.id);
  await new Promise((resolve) => setTimeout(resolve, 100));
  release?.();
  assert.equal(await ended, 'SIGKILL');
  assert.deepEqual(agent.workloads.list.value, []);
});

test('an agent refuses workloads that cannot be', needsNamespaces, async (t) => {
  const server = await openServer(t);
  const agent = server.start();
  const placeholder = { id: 'i-1', name: 'web', address: '10.0.1.10', securityGroups: [] };
  const busy = { ...placeholder, id: 'i-2', name: 'run', address: '10.0.1.11', command: ['sleep', '100'] };
  server.snapshot.set(withInstances(sampleSnapshot({ revision: 1 }), [placeholder, busy]));
  await until(agent, 1);
  const made = await agent.workloads.create({ vpc: 'vpc-a', instanceId: 'web' });
  assert.ok(made.kind === 'made');
  assert.equal(made.workload.instanceId, 'i-1');
  assert.equal(made.workload.address, '10.0.1.10');
  for (const [request, reason] of [
    [{ vpc: 'vpc-x' }, /there is no VPC vpc-x/],
    [{ vpc: 'vpc-a', address: '10.0.1.11' }, /in use/],
    [{ vpc: 'vpc-a', address: '10.0.1.10' }, /in use/],
    [{ vpc: 'vpc-a', address: '10.0.0.2' }, /reserved/],
    [{ vpc: 'vpc-a', instanceId: 'i-2' }, /run by the server itself/],
    [{ vpc: 'vpc-a', instanceId: 'i-1' }, /stands for i-1 already/],
    [{ vpc: 'vpc-a', securityGroups: ['sg-x'] }, /no security group sg-x/],
  ] as const) {
    const answer = await agent.workloads.create(request);
    assert.match(answer.kind === 'refused' ? answer.reason : '', reason);
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
    const answer = await first.workloads.create({ vpc: 'vpc-a' });
    assert.ok(answer.kind === 'made');
    const pids = (): string => run(['ip', 'netns', 'pids', `${server.prefix}vpc-a-10.0.1.10`]);
    const pid = pids();
    assert.match(pid, /^\d+$/);
    await first.close('leave');
    server.ran.length = 0;
    const second = server.start();
    await until(second, 1);
    assert.ok(
      server.ran.every((line) => line === 'ip -j netns' || line.includes('ip -j addr')),
      server.ran.join('\n'),
    );
    assert.equal(pids(), pid);
    assert.equal(second.workloads.list.value[0]?.id, answer.workload.id);
    assert.ok(second.workloads.lease(answer.workload.id));
    await second.close('remove');
    assert.equal(spawnSync('kill', ['-0', pid]).status, 1);
    assert.doesNotMatch(run(['ip', 'netns']), new RegExp(server.prefix));
    assert.match(readFileSync(join(server.directory, 'workloads.json'), 'utf8'), /"instances":\[\],"workloads":\[\]/);
  },
);

test(
  'an agent tells a command that fails, goes on trying, and mends what was changed meanwhile',
  needsNamespaces,
  async (t) => {
    const server = await openServer(t);
    const agent = server.start();
    server.snapshot.set(sampleSnapshot({ revision: 1 }));
    await until(agent, 1);
    // A link of the name that the new VPC needs, where the agent does not expect it.
    run(['ip', '-n', `${server.prefix}core`, 'link', 'add', 'u2', 'type', 'veth', 'peer', 'name', 'other']);
    server.snapshot.set(sampleSnapshot({ revision: 2, vpcs: ['vpc-a', 'vpc-b', 'vpc-c'] }));
    const told = await waitFor(agent.problems, (value) => value.length > 0, AbortSignal.timeout(5000));
    assert.match(told.join(), /File exists/);
    await until(agent, 2);
    assert.deepEqual(agent.problems.value, []);
  },
);
