// Workers live in the server's core namespace, also when somebody else removes it.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { test } from 'node:test';
import { namePrefix, namespacePath, runCommand, whyNoNamespaces } from '../../src/network/index.ts';
import { eventually } from '../e2e/scenario.ts';
import { openShop } from '../e2e/shop.ts';
import { TestServer } from '../server.ts';

const reason = await whyNoNamespaces(runCommand, process.pid);
if (reason !== undefined && process.env['CI'] === 'true') throw new Error(`namespaces are needed: ${reason}`);

test('workers whose namespace is removed come back in the new one', { skip: reason ?? false }, async () => {
  await using server = await TestServer.start({ attach: 'netns', workers: 2 });
  await using shop = await openShop(server);
  assert.equal(await shop.ask('/'), 'blue');
  const core = `${namePrefix(server.data)}core`;
  const { workers: before } = server.processes();
  execFileSync('ip', ['netns', 'del', core]);
  // Any change that asks for more of the network has the machine looked at.
  const changed = performance.now();
  await using second = await openShop(server);
  await eventually('requests are answered', async () => (await shop.ask('/').catch(String)) === 'blue');
  assert.equal(await second.ask('/'), 'blue');
  const { ino } = statSync(namespacePath(core));
  const { workers } = server.processes();
  assert.deepEqual(
    workers.map((pid) => [before.includes(pid), statSync(`/proc/${pid}/ns/net`).ino]),
    [
      [false, ino],
      [false, ino],
    ],
  );
  assert.ok(performance.now() - changed < 20_000);
});
