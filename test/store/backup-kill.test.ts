// Kills in the middle of backups and restores: no half of a backup has its name, and a data directory has the old state or the new one.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { silentLog } from '../../src/base/log.ts';
import { createService } from '../../src/domain/service/index.ts';
import { checkBackup, takeBackup } from '../../src/store/backup/index.ts';
import { openStore } from '../../src/store/index.ts';
import { ownCheckout, runPergola, startPergola } from '../server.ts';
import { contextOf, plainRecords } from './calls.ts';
import { eventOf } from './events.ts';

const directory = mkdtempSync(join(tmpdir(), 'pergola-backup-kill-'));
after(() => rmSync(directory, { recursive: true, force: true }));
const rounds = Number(process.env['PERGOLA_KILLS'] ?? 15);
const open = (file: string) => openStore({ file }, { log: silentLog });

/** Adds services to a database, large enough that copying it takes a while. */
async function fill(file: string, name: string): Promise<void> {
  await using store = await open(file);
  const text = 'x'.repeat(20_000);
  const create = (n: number) =>
    store.commit(createService, { name: `${name}-${n}` }, contextOf('CreateService'), undefined, () =>
      eventOf(`${name}-${n}`, { text }),
    );
  await Promise.all(Array.from({ length: 500 }, (_, n) => create(n)));
}

async function recordsOf(file: string): Promise<unknown> {
  await using store = await open(file);
  return plainRecords(store.state.value);
}

const oldFile = join(directory, 'old.db');
const newFile = join(directory, 'new.db');
const backup = join(directory, 'new.backup');
let states: readonly unknown[] = [];
before(async () => {
  await fill(oldFile, 'old');
  await fill(newFile, 'new');
  using taken = await takeBackup(newFile, `${newFile}.copy`, Date.now());
  const portions: Buffer[] = [];
  for await (const portion of taken.content) portions.push(portion);
  writeFileSync(backup, Buffer.concat(portions));
  states = [await recordsOf(oldFile), await recordsOf(newFile)];
});

/** Puts the old database at `target`, as a server that was killed leaves it: with a log that has its last change. */
async function placeOld(target: string): Promise<void> {
  for (const suffix of ['', '-wal', '-shm']) rmSync(`${target}${suffix}`, { force: true });
  copyFileSync(oldFile, target);
  const store = await open(target);
  await store.commit(createService, { name: 'last' }, { ...contextOf('CreateService'), now: 0, random });
  copyFileSync(`${target}-wal`, `${target}.log`);
  await store[Symbol.asyncDispose]();
  copyFileSync(oldFile, target);
  copyFileSync(`${target}.log`, `${target}-wal`);
}
const random = { hex: (length: number) => 'a'.repeat(length * 2), uuid: () => '', fraction: () => 0 };

test(`A data directory has the old state or the new one after each of ${rounds} kills in the middle of a restore`, async () => {
  const target = join(directory, 'state.db');
  await placeOld(target);
  const old = await recordsOf(target);
  assert.notDeepEqual(old, states[0]);
  const counts = { old: 0, new: 0 };
  let longest = 50;
  for (let round = 0; round < rounds; round++) {
    await placeOld(target);
    const child = spawn(process.execPath, [join(import.meta.dirname, 'restorer.ts'), backup, target]);
    const closed = once(child, 'close');
    let output = '';
    child.stdout.on('data', (data: Buffer) => (output += data.toString()));
    await Promise.race([once(child.stdout, 'data'), closed]);
    const begun = performance.now();
    // The first is left alone: it tells how long a restore takes on this machine.
    if (round > 0) {
      await sleep(Math.random() * longest * 1.1);
      child.kill('SIGKILL');
    }
    await closed;
    if (round === 0) longest = performance.now() - begun;
    const found = await recordsOf(target);
    const isNew = found instanceof Array && JSON.stringify(found) === JSON.stringify(states[1]);
    counts[isNew ? 'new' : 'old']++;
    if (!isNew) assert.deepEqual(found, old, `round ${round}: neither the old state nor the new one`);
    if (output.includes('end')) assert.ok(isNew, `round ${round}: it said that it was done`);
  }
  assert.ok(counts.new > 0 && counts.old + counts.new === rounds);
});

test(`No half of a backup has its name after ${rounds} kills in the middle of one, and the one that was there stays`, async () => {
  const data = join(directory, 'data');
  const file = join(directory, 'kept.backup');
  mkdirSync(data);
  copyFileSync(oldFile, join(data, 'state.db'));
  copyFileSync(backup, file);
  const args = ['backup', file, '--data', data];
  const begun = performance.now();
  assert.equal((await runPergola(ownCheckout, args)).status, 0);
  const longest = performance.now() - begun;
  const { head } = await checkBackup(file);
  for (let round = 0; round < rounds; round++) {
    const fresh = join(directory, `fresh-${round}.backup`);
    const target = round % 2 === 0 ? file : fresh;
    const child = startPergola(ownCheckout, ['backup', target, '--data', data]);
    const closed = once(child, 'close');
    // Most of the time goes into the start of the process.
    await sleep(longest * (0.4 + 0.7 * Math.random()));
    child.kill('SIGKILL');
    await closed;
    if (existsSync(target)) assert.equal((await checkBackup(target)).head.revision, head.revision);
  }
  assert.equal((await runPergola(ownCheckout, args)).status, 0);
  assert.deepEqual(
    readdirSync(data).filter((name) => /partial/.test(name)),
    [],
  );
  assert.deepEqual(await recordsOf(join(data, 'state.db')), states[0]);
});
