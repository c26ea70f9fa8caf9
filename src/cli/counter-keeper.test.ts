// Counters over the lives of control processes.

import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { createManualClock, type ManualClock } from '../base/clock.ts';
import { silentLog } from '../base/log.ts';
import { createCounterKeeper, type CounterKeeper } from './counter-keeper.ts';

function place(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'pergola-counters-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, 'counters.json');
}

const open = (path: string, clock: ManualClock = createManualClock(), history = 'h'): CounterKeeper =>
  createCounterKeeper({ path, history, clock, log: silentLog });
const line = (keeper: CounterKeeper, name: string): number =>
  Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(keeper.format({}))?.[1] ?? 0);
const [a, b] = [
  { worker: 0, process: 'a' },
  { worker: 0, process: 'b' },
];

test('a keeper goes on from what ended processes have counted before it, and counts those that come back once', (t) => {
  const path = place(t);
  const first = open(path);
  first.follow([a]);
  first.put('a', { x_total: 5, open: 2 });
  first.follow([a, b]);
  first.put('b', { x_total: 3, open: 1 });
  first.follow([b]);
  first.put('b', { x_total: 4 });

  const second = open(path);
  second.follow([b]);
  second.put('b', { x_total: 6, open: 1 });
  assert.deepEqual([line(second, 'x_total'), line(second, 'open')], [11, 1]);
  const other = open(path, createManualClock(), 'another supervisor');
  assert.equal(line(other, 'x_total'), 0);
});

test('a keeper begins anew when its file is damaged', (t) => {
  const path = place(t);
  for (const text of ['{', 'null', '{"history":"h"}', '{"history":"h","ended":[],"processes":3}']) {
    writeFileSync(path, text);
    const keeper = open(path);
    keeper.put('a', { x_total: 5 });
    assert.equal(line(keeper, 'x_total'), 5, text);
  }
  assert.ok(existsSync(path));
});

test('told() resolves when every worker has told everything, and not much later when one stands still', async (t) => {
  const clock = createManualClock();
  const keeper = open(place(t), clock);
  let done = 0;
  const ask = (): void => void keeper.told([0, 1]).then(() => done++);
  const turns = async (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  ask();
  keeper.follow([a, { worker: 1, process: 'c' }]);
  keeper.put('a', { x_total: 1 });
  keeper.put('c', { x_total: 1 });
  keeper.put('c', {});
  await turns();
  assert.equal(done, 0);
  keeper.put('a', {});
  await turns();
  assert.equal(done, 1);
  keeper.follow([b, { worker: 1, process: 'c' }]);
  ask();
  await turns();
  assert.equal(done, 1);
  clock.advance(1000);
  await turns();
  assert.equal(done, 2);
});
