// Lines of an access log on a real disk.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { createManualClock, type ManualClock } from '../../src/base/clock.ts';
import { silentLog } from '../../src/base/log.ts';
import {
  createLineMemory,
  createSubscriptionFiles,
  openLineFile,
  type SubscriptionSink,
} from '../../src/telemetry/index.ts';

const memory = () => createLineMemory(1e6);

/** No rotation. */
const never = { size: Infinity, files: 0 };

function place(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'pergola-lines-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, 'lines');
}

test('a line file writes what comes after a flush of nothing', async (t) => {
  const path = place(t);
  const clock = createManualClock();
  await using file = await openLineFile(path, never, {
    clock,
    log: silentLog,
    memory: memory(),
    dropped: { value: 0 },
  });
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
  const deps = { clock: createManualClock(), log: silentLog, memory: memory(), dropped: { value: 0 } };
  for (const part of ['a', 'b']) {
    await using file = await openLineFile(path, never, deps);
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
  await using file = await openLineFile('/dev/full', never, {
    clock: createManualClock(),
    log,
    memory: memory(),
    dropped,
  });
  for (const count of [3, 1]) {
    for (let i = 0; i < count; i++) file.append(`${i}\n`);
    await file.flush();
  }
  assert.equal(dropped.value, 4);
  assert.equal(said.length, 1);
});

/** Closes the files of a sink as time does. */
async function closeIdle(sink: SubscriptionSink, clock: ManualClock): Promise<void> {
  clock.advance(60_000);
  await sink.flush();
}

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
      await using file = await openLineFile(path, never, {
        clock: createManualClock(),
        log: silentLog,
        memory: memory(),
        dropped,
      });
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

test('a line file gives way to a new one when it is large, and keeps so many older ones', async (t) => {
  const path = place(t);
  const deps = { clock: createManualClock(), log: silentLog, memory: memory(), dropped: { value: 0 } };
  writeFileSync(path, 'before\n');
  await using file = await openLineFile(path, { size: 10, files: 2 }, deps);
  for (const line of ['a'.repeat(9), 'b'.repeat(9), 'c'.repeat(9), 'short']) {
    file.append(`${line}\n`);
    await file.flush();
  }
  const read = (name: string) => readFileSync(name, 'utf8');
  assert.deepEqual(
    [read(path), read(`${path}.1`), read(`${path}.2`), existsSync(`${path}.3`)],
    ['short\n', `${'c'.repeat(9)}\n`, `${'b'.repeat(9)}\n`, false],
  );
  assert.equal(deps.dropped.value, 0);
});

test('a line file that keeps no older one begins anew', async (t) => {
  const path = place(t);
  await using file = await openLineFile(
    path,
    { size: 5, files: 0 },
    { clock: createManualClock(), log: silentLog, memory: memory(), dropped: { value: 0 } },
  );
  for (const line of ['first', 'x']) {
    file.append(`${line}\n`);
    await file.flush();
  }
  assert.equal(readFileSync(path, 'utf8'), 'x\n');
});

test('the files of subscriptions are opened at their first line, and what comes meanwhile is kept', async (t) => {
  const folder = dirname(place(t));
  const dropped = { value: 0 };
  const clock = createManualClock();
  const deps = { clock, log: silentLog, memory: memory(), dropped };
  const sink = createSubscriptionFiles(folder, 'worker-0', { size: 1e9, files: 1 }, deps);
  t.after(() => closeIdle(sink, clock));
  sink.append('als-1', 'one\n');
  sink.append('als-2', 'two\n');
  sink.append('als-1', 'three\n');
  await sink.flush();
  const read = (id: string) => readFileSync(join(folder, id, 'worker-0.jsonl'), 'utf8');
  assert.deepEqual([read('als-1'), read('als-2')], ['one\nthree\n', 'two\n']);
  // A file in the place of the folder.
  writeFileSync(join(folder, 'als-3'), '');
  sink.append('als-3', 'lost\n');
  await sink.flush();
  assert.equal(dropped.value, 1);
});

test('a file of a subscription that gets no line any more is closed, and opened again at its next line', async (t) => {
  const folder = dirname(place(t));
  const clock = createManualClock();
  const deps = { clock, log: silentLog, memory: memory(), dropped: { value: 0 } };
  const sink = createSubscriptionFiles(folder, 'worker-0', never, deps);
  t.after(() => closeIdle(sink, clock));
  const openFiles = (): number =>
    readdirSync('/proc/self/fd').filter((fd) => {
      try {
        return readlinkSync(`/proc/self/fd/${fd}`).startsWith(folder);
      } catch {
        return false;
      }
    }).length;
  for (let i = 0; i < 20; i++) sink.append(`als-${i}`, 'gone\n');
  await sink.flush();
  if (existsSync('/proc/self/fd')) assert.equal(openFiles(), 20);
  clock.advance(30_000);
  sink.append('als-0', 'again\n');
  clock.advance(30_000);
  await sink.flush();
  if (existsSync('/proc/self/fd')) assert.equal(openFiles(), 1);
  sink.append('als-1', 'back\n');
  await sink.flush();
  const read = (id: string) => readFileSync(join(folder, id, 'worker-0.jsonl'), 'utf8');
  assert.deepEqual([read('als-0'), read('als-1'), deps.dropped.value], ['gone\nagain\n', 'gone\nback\n', 0]);
});

test('a subscription whose file cannot be opened is said once, tried again after a second, and every lost line is counted', async (t) => {
  const folder = dirname(place(t));
  const clock = createManualClock();
  const dropped = { value: 0 };
  const said: string[] = [];
  const log = { ...silentLog, error: (message: string) => void said.push(message) };
  const sink = createSubscriptionFiles(folder, 'worker-0', never, { clock, log, memory: memory(), dropped });
  t.after(() => closeIdle(sink, clock));
  writeFileSync(join(folder, 'als-1'), 'a file in the place of the folder');
  for (let i = 0; i < 50; i++) {
    sink.append('als-1', 'lost\n');
    await sink.flush();
    clock.advance(100);
  }
  assert.deepEqual([said.length, dropped.value], [1, 50]);
  rmSync(join(folder, 'als-1'));
  clock.advance(1000);
  sink.append('als-1', 'kept\n');
  await sink.flush();
  assert.equal(readFileSync(join(folder, 'als-1', 'worker-0.jsonl'), 'utf8'), 'kept\n');
});

test('two processes that write to one file lose nothing when one after the other rotates it', async (t) => {
  const path = place(t);
  const deps = { clock: createManualClock(), log: silentLog, memory: memory(), dropped: { value: 0 } };
  const rotation = { size: 100, files: 1 };
  await using one = await openLineFile(path, rotation, deps);
  await using other = await openLineFile(path, rotation, deps);
  const write = async (file: typeof one, text: string): Promise<void> => {
    file.append(`${text}\n`);
    await file.flush();
  };
  await write(other, 'a');
  await write(one, 'b'.repeat(100));
  // The one has begun a new file, the other has not noticed yet.
  await write(other, 'c'.repeat(100));
  await write(one, 'd');
  await write(other, 'e');
  const read = (name: string) =>
    readFileSync(name, 'utf8')
      .split('\n')
      .map((line) => line.slice(0, 1));
  assert.deepEqual(
    [read(`${path}.1`), read(path)],
    [
      ['a', 'b', 'c', ''],
      ['d', 'e', ''],
    ],
  );
});

test('a line file does not join its first line to one that an ended process left torn', async (t) => {
  const path = place(t);
  const deps = { clock: createManualClock(), log: silentLog, memory: memory(), dropped: { value: 0 } };
  writeFileSync(path, '{"whole":1}\n{"to');
  await using file = await openLineFile(path, never, deps);
  file.append('{"whole":2}\n');
  await file.flush();
  assert.equal(readFileSync(path, 'utf8'), '{"whole":1}\n{"to\n{"whole":2}\n');
});

test('lines of all subscriptions have one memory, which is free again when they are written', async (t) => {
  const folder = dirname(place(t));
  const clock = createManualClock();
  const dropped = { value: 0 };
  const deps = { clock, log: silentLog, memory: createLineMemory(100), dropped };
  const sink = createSubscriptionFiles(folder, 'worker-0', never, deps);
  t.after(() => closeIdle(sink, clock));
  const line = `${'x'.repeat(9)}\n`;
  // The first round waits for files to be opened, the second for the disk.
  for (const lost of [30, 60]) {
    for (let i = 0; i < 40; i++) sink.append(`als-${i % 20}`, line);
    assert.equal(dropped.value, lost);
    await sink.flush();
  }
  // A file that cannot be opened gives its room back too.
  writeFileSync(join(folder, 'als-x'), 'a file in the place of the folder');
  for (let i = 0; i < 20; i++) sink.append('als-x', line);
  await sink.flush();
  assert.equal(dropped.value, 80);
  for (let i = 0; i < 10; i++) sink.append('als-0', line);
  assert.equal(dropped.value, 80);
  await sink.flush();
});
