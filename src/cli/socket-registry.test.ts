import assert from 'node:assert/strict';
import { test } from 'node:test';
import { silentLog } from '../base/log.ts';
import type { SocketSpec } from '../network/index.ts';
import { SocketRegistry } from './socket-registry.ts';

const spec = (key: string): SocketSpec => ({
  key,
  vpcId: 'vpc-a',
  kind: 'tcp',
  family: 4,
  port: 80,
  purpose: 'service',
});

function open() {
  const closed: string[] = [];
  const registry = new SocketRegistry({
    open: (specs) =>
      Promise.resolve({
        handles: new Map(specs.map(({ key }) => [key, { close: () => void closed.push(key) }])),
        failed: new Map(),
      }),
    log: silentLog,
  });
  const given: string[] = [];
  const addWorker = (worker: number): void =>
    registry.addWorker({
      worker,
      give: ({ key }) => void given.push(`${worker} ${key}`),
      take: (key) => void given.push(`${worker} not ${key}`),
    });
  return { registry, addWorker, given, closed };
}

/** Whether a promise is settled when all that is ready has run. */
async function isDone(promise: Promise<unknown>): Promise<boolean> {
  let done = false;
  void promise.then(() => (done = true));
  await new Promise(setImmediate);
  return done;
}

test('sync() resolves when every worker has answered for every socket, and tells who cannot listen', async () => {
  const { registry, addWorker, given } = open();
  addWorker(0);
  addWorker(1);
  const synced = registry.sync([spec('a'), spec('b')]);
  await isDone(synced);
  assert.deepEqual(given, ['0 a', '1 a', '0 b', '1 b']);
  registry.onListening(0, 'a');
  registry.onListening(1, 'a');
  registry.onListening(0, 'b');
  assert.equal(registry.hasAnswered(0), true);
  assert.equal(registry.hasAnswered(1), false);
  assert.equal(await isDone(synced), false);
  registry.onRefused(1, 'b', 'no');
  assert.deepEqual(await synced, { opened: ['a'], failed: [['b', 'no']] });
});

test('sync() does not wait for a worker that is gone, and does for one that came meanwhile', async () => {
  const { registry, addWorker } = open();
  addWorker(0);
  const synced = registry.sync([spec('a')]);
  await isDone(synced);
  addWorker(1);
  registry.removeWorker(0);
  assert.equal(await isDone(synced), false);
  registry.onListening(1, 'a');
  assert.deepEqual(await synced, { opened: ['a'], failed: [] });
});

test('sync() takes what is not asked for any more from every worker, and closes it', async () => {
  const { registry, addWorker, given, closed } = open();
  addWorker(0);
  const first = registry.sync([spec('a'), spec('b')]);
  await isDone(first);
  for (const key of ['a', 'b']) registry.onListening(0, key);
  await first;
  assert.deepEqual(await registry.sync([spec('b')]), { opened: ['b'], failed: [] });
  assert.deepEqual(given.at(-1), '0 not a');
  assert.deepEqual(closed, ['a']);
});
