// `npm start` and `npm run bench`: what a stranger types first.

import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { makeDirectory, ownCheckout } from '../server.ts';

const directory = makeDirectory(ownCheckout);
after(() => rmSync(directory, { recursive: true, force: true }));

const bootstrap = join(ownCheckout.root, 'tools', 'bootstrap.mjs');

/** Whether one of the ports that a server has by default is in use. */
async function isTaken(port: number): Promise<boolean> {
  const server = createServer();
  const taken = await new Promise<boolean>((resolve) => {
    server.once('error', () => resolve(true));
    server.listen(port, '127.0.0.1', () => resolve(false));
  });
  server.close();
  return taken;
}

const skip =
  (await isTaken(7171)) || (await isTaken(7153)) ? 'another server has the default ports 7171 and 7153' : false;

test('npm start shows a request between two VPCs of one range, stays up, and leaves nothing', { skip }, async () => {
  const child = spawn(process.execPath, [bootstrap, 'src/cli/quickstart.ts'], { cwd: directory, stdio: 'pipe' });
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
    /^ready api=http:\/\/127\.0\.0\.1:7171 dns=127\.0\.0\.1:7153 attach=/m,
    /^ {5}(169\.254\.171|127\.1\d\d\.0)\.\d+$/m,
    /^ {5}200 from v1; .* x-forwarded-for (10\.0|127\.\d+)\.1\.10,/m,
    /"v1":(89|90|91)\d,"v2":(8|9|10|11)\d}/,
    /^ {5}404$/m,
    /: 0 failed$/m,
    /"ruleId":"rule-/,
  ])
    assert.match(text, line);
  assert.equal(up, true, 'it did not stay up');
  assert.equal(status, 0, text);
  assert.equal(existsSync(join(directory, '.pergola', 'server.json')), false);
});

test('npm run bench says which benches there are', () => {
  const bench = spawnSync(process.execPath, [bootstrap, 'test/bench/run.ts', 'nothing'], { encoding: 'utf8' });
  assert.equal(bench.status, 2);
  assert.match(bench.stderr, /NAME is one of http1, /);
});
