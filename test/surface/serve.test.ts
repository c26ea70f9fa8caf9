// The stable surface of `pergola serve`: options, the ready line, files of the data directory, exit codes.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { DatabaseSync } from 'node:sqlite';
import { after, test } from 'node:test';
import { needsNamespaces } from '../network/lab.ts';
import { childrenOf, makeDirectory, ownCheckout, runPergola, startPergola, TestServer } from '../server.ts';

const directory = makeDirectory(ownCheckout);
after(() => rmSync(directory, { recursive: true, force: true }));
let count = 0;
const newDirectory = (): string => join(directory, `data-${++count}`);
const serveArgs = (...args: readonly string[]): readonly string[] => [
  'serve',
  ...['--data', newDirectory(), '--api', '127.0.0.1:0', '--dns', '127.0.0.1:0', '--attach', 'loopback'],
  ...args,
];

/** Ends with `status` and says `message` on standard error, nothing on standard output. */
async function refuses(args: readonly string[], status: number, message: RegExp): Promise<void> {
  const finished = await runPergola(ownCheckout, args);
  assert.match(finished.stderr, message);
  assert.deepEqual([finished.status, finished.stdout], [status, '']);
}

test('serve prints one line on standard output, ready, and nothing more until its end', async () => {
  const child = startPergola(ownCheckout, serveArgs('--workers', '1'));
  let stdout = '';
  child.stdout?.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stdin?.end();
  if (child.stdout === null) throw new Error('no standard output');
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  assert.match(line, /^ready api=http:\/\/127\.0\.0\.1:[1-9]\d* dns=127\.0\.0\.1:[1-9]\d* attach=loopback$/);
  child.kill('SIGINT');
  assert.deepEqual(await once(child, 'close'), [0, null]);
  assert.equal(stdout, `${line}\n`);
});

test('serve takes requests when it says ready, and leaves what is private private', async () => {
  await using server = await TestServer.start({ attach: 'loopback', workers: 2 });
  assert.equal((await fetch(`${server.api}/-/ready`)).status, 200);
  assert.equal(server.processes().workers.length, 2);
  const file = join(server.data, 'server.json');
  assert.deepEqual(JSON.parse(readFileSync(file, 'utf8')), {
    pid: server.pid,
    api: server.api,
    dns: server.dns,
    attach: 'loopback',
    region: 'us-east-1',
  });
  for (const name of ['server.json', 'admin.json']) assert.equal(statSync(join(server.data, name)).mode & 0o777, 0o600);
  assert.deepEqual(readdirSync(join(server.data, 'access')).sort(), ['worker-0.jsonl', 'worker-1.jsonl']);
  await refuses(
    ['serve', '--data', server.data, '--api', '127.0.0.1:0', '--dns', '127.0.0.1:0'],
    3,
    /another server runs in/,
  );
  assert.equal(await server.stop(), 0);
  assert.equal(existsSync(file), false);
});

test('serve says attach=netns where VPCs are namespaces', needsNamespaces, async () => {
  await using server = await TestServer.start({ attach: 'netns', workers: 1 });
  assert.equal(server.attach, 'netns');
  const { attach } = JSON.parse(readFileSync(join(server.data, 'server.json'), 'utf8')) as { attach: string };
  assert.equal(attach, 'netns');
});

test('server.json of a killed server is ignored', async () => {
  await using server = await TestServer.start({ attach: 'loopback', workers: 1 });
  await server.kill();
  assert.equal(existsSync(join(server.data, 'server.json')), true);
  const finished = await runPergola(ownCheckout, ['status', '--data', server.data]);
  assert.equal(finished.status, 1);
  assert.match(finished.stderr, /no server runs on/);
});

test('--data :memory: keeps nothing, and without --workers there is one for each core', async () => {
  const temporary = newDirectory();
  mkdirSync(temporary);
  const child = startPergola(ownCheckout, serveArgs('--data', ':memory:'), ['env', `TMPDIR=${temporary}`]);
  child.stdin?.end();
  if (child.stdout === null) throw new Error('no standard output');
  await once(createInterface({ input: child.stdout }), 'line');
  assert.equal(readdirSync(temporary).length, 1);
  const workers = childrenOf(child.pid ?? -1).filter(({ command }) => command.includes('worker-process'));
  assert.equal(workers.length, cpus().length);
  child.kill('SIGTERM');
  assert.deepEqual(await once(child, 'close'), [0, null]);
  assert.deepEqual(readdirSync(temporary), []);
});

test('--data :memory: leaves nothing of a start that is refused', async () => {
  const temporary = newDirectory();
  mkdirSync(temporary);
  await using taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  const { port } = taken.address() as AddressInfo;
  for (const [status, ...args] of [
    [2, '--workers', '0'],
    [2, '--attach', 'bridge'],
    [3, '--api', `127.0.0.1:${port}`],
  ] as const) {
    const child = startPergola(ownCheckout, serveArgs('--data', ':memory:', ...args), ['env', `TMPDIR=${temporary}`]);
    child.stdin?.end();
    assert.deepEqual(await once(child, 'close'), [status, null]);
    assert.deepEqual(readdirSync(temporary), [], args.join(' '));
  }
});

test('serve ends with 2 at wrong usage', async () => {
  for (const [args, message] of [
    [['--nothing'], /Unknown option '--nothing'/],
    [['--workers', '0'], /--workers 0 is not a number/],
    [['--attach', 'bridge'], /neither netns nor loopback/],
    [['--api', 'nowhere'], /--api nowhere is not HOST:PORT/],
    [['--dns', '127.0.0.1:99999'], /--dns 127.0.0.1:99999 is not HOST:PORT/],
  ] as const)
    await refuses(serveArgs(...args), 2, message);
  await refuses([], 2, /usage: npx pergola serve/);
  await refuses(['sing'], 2, /there is no command sing/);
});

test('serve ends with 3 at what it may not do', async () => {
  await refuses(serveArgs('--open', '--api', '0.0.0.0:0'), 3, /--open accepts every key/);
  await using taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  const { port } = taken.address() as AddressInfo;
  await refuses(serveArgs('--api', `127.0.0.1:${port}`), 3, /cannot be opened/);
  await refuses(serveArgs('--config', join(directory, 'none.yaml')), 3, /none.yaml cannot be read/);
  const path = join(directory, 'wrong.yaml');
  writeFileSync(path, 'regions: [us-east-1]\nvpc: []\n');
  await refuses(serveArgs('--config', path), 3, /wrong\.yaml:2: vpc: unknown key vpc; did you mean vpcs\?/);
  writeFileSync(path, 'vpcs: [{ name: a, cidrs: [10.0.0.0/16], attachment: { kind: netns } }]\n');
  await refuses(serveArgs('--config', path), 3, /wrong\.yaml:1: .* attaches with loopback/);
});

test('a data directory of a later version, and one whose state.db is no database or cut, are refused with a sentence and 3', async () => {
  const data = newDirectory();
  mkdirSync(data);
  const database = new DatabaseSync(join(data, 'state.db'));
  database.exec('CREATE TABLE migration (version INTEGER PRIMARY KEY, applied_at INTEGER NOT NULL) STRICT');
  database.exec('INSERT INTO migration VALUES (999, 0)');
  database.close();
  const args = ['serve', '--data', data, '--api', '127.0.0.1:0', '--dns', '127.0.0.1:0', '--attach', 'loopback'];
  const later = await runPergola(ownCheckout, args);
  assert.deepEqual([later.status, /version 999; this program knows up to \d+\n$/.test(later.stderr)], [3, true]);
  writeFileSync(join(data, 'state.db'), 'x'.repeat(5000));
  const foreign = await runPergola(ownCheckout, args);
  assert.deepEqual([foreign.status, foreign.stderr.endsWith('state.db is not a database\n')], [3, true]);
  rmSync(join(data, 'state.db'));
  const whole = new DatabaseSync(join(data, 'state.db'));
  whole.exec('CREATE TABLE migration (version INTEGER); CREATE TABLE filler AS SELECT hex(zeroblob(50000)) AS text;');
  whole.close();
  truncateSync(join(data, 'state.db'), 20_000);
  const before = readFileSync(join(data, 'state.db'));
  const cut = await runPergola(ownCheckout, args);
  assert.deepEqual([cut.status, /state\.db is damaged \(.+\); it stays as it is/.test(cut.stderr)], [3, true]);
  assert.deepEqual(readFileSync(join(data, 'state.db')), before);
});
