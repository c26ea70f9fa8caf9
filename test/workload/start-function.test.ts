// Processes of functions: their output is bounded, and what they start ends with them.

import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createLog } from '../../src/base/log.ts';
import { createFunctionStarter } from '../../src/workload/functions/index.ts';
import { isAlive } from '../server.ts';

const directory = mkdtempSync(join(tmpdir(), 'pergola-functions-'));
after(() => rmSync(directory, { recursive: true, force: true }));
const log = createLog(
  () => {},
  () => 0,
);
const folder = join(directory, 'functions');

function open(name: string, script: string, size = 1_000_000) {
  const starter = createFunctionStarter(directory, process.env, size, log);
  const ended = Promise.withResolvers<string>();
  const started = starter.start(
    {
      kind: 'command',
      arn: `arn:aws:lambda:us-east-1:123456789012:function:${name}`,
      command: ['sh', '-c', script],
      directory: '/',
      environment: {},
      concurrency: 1,
      timeout: 1000,
    },
    {},
    ended.resolve,
  );
  return { starter, started, ended: ended.promise };
}

/** What a function's log says, when it says something. */
async function said(name: string): Promise<string> {
  for (;;) {
    const text = readFileSync(join(folder, `${name}.log`), 'utf8');
    if (text.endsWith('\n')) return text;
    await sleep(10);
  }
}

test('a flood of output stays within two files, and its end is kept', async () => {
  const { starter, ended } = open('flood', 'yes | head -c 5000000; echo; echo the end; echo of errors >&2');
  assert.match(await ended, /exited with status 0/);
  await starter.killAll();
  const files = readdirSync(folder).filter((name) => name.startsWith('flood'));
  assert.deepEqual(files.toSorted(), ['flood.log', 'flood.log.1']);
  for (const name of files) assert.ok(statSync(join(folder, name)).size <= 1_000_000, name);
  const text = readFileSync(join(folder, 'flood.log'), 'utf8');
  assert.match(text, /the end\n/);
  assert.match(text, /of errors\n/);
});

test('what a function has started ends with it', async () => {
  const { starter, started, ended } = open('family', 'sleep 1000 & echo $!; wait');
  const child = Number(await said('family'));
  assert.ok(isAlive(child));
  started.kill();
  assert.match(await ended, /SIGKILL/);
  while (isAlive(child)) await sleep(10);
  await starter.killAll();
});

test('what a process that was ended without warning has left is ended by the next', async () => {
  const { starter, ended } = open('left', 'echo $$; sleep 1000');
  const left = Number(await said('left'));
  // The same list, of an owner that is no more.
  const list = join(folder, `${process.pid}.json`);
  const kept = JSON.parse(readFileSync(list, 'utf8')) as { owner: { startTime: string } };
  writeFileSync(list, JSON.stringify({ ...kept, owner: { ...kept.owner, startTime: 'before' } }));
  createFunctionStarter(directory, {}, 1000, log);
  assert.match(await ended, /SIGKILL/);
  assert.ok(!isAlive(left));
  await starter.killAll();
});
