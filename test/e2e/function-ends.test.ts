// Functions when things end: what a server that was killed leaves of them, and when no file descriptor is left.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdirSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { test } from 'node:test';
import { functionPath } from '../../src/cli/server-directory.ts';
import { childrenOf, isAlive, killProcess, makeDirectory, ownCheckout, TestServer } from '../server.ts';
import { eventually, given } from './scenario.ts';

const arn = 'arn:aws:lambda:us-east-1:123456789012:function:quote';
const program = [process.execPath, join(import.meta.dirname, '..', 'programs', 'function.ts')];
const configuration = JSON.stringify({ functions: [{ arn, command: program, timeout: 600, concurrency: 2 }] });

/** Invokes the function as workers do. */
function invoke(data: string, path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const call = request(
      {
        socketPath: functionPath(data),
        method: 'POST',
        path: `/2015-03-31/functions/${encodeURIComponent(arn)}/invocations`,
      },
      (response) => {
        let text = '';
        response.on('data', (chunk: Buffer) => (text += chunk.toString()));
        response.on('end', () => resolve(text));
        response.on('error', reject);
      },
    );
    call.on('error', reject);
    call.end(JSON.stringify({ raw_path: path }));
  });
}

const functionsOf = (server: TestServer): number =>
  given(childrenOf(server.pid).find(({ command }) => command.includes('function-process'))).pid;

/** Starts an environment that waits and one that is at work; their process ids. */
async function startTwo(server: TestServer): Promise<readonly number[]> {
  await eventually('functions can be invoked', () => invoke(server.data, '/').then(Boolean, () => false));
  void invoke(server.data, '/?wait=600000').catch(() => 'lost');
  let pids: readonly number[] = [];
  await eventually('there are two', async () => {
    await invoke(server.data, '/');
    pids = childrenOf(functionsOf(server)).map(({ pid }) => pid);
    return pids.length === 2;
  });
  return pids;
}

test('environments end with a supervisor that was killed', async () => {
  await using server = await TestServer.start({ attach: 'loopback', workers: 1, configuration });
  const pids = await startTwo(server);
  await server.kill();
  await eventually('they have ended', () => Promise.resolve(!pids.some(isAlive)));
});

test('environments of a server all of which was killed end at the next start', async () => {
  const data = makeDirectory(ownCheckout);
  using stack = new DisposableStack();
  stack.defer(() => rmSync(data, { recursive: true, force: true }));
  const first = await TestServer.start({ attach: 'loopback', workers: 1, configuration, data });
  const pids = await startTwo(first);
  const functions = functionsOf(first);
  // The supervisor would start another one.
  process.kill(first.pid, 'SIGSTOP');
  killProcess(functions);
  await eventually('the process of functions is gone', () => Promise.resolve(!isAlive(functions)));
  await first.kill();
  assert.ok(pids.some(isAlive), 'an environment at work outlives its server until the next start');
  await using second = await TestServer.start({ attach: 'loopback', workers: 1, configuration, data });
  await eventually('they have ended', () => Promise.resolve(!pids.some(isAlive)));
  await second.stop();
});

const noTool = spawnSync('prlimit', ['--version']).status === 0 ? false : 'there is no prlimit (util-linux)';
if (noTool !== false && process.env['CI'] === 'true') throw new Error(noTool);

test('without a free file descriptor no environment is started; with one again it is', { skip: noTool }, async () => {
  await using server = await TestServer.start({ attach: 'loopback', workers: 1, configuration });
  await eventually('the process of functions listens', () =>
    invoke(server.data, '/crash').then(
      (text) => text.includes('status 7'),
      () => false,
    ),
  );
  const functions = functionsOf(server);
  const limit = (soft: number): void => {
    const { status, stderr } = spawnSync('prlimit', [`--nofile=${soft}:`, '--pid', String(functions)], {
      encoding: 'utf8',
    });
    assert.equal(status, 0, stderr);
  };
  const said: string[] = [];
  await eventually('none is started', async () => {
    // The call's connection takes the lowest free one; a listener, pipes and a process need more.
    const open = new Set(readdirSync(`/proc/${functions}/fd`).map(Number));
    let free = 0;
    while (open.has(free)) free++;
    limit(free + 1);
    said.push(await invoke(server.data, '/crash').catch(String));
    return said.at(-1)?.includes('cannot be started') === true;
  });
  limit(1024);
  assert.match(await invoke(server.data, '/'), /"statusCode":200/, said.join('\n'));
  assert.equal(functionsOf(server), functions);
});
