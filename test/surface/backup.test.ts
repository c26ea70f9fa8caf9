// The stable surface of `pergola backup` and `pergola restore`: under load, of a stopped directory, and everything that they refuse.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { CreateServiceCommand, paginateListServices, UpdateListenerCommand } from '@aws-sdk/client-vpc-lattice';
import { silentLog } from '../../src/base/log.ts';
import { systemClock } from '../../src/base/clock.ts';
import { createBackups } from '../../src/cli/backups.ts';
import { writeAdminFile, writeServerFile } from '../../src/cli/server-file.ts';
import { acquireLock, openStore } from '../../src/store/index.ts';
import { makeDirectory, ownCheckout, runPergola, TestServer, type Finished } from '../server.ts';
import { listenerPort, makeListener, makeService, makeWorld, offer } from '../e2e/scenario.ts';
import { plainRecords } from '../store/calls.ts';
import { TestClient } from '../workload-programs.ts';

const directory = makeDirectory(ownCheckout);
after(() => rmSync(directory, { recursive: true, force: true }));
const pergola = (...args: readonly string[]): Promise<Finished> => runPergola(ownCheckout, args);
const inDirectory = (name: string): string => join(directory, name);

/** What the database of a stopped server has: its newest state, or that of `revision`. */
async function recordsOf(data: string, revision?: number): Promise<unknown> {
  await using store = await openStore({ file: join(data, 'state.db') }, { log: silentLog });
  const state = revision === undefined ? store.state.value : await store.at(revision);
  assert.ok(state !== undefined, `the log does not reach to revision ${revision}`);
  return plainRecords(state);
}

async function serviceNames(server: TestServer): Promise<readonly string[]> {
  const names: string[] = [];
  for await (const page of paginateListServices({ client: server.lattice }, {}))
    names.push(...(page.items ?? []).map(({ name = '' }) => name));
  return names.sort();
}

test('backup of a running server under load, and a server that goes on from it', { timeout: 120_000 }, async () => {
  const data = inDirectory('running');
  const file = inDirectory('running.backup');
  const answered: string[] = [];
  let before: readonly string[] = [];
  let [vpc, service, domain, listener] = ['', '', '', ''];
  let revision = 0;
  {
    await using server = await TestServer.start({ attach: 'loopback', workers: 1, data });
    const world = await makeWorld(server);
    const made = await makeService(server);
    vpc = world.clients;
    [service, domain] = [made.id, made.dnsName];
    listener = await makeListener(server, service, { fixedResponse: { statusCode: 404 } });
    await offer(server, service, world.network);
    let isOver = false;
    const write = async (writer: number): Promise<void> => {
      for (let n = 0; !isOver; n++) {
        const name = `s-${writer}-${n}`;
        await server.lattice.send(new CreateServiceCommand({ name }));
        answered.push(name);
      }
    };
    const writers = [1, 2, 3].map(write);
    while (answered.length < 30) await new Promise((resolve) => setTimeout(resolve, 5));
    before = [...answered];
    const { status, stdout, stderr } = await pergola('backup', file, '--data', data);
    assert.equal(status, 0, stderr);
    revision = Number(/^revision (\d+) is in /.exec(stdout)?.[1]);
    isOver = true;
    await Promise.all(writers);
    assert.ok(answered.length > before.length, 'nothing was written meanwhile');
  }
  assert.equal(statSync(file).mode & 0o777, 0o600);
  assert.deepEqual(
    [...readdirSync(directory), ...readdirSync(data)].filter((name) => /partial/.test(name)),
    [],
  );
  const restored = inDirectory('restored');
  const { status, stdout, stderr } = await pergola('restore', file, '--data', restored);
  assert.equal(status, 0, stderr);
  assert.match(stdout, new RegExp(`has revision ${revision} of \\d{4}-\\S+Z\\n$`));
  assert.deepEqual(await recordsOf(restored), await recordsOf(data, revision));
  await using server = await TestServer.start({ attach: 'loopback', workers: 1, data: restored });
  const names = await serviceNames(server);
  assert.deepEqual(
    before.filter((name) => !names.includes(name)),
    [],
    'answered before the backup began, and not in it',
  );
  const ask = async (): Promise<number> => {
    await using client = TestClient.start(server, { vpc, address: '10.0.1.10' });
    return (await client.request({ name: domain, port: listenerPort, path: '/' })).status;
  };
  assert.equal(await ask(), 404);
  const listened = { serviceIdentifier: service, listenerIdentifier: listener };
  const gone = { fixedResponse: { statusCode: 500 } };
  await server.lattice.send(new UpdateListenerCommand({ ...listened, defaultAction: gone }));
  await server.obeyed();
  assert.equal(await ask(), 500);
});

test('backup of a directory that no server uses, restore into one that has a state, and what restore refuses', async () => {
  const data = inDirectory('stopped');
  await using server = await TestServer.start({ attach: 'loopback', workers: 1, data });
  await server.lattice.send(new CreateServiceCommand({ name: 'one' }));
  const file = inDirectory('stopped.backup');
  const running = await pergola('restore', file, '--data', data, '--replace');
  assert.deepEqual([running.status, /no such file/.test(running.stderr)], [1, true], running.stderr);
  writeFileSync(file, 'not a backup');
  const held = await pergola('restore', file, '--data', data, '--replace');
  assert.deepEqual([held.status, /a server runs in/.test(held.stderr)], [3, true], held.stderr);
  assert.equal(await server.stop(), 0);
  const foreign = await pergola('restore', file, '--data', data, '--replace');
  assert.deepEqual([foreign.status, /is no backup of Pergola/.test(foreign.stderr)], [1, true], foreign.stderr);
  const taken = await pergola('backup', file, '--data', data);
  assert.equal(taken.status, 0, taken.stderr);
  const records = await recordsOf(data);
  {
    await using store = await openStore({ file: join(data, 'state.db') }, { log: silentLog });
    const change = (record: undefined) => ({ kind: 'serviceNetwork', key: 'a/b/c', record }) as never;
    await store.commit(() => ({ changes: [change(undefined)], result: null }), null, {
      account: 'a',
      region: 'b',
      principalArn: 'c',
      operation: 'Later',
      now: Date.now(),
      random: { hex: () => '', uuid: () => '', fraction: () => 0 },
      quotas: 'none',
    });
  }
  const without = await pergola('restore', file, '--data', data);
  assert.deepEqual([without.status, /has a state already: --replace/.test(without.stderr)], [3, true], without.stderr);
  const replaced = await pergola('restore', file, '--data', data, '--replace');
  assert.equal(replaced.status, 0, replaced.stderr);
  assert.deepEqual(await recordsOf(data), records);
  assert.deepEqual(
    readdirSync(data).filter((name) => /restoring|replaced|partial/.test(name)),
    [],
  );
});

test('backup refuses what keeps nothing, who is not the admin, and a place that cannot be written', async () => {
  const file = inDirectory('none.backup');
  await using server = await TestServer.start({ attach: 'loopback', workers: 1, data: inDirectory('refused') });
  const nowhere = await pergola('backup', join(directory, 'no', 'where'), '--data', server.data);
  assert.deepEqual([nowhere.status, /where cannot be written/.test(nowhere.stderr)], [1, true], nowhere.stderr);
  const first = await server.call('GET', '/-/backup');
  assert.equal(first.status, 200);
  await first.arrayBuffer();
  const unsigned = await fetch(`${server.api}/-/backup`);
  assert.equal(unsigned.status, 403);
  for (const args of [[], [file, 'more'], [file, '--bad']]) {
    const misused = await pergola('backup', ...args);
    assert.deepEqual(
      [misused.status, /usage: npx pergola backup FILE/.test(misused.stderr)],
      [2, true],
      misused.stderr,
    );
    const other = await pergola('restore', ...args);
    assert.deepEqual([other.status, /usage: npx pergola restore FILE/.test(other.stderr)], [2, true], other.stderr);
  }
  const missing = await pergola('backup', file, '--data', inDirectory('nothing'));
  assert.deepEqual([missing.status, /no server runs on/.test(missing.stderr)], [1, true], missing.stderr);
  const free = inDirectory('free');
  await pergola('restore', inDirectory('absent'), '--data', free);
  assert.equal(existsSync(free), false, 'a directory was made for nothing');
  await server.stop();
  using lock = acquireLock(join(server.data, 'lock.db'));
  assert.ok(lock !== undefined);
  const starting = await pergola('backup', file, '--data', server.data);
  assert.equal(starting.status, 1);
  assert.equal(existsSync(file), false);
});

test('there is one backup at a time, and none of a server that keeps nothing', async () => {
  const deps = { clock: systemClock, log: silentLog };
  const nothing = await createBackups(undefined, deps)();
  assert.ok('problem' in nothing && /keeps nothing/.test(nothing.problem));
  const data = makeDirectory(ownCheckout);
  after(() => rmSync(data, { recursive: true, force: true }));
  await (await openStore({ file: join(data, 'state.db') }, { log: silentLog }))[Symbol.asyncDispose]();
  const take = createBackups(data, deps);
  const first = await take();
  const second = await take();
  assert.ok('head' in first && 'problem' in second && /another backup/.test(second.problem));
  first[Symbol.dispose]();
  const third = await take();
  assert.ok('head' in third);
  third[Symbol.dispose]();
});

test('a backup that comes half, or with another content than its hash says, gets no name', async () => {
  const data = makeDirectory(ownCheckout);
  after(() => rmSync(data, { recursive: true, force: true }));
  await (await openStore({ file: join(data, 'state.db') }, { log: silentLog }))[Symbol.asyncDispose]();
  const whole = inDirectory('whole.backup');
  assert.equal((await pergola('backup', whole, '--data', data)).status, 0);
  const bytes = readFileSync(whole);
  const damaged = Buffer.from(bytes);
  damaged[5000] = 255 - (damaged[5000] ?? 0);
  // A server that goes away in the middle of its answer, then one that gives what is damaged.
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'content-length': bytes.length });
    if (isWhole) response.end(damaged);
    else response.write(bytes.subarray(0, 6000), () => response.destroy());
  });
  let isWhole = false;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const place = { dns: '127.0.0.1:1', attach: 'loopback', region: 'us-east-1', pid: process.pid };
  writeServerFile(data, { ...place, api: `http://127.0.0.1:${port}` });
  writeAdminFile(data, { accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'secret' });
  try {
    using lock = acquireLock(join(data, 'lock.db'));
    assert.ok(lock !== undefined);
    const file = inDirectory('half.backup');
    const half = await pergola('backup', file, '--data', data);
    assert.deepEqual([half.status, /the server went away/.test(half.stderr)], [1, true], half.stderr);
    isWhole = true;
    const wrong = await pergola('backup', file, '--data', data);
    assert.deepEqual([wrong.status, /is damaged/.test(wrong.stderr)], [1, true], wrong.stderr);
    assert.deepEqual([existsSync(file), existsSync(`${file}.partial`)], [false, false]);
  } finally {
    server.close();
    server.closeAllConnections();
  }
});
