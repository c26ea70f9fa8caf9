// Starts and stops at odd moments: nothing is left, nothing that was being answered is lost.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { namePrefix, runCommand, whyNoNamespaces } from '../../src/network/index.ts';
import { namespacesOf } from '../crash/machine.ts';
import { DeregisterTargetsCommand, ListTargetsCommand, RegisterTargetsCommand } from '@aws-sdk/client-vpc-lattice';
import { awaitHealthy, eventually, given, listenerPort, targetPort } from '../e2e/scenario.ts';
import { openShop } from '../e2e/shop.ts';
import { startTarget } from '../workload-programs.ts';
import {
  childrenOf,
  isAlive,
  killProcess,
  killServer,
  makeDirectory,
  ownCheckout,
  startPergola,
  TestServer,
} from '../server.ts';

const noNamespaces = await whyNoNamespaces(runCommand, process.pid);
if (noNamespaces !== undefined && process.env['CI'] === 'true')
  throw new Error(`namespaces are needed: ${noNamespaces}`);
const attachments = [
  { attach: 'netns', skip: noNamespaces ?? false },
  { attach: 'loopback', skip: false },
] as const;

/** Whether clients hold that many connections to the data plane, as its counters say, which come once a second. */
async function hasConnections({ api }: TestServer, count: number): Promise<boolean> {
  const metrics = await (await fetch(`${api}/-/metrics`)).text();
  return new RegExp(`^pergola_client_connections ${count}$`, 'm').test(metrics);
}

for (const { attach, skip } of attachments)
  test(`a signal during the start of a server on ${attach} ends it in order`, { skip }, async () => {
    for (const delay of [120, 250, 400, 550, 800]) {
      const data = makeDirectory(ownCheckout);
      const child = startPergola(ownCheckout, [
        ...['serve', '--data', data, '--api', '127.0.0.1:0', '--dns', '127.0.0.1:0', '--attach', attach],
        ...['--workers', '2'],
      ]);
      let said = '';
      child.stderr?.on('data', (chunk: Buffer) => (said += chunk.toString()));
      await sleep(delay);
      const children = childrenOf(child.pid ?? assert.fail());
      child.kill('SIGTERM');
      const [code, signal] = (await once(child, 'exit')) as [number | null, string | null];
      // A signal that comes before the program runs ends it at once.
      assert.ok(code === 0 || (signal === 'SIGTERM' && said === ''), `${delay} ms: ${code} ${signal}\n${said}`);
      assert.deepEqual(
        children.filter(({ pid }) => isAlive(pid)),
        [],
        `${delay} ms`,
      );
      if (attach === 'netns') {
        assert.deepEqual([...namespacesOf(namePrefix(data)).keys()], [], `${delay} ms`);
        assert.deepEqual([...namespacesOf(`pgtry-${child.pid}`).keys()], [], `${delay} ms`);
      }
      rmSync(data, { recursive: true, force: true });
    }
  });

test('a server whose processes are killed while it starts becomes ready', async () => {
  const data = makeDirectory(ownCheckout);
  const child = startPergola(ownCheckout, [
    ...['serve', '--data', data, '--api', '127.0.0.1:0', '--dns', '127.0.0.1:0', '--attach', 'loopback'],
    ...['--workers', '2'],
  ]);
  try {
    let ready = '';
    child.stderr?.resume();
    if (child.stdout === null) throw new Error('no standard output');
    createInterface({ input: child.stdout }).on('line', (line) => (ready = line));
    let kills = 0;
    let ofControl = 0;
    // A slow machine takes longer until there is a child at all.
    for (let round = 0; round < 1000 && (kills < 5 || ofControl < 1) && ready === ''; round++) {
      await sleep(60);
      const [victim] = childrenOf(child.pid ?? assert.fail());
      if (victim === undefined) continue;
      killProcess(victim.pid);
      kills++;
      if (victim.command.includes('control-process')) ofControl++;
    }
    assert.ok(ofControl > 0, `none of ${kills} killed processes was control`);
    await eventually('the server is ready', () => Promise.resolve(ready.startsWith('ready ')));
    child.kill('SIGTERM');
    assert.deepEqual(await once(child, 'exit'), [0, null]);
  } finally {
    child.kill('SIGKILL');
  }
  rmSync(data, { recursive: true, force: true });
});

test('what the processes of a server have compiled is kept though they are killed, so that the next start takes less', async () => {
  const cache = makeDirectory(ownCheckout);
  const data = makeDirectory(ownCheckout);
  const args = ['serve', '--data', data, '--api', '127.0.0.1:0', '--dns', '127.0.0.1:0', '--attach', 'loopback'];
  const child = startPergola(ownCheckout, args, ['env', `NODE_COMPILE_CACHE=${cache}`]);
  try {
    const [line] = (await once(createInterface(given(child.stdout ?? undefined)), 'line')) as [string];
    assert.match(line, /^ready /);
    // Modules that the supervisor, control and workers have for themselves.
    for (const module of ['cli/supervisor', 'control/publisher', 'dns/answer'])
      await eventually(`${module} is kept`, () => Promise.resolve(keeps(cache, module)));
  } finally {
    killServer(child.pid ?? assert.fail());
    await once(child, 'exit');
    for (const directory of [cache, data]) rmSync(directory, { recursive: true, force: true });
  }
});

/** Whether Node finds the compiled form of a module of ours in `cache`. */
function keeps(cache: string, module: string): boolean {
  const url = pathToFileURL(join(ownCheckout.root, 'src', `${module}.ts`)).href;
  // Killed, for else it would write what it did not find; from outside, for Node also writes before it kills itself.
  const program = `await import('${url}'); (await import('node:child_process')).spawnSync('kill', ['-9', String(process.pid)]);`;
  const { stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', program], {
    env: { ...process.env, NODE_COMPILE_CACHE: cache, NODE_DEBUG_NATIVE: 'COMPILE_CACHE' },
    encoding: 'utf8',
  });
  return stderr.includes(`V8 code cache for ESM ${url} was accepted`);
}

test('a stop loses no request that was being answered on 64 connections', async () => {
  await using server = await TestServer.start({ attach: 'loopback', workers: 2 });
  await using shop = await openShop(server);
  const load = shop.client.load({
    name: shop.name,
    port: listenerPort,
    path: '/?wait=3500',
    count: 64,
    connections: 64,
  });
  await eventually('the requests are on their way', () => hasConnections(server, 64));
  assert.equal(await server.stop(), 0);
  const { statuses, errors } = await load;
  assert.deepEqual([statuses, errors], [{ 200: 64 }, {}]);
});

test('a stop waits for running requests as long as drainTimeout says', async () => {
  for (const [drainTimeout, wait, answered] of [
    [60_000, 7000, true],
    [1, 4000, false],
  ] as const) {
    const configuration = `limits: { drainTimeout: ${drainTimeout} }\n`;
    await using server = await TestServer.start({ attach: 'loopback', workers: 1, configuration });
    await using shop = await openShop(server);
    const spec = { name: shop.name, port: listenerPort, path: `/?wait=${wait}`, count: 4, connections: 4 };
    const load = shop.client.load(spec);
    await eventually('the requests are on their way', () => hasConnections(server, 4));
    assert.equal(await server.stop(), 0);
    const { statuses } = await load;
    assert.deepEqual(statuses, answered ? { 200: 4 } : {}, `${drainTimeout} ms`);
  }
});

test('workers that are killed while control is stopped come back from the disk, and control goes on where it stood', async () => {
  await using server = await TestServer.start({ attach: 'loopback', workers: 2 });
  await using shop = await openShop(server);
  assert.equal(await shop.ask('/'), 'blue');
  const { control, workers } = server.processes();
  // It is written two seconds after a change at the latest, and then again only for another one.
  const file = join(server.data, 'snapshot.sealed');
  const changed = Date.now();
  await eventually('the newest snapshot is on disk', () =>
    Promise.resolve(Date.now() - Math.max(changed, statSync(file).mtimeMs) > 4000),
  );
  assert.ok(control !== undefined);
  process.kill(control, 'SIGSTOP');
  try {
    for (const pid of workers) process.kill(pid, 'SIGKILL');
    await eventually('a request is answered', async () => (await shop.ask('/').catch(String)) === 'blue');
    assert.equal((await shop.client.resolve(shop.name)).length, 1);
  } finally {
    process.kill(control, 'SIGCONT');
  }
  await using second = await openShop(server);
  assert.equal(await second.ask('/'), 'blue');
  assert.equal(server.processes().control, control);
});

test('while control is stopped, traffic, health and draining go on, and what was seen is told when it goes on', async () => {
  const configuration = 'limits: { healthCheckSpeed: 60, targetDrainTime: 60000 }\n';
  await using server = await TestServer.start({ attach: 'loopback', workers: 2, configuration });
  await using shop = await openShop(server);
  const place = (address: string) => ({ vpc: shop.targets, address });
  await using doomed = await startTarget(server, place('10.0.1.12'), 'doomed', targetPort);
  await using drained = await startTarget(server, place('10.0.1.13'), 'drained', targetPort);
  assert.ok(drained.process.pid);
  const targetGroupIdentifier = shop.blue;
  const targets = (id: string) => ({ targetGroupIdentifier, targets: [{ id, port: targetPort }] });
  await server.lattice.send(new RegisterTargetsCommand(targets('10.0.1.12')));
  await server.lattice.send(new RegisterTargetsCommand(targets('10.0.1.13')));
  await awaitHealthy(server, shop.blue);
  await server.lattice.send(new DeregisterTargetsCommand(targets('10.0.1.13')));
  await server.obeyed();
  const { control } = server.processes();
  assert.ok(control !== undefined);
  process.kill(control, 'SIGSTOP');
  try {
    const load = { name: shop.name, port: listenerPort, count: 200, connections: 8 };
    const before = await shop.client.load(load);
    assert.deepEqual([before.errors, Object.keys(before.targets).toSorted()], [{}, ['blue', 'doomed']]);
    await doomed[Symbol.asyncDispose]();
    await eventually('the workers see that a target is gone', async () => {
      const seen = await shop.client.load({ ...load, count: 20 });
      return seen.targets['blue'] === 20;
    });
  } finally {
    process.kill(control, 'SIGCONT');
  }
  await eventually('the API tells', async () => {
    const { items } = await server.lattice.send(new ListTargetsCommand({ targetGroupIdentifier }));
    const status = Object.fromEntries(given(items).map(({ id, status: now }) => [id, now]));
    return status['10.0.1.12'] === 'UNHEALTHY' && status['10.0.1.13'] === 'DRAINING';
  });
  assert.equal(server.processes().control, control);
});

test('SIGINT twice, a second apart, ends a server at once, and the next one goes on', async () => {
  const data = makeDirectory(ownCheckout);
  const server = await TestServer.start({ attach: 'loopback', workers: 1, data });
  const shop = await openShop(server);
  const slow = shop.client.request({ name: shop.name, port: listenerPort, path: '/?wait=30000' });
  slow.catch(() => {});
  await eventually('the request is on its way', () => hasConnections(server, 1));
  const children = childrenOf(server.pid);
  process.kill(server.pid, 'SIGINT');
  await sleep(1200);
  process.kill(server.pid, 'SIGINT');
  assert.equal(await server.gone(), 1);
  await eventually('its processes are gone', () => Promise.resolve(!children.some(({ pid }) => isAlive(pid))));
  await shop[Symbol.asyncDispose]();
  await using next = await TestServer.start({ attach: 'loopback', workers: 1, data });
  assert.equal(await next.stop(), 0);
  rmSync(data, { recursive: true, force: true });
});

test(
  'a data directory that cannot be written is refused with 3 and the reason',
  { skip: noNamespaces ?? false },
  async () => {
    const data = makeDirectory(ownCheckout);
    const readOnly = 'mount --bind "$1" "$1" && mount -o remount,ro,bind "$1" && shift && exec "$@"';
    const small =
      'mount -t tmpfs -o size=4k pergola-test "$1" && dd if=/dev/zero of="$1/ballast" 2>/dev/null; shift; exec "$@"';
    for (const [script, reason] of [
      [readOnly, /the data directory \S+ cannot be written: EROFS/],
      [small, /the data directory \S+ cannot be written: .*(ENOSPC|full)/],
    ] as const) {
      const child = startPergola(
        ownCheckout,
        ['serve', '--data', data, '--api', '127.0.0.1:0', '--dns', '127.0.0.1:0', '--attach', 'loopback'],
        ['unshare', '--mount', 'sh', '-c', script, 'sh', data],
      );
      let said = '';
      child.stderr?.on('data', (chunk: Buffer) => (said += chunk.toString()));
      assert.deepEqual(await once(child, 'close'), [3, null], said);
      assert.match(said, reason);
    }
    rmSync(data, { recursive: true, force: true });
  },
);
