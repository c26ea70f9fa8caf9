// Lines of an access log on a real disk.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
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

test('a line file counts what cannot be written, and says so once', { skip: !existsSync('/dev/full') }, async () => {
  const dropped = { value: 0 };
  const said: string[] = [];
  const log = { ...silentLog, error: (message: string) => void said.push(message) };
  await using file = await openLineFile('/dev/full', { clock: createManualClock(), log, dropped });
  for (const count of [3, 1]) {
    for (let i = 0; i < count; i++) file.append(`${i}\n`);
    await file.flush();
  }
  assert.equal(dropped.value, 4);
  assert.equal(said.length, 1);
});

const isRoot = process.getuid?.() === 0;

test(
  'a line file on a disk that fills up has only whole lines once there is room again',
  { skip: !isRoot },
  async (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'pergola-lines-'));
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'pergola-test', folder]);
    t.after(() => {
      execFileSync('umount', [folder]);
      rmSync(folder, { recursive: true, force: true });
    });
    const path = join(folder, 'lines');
    const ballast = join(folder, 'ballast');
    writeFileSync(ballast, Buffer.alloc(32_768));
    const dropped = { value: 0 };
    {
      await using file = await openLineFile(path, { clock: createManualClock(), log: silentLog, dropped });
      const line = (i: number): string => `${JSON.stringify({ i, text: 'x'.repeat(83) })}\n`;
      for (let i = 0; i < 1000; i++) file.append(line(i));
      await file.flush();
      assert.ok(dropped.value > 0);
      rmSync(ballast);
      for (let i = 1000; i < 1010; i++) file.append(line(i));
      await file.flush();
    }
    const lines = readFileSync(path, 'utf8').split('\n');
    assert.equal(lines.pop(), '');
    const whole = lines.filter((text) => text.endsWith('}'));
    assert.ok(lines.length - whole.length <= 1, 'at most the line in which the disk was full is torn');
    for (const text of whole) JSON.parse(text);
    assert.equal(whole.length, 1010 - dropped.value);
    assert.match(whole.at(-1) ?? '', /"i":1009/);
  },
);
