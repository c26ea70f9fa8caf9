// `npm start` and `npm run bench`: what a stranger types first.

import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';
import { makeDirectory, ownCheckout } from '../server.ts';

const directory = makeDirectory(ownCheckout);
after(() => rmSync(directory, { recursive: true, force: true }));

const bootstrap = join(ownCheckout.root, 'tools', 'bootstrap.mjs');

test('npm start shows a request between two VPCs of one range, stays up, and leaves nothing', async () => {
  const ports = ['--api', '127.0.0.1:0', '--dns', '127.0.0.1:0'];
  const child = spawn(process.execPath, [bootstrap, 'src/cli/quickstart.ts', ...ports], {
    cwd: directory,
    stdio: 'pipe',
  });
  let text = '';
  child.stderr.on('data', (chunk: Buffer) => (text += chunk.toString()));
  await new Promise<void>((resolve) => {
    child.stdout.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      if (text.includes('Ctrl-C ends it')) resolve();
    });
    child.once('exit', () => resolve());
  });
  const up = existsSync(join(directory, '.pergola', 'server.json'));
  child.kill('SIGINT');
  const [status] = (await once(child, 'exit')) as [number | null];
  for (const line of [
    /^ready api=http:\/\/127\.0\.0\.1:\d+ dns=127\.0\.0\.1:\d+ attach=(netns|userns|loopback)$/m,
    /^1\. VPC shop asks for pay\.corp\.internal, .* alias of pay-\w+\./m,
    /^ {5}without a rule: (no answer within 2000 ms|.*ECONN.*|socket hang up)$/m,
    /^ {5}tcp 80 (to the prefix list com\.amazonaws\.us-east-1\.vpc-lattice|from 10\.0\.0\.0\/16): 200 from v[12]$/m,
    /^ {5}(169\.254\.171|127\.1\d\d\.0)\.\d+$/m,
    /^ {5}200 from v1; .* x-forwarded-for (10\.0|127\.\d+)\.1\.10,/m,
    /^ {5}404$/m,
    /^ {5}\/hello: 200$/m,
    /^ {5}\/admin: 403 .* with an explicit deny in a service-based policy$/m,
    /^ {7}x-pergola-reason: service-based policy: statement 2 \(NoAdminFromShop\) of .* denies$/m,
    /: 0 failed$/m,
    /"ruleId":"rule-/,
  ])
    assert.match(text, line);
  const [, v1 = '', v2 = ''] = /^ {5}\{"v1":(\d+),"v2":(\d+)\}$/m.exec(text) ?? assert.fail(text);
  assert.equal(Number(v1) + Number(v2), 1000);
  assert.ok(Math.abs(Number(v1) - 900) <= 10, `weights of 90 and 10 gave ${v1} and ${v2}`);
  assert.equal(up, true, 'it did not stay up');
  assert.equal(status, 0, text);
  assert.equal(existsSync(join(directory, '.pergola', 'server.json')), false);
});

test('npm start says why its server does not start', async () => {
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  const { port } = taken.address() as AddressInfo;
  const ports = ['--api', `127.0.0.1:${port}`, '--dns', '127.0.0.1:0'];
  const child = spawn(process.execPath, [bootstrap, 'src/cli/quickstart.ts', ...ports], { cwd: directory });
  let text = '';
  child.stderr.on('data', (chunk: Buffer) => (text += chunk.toString()));
  const [status] = (await once(child, 'close')) as [number | null];
  taken.close();
  assert.equal(status, 1);
  assert.match(text, new RegExp(`the server ended with status 3\n.*127\\.0\\.0\\.1:${port}`, 's'));
});

test('npm start takes no other arguments than the places of API and DNS', () => {
  const start = spawnSync(process.execPath, [bootstrap, 'src/cli/quickstart.ts', '--data', 'x'], { encoding: 'utf8' });
  assert.equal(start.status, 2);
  assert.match(start.stderr, /usage: npm start/);
});

test('a fresh clone installs what is missing, once, also for two commands at once, and again when the lock file changes', async () => {
  const clone = join(directory, 'clone');
  const node = join(clone, 'pinned', 'bin', 'node');
  mkdirSync(join(clone, 'tools'), { recursive: true });
  mkdirSync(dirname(node), { recursive: true });
  cpSync(bootstrap, join(clone, 'tools', 'bootstrap.mjs'));
  // In the place of the package `node`: the same program, without a registry.
  symlinkSync(process.execPath, node);
  writeFileSync(join(clone, 'pinned', 'package.json'), '{ "name": "node", "version": "1.0.0" }');
  writeFileSync(join(clone, 'package.json'), '{ "name": "clone", "dependencies": { "node": "file:./pinned" } }');
  writeFileSync(join(clone, 'entry.mjs'), 'console.log("run", ...process.argv.slice(2)); process.exitCode = 5;');
  const lock = (version: string): void =>
    writeFileSync(
      join(clone, 'package-lock.json'),
      `{ "lockfileVersion": 3, "version": "${version}", "packages": {} }`,
    );
  const run = () => {
    const script = join(clone, 'tools', 'bootstrap.mjs');
    const { status, stdout, stderr } = spawnSync(process.execPath, [script, 'entry.mjs', 'a', 'b'], {
      encoding: 'utf8',
    });
    assert.deepEqual([status, stdout], [5, 'run a b\n'], stderr);
    return stderr;
  };
  lock('1.0.0');
  assert.match(run(), /^installing packages/);
  assert.equal(run(), '');
  lock('1.0.1');
  assert.match(run(), /^installing packages/);
  // Two at once, and what an installation left that was killed.
  lock('1.0.2');
  mkdirSync(join(clone, '.installing'));
  writeFileSync(join(clone, '.installing', 'pid'), '2147483646');
  const both = await Promise.all(
    [1, 2].map(async () => {
      const child = spawn(process.execPath, [join(clone, 'tools', 'bootstrap.mjs'), 'entry.mjs'], { cwd: clone });
      let stderr = '';
      child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
      const [status] = (await once(child, 'close')) as [number];
      assert.equal(status, 5, stderr);
      return stderr;
    }),
  );
  assert.equal(both.filter((stderr) => stderr.startsWith('installing packages')).length, 1, both.join());
  assert.equal(existsSync(join(clone, '.installing')), false);
});

test('npx pergola runs the program of a checkout', () => {
  const ended = spawnSync('npx', ['--no-install', 'pergola', 'status', '--data', join(directory, 'nothing')], {
    cwd: ownCheckout.root,
    encoding: 'utf8',
  });
  assert.match(ended.stderr, /no server runs on/);
  assert.deepEqual([ended.status, ended.stdout], [1, '']);
});

test('npm run bench says which benches there are', () => {
  const bench = spawnSync(process.execPath, [bootstrap, 'test/bench/run.ts', 'nothing'], { encoding: 'utf8' });
  assert.equal(bench.status, 2);
  assert.match(bench.stderr, /NAME is one of http1, /);
});

test('npm run bench -- NAME prints a table for people, and with --json rows for machines and nothing else', () => {
  const run = (...args: readonly string[]): string => {
    const bench = spawnSync(
      process.execPath,
      [bootstrap, 'test/bench/run.ts', 'fuzz', '--rounds', '1', '--seconds', '0.1', ...args],
      {
        encoding: 'utf8',
      },
    );
    assert.equal(bench.status, 0, bench.stderr);
    return bench.stdout;
  };
  const rows = JSON.parse(run('--json')) as readonly Readonly<Record<string, unknown>>[];
  assert.ok(rows.length > 0 && rows.every(({ bench, what }) => bench === 'fuzz' && typeof what === 'string'));
  assert.match(run(), /^\| bench \| what \| .*\n\| --- \|/);
});
