// The agent without namespaces: sockets in 127/8, instances on the host. Needs no privileges.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { createServer, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { systemClock } from '../../src/base/clock.ts';
import { silentLog } from '../../src/base/log.ts';
import { systemRandom } from '../../src/base/random.ts';
import { createWatch, waitFor } from '../../src/base/watch.ts';
import { createAgent, type Agent, type SocketsAnswer } from '../../src/cli/agent.ts';
import {
  canBindLowPorts,
  openSockets,
  pickLoopbackNumber,
  rawHandleSelfTest,
  runCommand,
  type RawHandle,
  type SocketSpec,
} from '../../src/network/index.ts';
import { sampleSnapshot } from '../../src/network/snapshot-sample.ts';
import type { Snapshot } from '../../src/snapshot/index.ts';

/** A number that no other test on this machine uses at the same time. */
function number(t: TestContext): number {
  const n = pickLoopbackNumber(new Set(), (process.pid % 90) + 1);
  if (n === undefined) throw new Error('no part of 127/8 is free');
  t.diagnostic(`127.${n}`);
  return n;
}

function startAgent(
  t: TestContext,
  snapshot: Snapshot,
  sync: (specs: readonly SocketSpec[]) => Promise<SocketsAnswer>,
) {
  const directory = realpathSync(mkdtempSync(join(tmpdir(), 'pergola-loopback-')));
  const cell = createWatch(snapshot);
  const agent = createAgent({
    ...{
      snapshot: cell,
      sockets: { sync },
      attach: 'loopback',
      whyNoMembers: 'loopback has none',
      lowPorts: canBindLowPorts(),
    },
    roles: { problem: () => undefined, environment: () => ({}) },
    ...{ dataDirectory: directory, environment: process.env, run: runCommand },
    ...{ clock: systemClock, random: systemRandom, log: silentLog },
  });
  t.after(async () => {
    await agent.close('remove');
    rmSync(directory, { recursive: true });
  });
  return { agent, cell };
}

const until = (agent: Agent, revision: number): Promise<number> =>
  waitFor(agent.obeyed, (value) => value >= revision, AbortSignal.timeout(5000));

test('handles that are bound here can be listened on and received from', () => rawHandleSelfTest());

test('an agent opens the sockets of loopback VPCs and says where they are dialled from', async (t) => {
  const n = number(t);
  const opened = new Map<string, RawHandle>();
  t.after(() => opened.forEach((handle) => handle.close()));
  const asked: (readonly SocketSpec[])[] = [];
  const attachment = (): { kind: 'loopback'; n: number } => ({ kind: 'loopback', n });
  const snapshot = sampleSnapshot({ vpcs: ['vpc-a'], ports: [80, 8080], attachment, revision: 5 });
  const { agent } = startAgent(t, snapshot, async (specs) => {
    asked.push(specs);
    const { handles, failed } = await openSockets(specs);
    for (const [key, handle] of handles) opened.set(key, handle);
    return { opened: new Set(handles.keys()), failed };
  });
  assert.equal(await until(agent, 5), 5);
  assert.equal(asked.length, 1);
  assert.deepEqual(agent.problems.value, []);
  assert.deepEqual(agent.attachments.value.get('vpc-a')?.sources, [`127.${n}.255.254`]);
  const low = canBindLowPorts() ? 80 : 20080;
  assert.deepEqual([...agent.listening.value].slice(2), [
    `vpc-a/tcp4/127.${100 + n}.255.9:20080`,
    `vpc-a/tcp4/127.${100 + n}.0.7:${low}`,
    `vpc-a/tcp4/127.${100 + n}.0.7:8080`,
  ]);
  assert.notEqual(pickLoopbackNumber(new Set(), n), n);
});

test('an agent does not obey a revision whose sockets are taken, and does when they are free again', async (t) => {
  const n = number(t);
  const attachment = (): { kind: 'loopback'; n: number } => ({ kind: 'loopback', n });
  const other = createServer().listen(8081, `127.${100 + n}.0.7`);
  await once(other, 'listening');
  const snapshot = sampleSnapshot({ vpcs: ['vpc-a'], ports: [8081], attachment, revision: 1 });
  const { agent } = startAgent(t, snapshot, async (specs) => {
    const { handles, failed } = await openSockets(specs);
    for (const handle of handles.values()) handle.close();
    return { opened: new Set(handles.keys()), failed };
  });
  const told = await waitFor(agent.problems, (value) => value.length > 0, AbortSignal.timeout(5000));
  assert.deepEqual(told, [`bind tcp 127.${100 + n}.0.7:8081: EADDRINUSE`]);
  assert.equal(agent.obeyed.value, 0);
  other.close();
  await until(agent, 1);
  assert.deepEqual(agent.problems.value, []);
});

test('an instance of a loopback VPC runs on the host, at the address that it is told', async (t) => {
  const n = number(t);
  const script = 'require("net").createServer((s) => s.end("hello")).listen(8080, process.env.PERGOLA_ADDRESS)';
  const command = [process.execPath, '-e', script];
  const spec = { id: 'i-1', name: 'web', address: '10.0.1.10', securityGroups: [], command };
  const base = sampleSnapshot({ vpcs: ['vpc-a'], attachment: () => ({ kind: 'loopback', n }), revision: 1 });
  const vpcs = new Map([...base.vpcs].map(([id, vpc]) => [id, { ...vpc, instances: [spec] }]));
  const { agent, cell } = startAgent(t, { ...base, vpcs }, () =>
    Promise.resolve({ opened: new Set(), failed: new Map() }),
  );
  await until(agent, 1);
  const ask = async (): Promise<string> => {
    const socket = connect(8080, `127.${n}.1.10`);
    try {
      return String((await once(socket, 'data'))[0]);
    } catch (error) {
      return (error as NodeJS.ErrnoException).code ?? '';
    }
  };
  let answer = '';
  for (let i = 0; i < 100 && answer !== 'hello'; i++) {
    await new Promise((resolve) => setTimeout(resolve, 30));
    answer = await ask();
  }
  assert.equal(answer, 'hello');
  cell.set({ ...base, revision: 2 });
  await until(agent, 2);
  assert.equal(await ask(), 'ECONNREFUSED');
});

test('an instance with a role inherits no other credentials', async (t) => {
  const n = number(t);
  process.env['AWS_ACCESS_KEY_ID'] = 'AKIAINHERITED';
  const folder = mkdtempSync(join(tmpdir(), 'pergola-inherits-'));
  t.after(() => {
    delete process.env['AWS_ACCESS_KEY_ID'];
    rmSync(folder, { recursive: true });
  });
  const instances = ['10.0.1.10', '10.0.1.11'].map((address, i) => ({
    ...{ id: `i-${i}`, name: `n${i}`, address, securityGroups: [], ...(i === 0 ? {} : { role: 'arn' }) },
    command: [
      'sh',
      '-c',
      `echo "\${AWS_ACCESS_KEY_ID-none}" >${folder}/new${i}; mv ${folder}/new${i} ${folder}/${i}; sleep 60`,
    ],
  }));
  const base = sampleSnapshot({ vpcs: ['vpc-a'], attachment: () => ({ kind: 'loopback', n }), revision: 1 });
  const vpcs = new Map([...base.vpcs].map(([id, vpc]) => [id, { ...vpc, instances }]));
  const { agent } = startAgent(t, { ...base, vpcs }, () => Promise.resolve({ opened: new Set(), failed: new Map() }));
  await until(agent, 1);
  const files = [0, 1].map((i) => join(folder, String(i)));
  for (let i = 0; i < 200 && !files.every((file) => existsSync(file)); i++)
    await new Promise((resolve) => setTimeout(resolve, 30));
  assert.deepEqual(
    files.map((file) => readFileSync(file, 'utf8')),
    ['AKIAINHERITED\n', 'none\n'],
  );
});

test('pickLoopbackNumber() leaves out a part of 127/8 whose name server somebody else has, over UDP or TCP', async () => {
  const n = pickLoopbackNumber(new Set(), (process.pid % 90) + 1) ?? assert.fail('no part of 127/8 is free');
  const server = createServer().listen(20_053, `127.${n}.0.2`);
  await once(server, 'listening');
  assert.notEqual(pickLoopbackNumber(new Set(), n), n);
  server.close();
});

test('a socket of a namespace that is not there is refused alone', async () => {
  const socket = { vpcId: 'vpc-a', kind: 'tcp', family: 4, address: '127.0.0.1', port: 0, purpose: 'service' } as const;
  const { handles, failed } = await openSockets([
    { ...socket, key: 'gone', namespace: '/run/netns/pg-no-such-namespace' },
    { ...socket, key: 'here' },
  ]);
  handles.forEach((handle) => handle.close());
  assert.deepEqual([...handles.keys()], ['here']);
  assert.match(failed.get('gone') ?? '', /ENOENT.*pg-no-such-namespace/);
});
