// Lines of an access log on a real disk.

import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { createManualClock } from '../../src/base/clock.ts';
import { silentLog } from '../../src/base/log.ts';
import { openLineFile } from '../../src/telemetry/index.ts';

function place(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'pergola-lines-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, 'lines');
}

test('a line file writes what comes after a flush of nothing', async (t) => {
  const path = place(t);
  const clock = createManualClock();
  await using file = await openLineFile(path, { clock, log: silentLog, dropped: { value: 0 } });
  await file.flush();
  file.append('one\n');
  clock.advance(50);
  await file.flush();
  assert.equal(readFileSync(path, 'utf8'), 'one\n');
  // The second line is written by the first one's batch, so that its own timer finds nothing.
  file.append('two\n');
  await file.flush();
  clock.advance(50);
  file.append('three\n');
  clock.advance(50);
  await file.flush();
  assert.equal(readFileSync(path, 'utf8'), 'one\ntwo\nthree\n');
});

test('a line file keeps the order of lines and appends to what was there', async (t) => {
  const path = place(t);
  const deps = { clock: createManualClock(), log: silentLog, dropped: { value: 0 } };
  for (const part of ['a', 'b']) {
    await using file = await openLineFile(path, deps);
    for (let i = 0; i < 1000; i++) {
      file.append(`${part}${i}\n`);
      if (i % 100 === 0) void file.flush();
    }
  }
  const expected = ['a', 'b'].flatMap((part) => Array.from({ length: 1000 }, (_, i) => `${part}${i}\n`)).join('');
  assert.equal(readFileSync(path, 'utf8'), expected);
  assert.equal(deps.dropped.value, 0);
});
