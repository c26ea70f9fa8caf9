// The store in an SQLite database: what is answered is there at the next open, whatever happens to file, disk and process.

import assert from 'node:assert/strict';
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createLog, silentLog } from '../../src/base/log.ts';
import type { Service } from '../../src/domain/records/index.ts';
import { emptyState } from '../../src/domain/index.ts';
import { sealPlainSecrets } from '../../src/domain/iam/index.ts';
import { createService, deleteService } from '../../src/domain/service/index.ts';
import { advanceStatuses } from '../../src/domain/upkeep/index.ts';
import { acquireLock, isLockHeld, openStore, type Retention } from '../../src/store/index.ts';
import { migrations } from '../../src/store/migrations.ts';
import { contextOf, plainRecords } from './calls.ts';
import { storeContract } from './contract.ts';
import { eventOf, findEvents, findIds } from './events.ts';

const directory = mkdtempSync(join(tmpdir(), 'pergola-store-'));
after(() => rmSync(directory, { recursive: true, force: true }));
let files = 0;
const newFile = (): string => join(directory, `${++files}.db`);
const open = (file: string, retention?: Retention) =>
  openStore({ file, ...(retention === undefined ? {} : { retention }) }, { log: silentLog });
const context = contextOf('CreateService');
const decided = createService(emptyState, { name: 'one' }, context);

/** Waits for what another thread does. */
async function until(test: () => boolean): Promise<void> {
  for (const start = performance.now(); !test(); await sleep(5))
    if (performance.now() - start > 20_000) throw new Error('it did not come');
}

storeContract('sqlite', () => open(newFile()));

test('The database is readable for its owner only', async () => {
  const file = newFile();
  await using store = await open(file);
  await store.commit(createService, { name: 'one' }, context);
  for (const suffix of ['', '-wal']) assert.equal(statSync(`${file}${suffix}`).mode & 0o077, 0);
});

test('A store that is opened again has records and tokens', async () => {
  const file = newFile();
  const call = { name: 'one', tags: { team: 'shop' } };
  const token = { token: 't-1', parameters: call };
  let first;
  let records;
  {
    await using store = await open(file);
    first = await store.commit(createService, call, context, token);
    const { result } = await store.commit(createService, { name: 'two' }, context);
    await store.commit(deleteService, { serviceIdentifier: result.id }, contextOf('DeleteService'));
    records = plainRecords(store.state.value);
  }
  await using store = await open(file);
  assert.equal(store.state.value.revision, 3);
  assert.deepEqual(plainRecords(store.state.value), records);
  const replay = await store.commit(createService, call, context, token);
  assert.deepEqual(replay, { result: first.result, revision: 1, replayed: true });
});

test('Old rows of a large log are folded into the records', async () => {
  const file = newFile();
  const retention = { age: 60_000, bytes: 1000 };
  const old = { ...context, now: Date.now() - 120_000 };
  let records;
  {
    await using store = await open(file, retention);
    for (let n = 0; n < 20; n++) {
      const { result } = await store.commit(createService, { name: `old-${n}` }, old);
      if (n % 3 !== 0) continue;
      const { revision } = await store.commit(deleteService, { serviceIdentifier: result.id }, old);
      await store.commit(advanceStatuses, { obeyedRevision: revision }, old);
    }
    await store.commit(createService, { name: 'new' }, context);
    await store.commit(createService, { name: 'newer' }, context);
    records = plainRecords(store.state.value);
    assert.equal(await store.at(5), undefined);
    assert.equal((await store.at(store.state.value.revision - 1))?.tables.service.size, 14);
  }
  const database = new DatabaseSync(file);
  assert.deepEqual({ ...database.prepare('SELECT count(*) AS n FROM log').get() }, { n: 2 });
  database.close();
  await using store = await open(file, retention);
  assert.deepEqual(plainRecords(store.state.value), records);
});

test('That the log cannot be folded is logged when it begins and when it ends, and writes go on', async () => {
  const file = newFile();
  const lines: string[] = [];
  const log = createLog((line) => void lines.push(line), Date.now);
  const said = (text: string): number => lines.filter((line) => line.includes(text)).length;
  const old = { ...context, now: Date.now() - 120_000 };
  await using store = await openStore({ file, retention: { age: 60_000, bytes: 0 } }, { log });
  using database = new DatabaseSync(file);
  database.exec("CREATE TRIGGER stubborn BEFORE DELETE ON log BEGIN SELECT RAISE(ABORT, 'not now'); END");
  for (const name of ['one', 'two']) await store.commit(createService, { name }, old);
  // Time passes by the rows that are written.
  for (const name of ['three', 'four']) await store.commit(createService, { name }, context);
  await until(() => said('cannot be folded') > 0);
  assert.match(lines[0] ?? '', /"level":"error".*not now/);
  database.exec('DROP TRIGGER stubborn');
  await store.commit(createService, { name: 'five' }, context);
  await until(() => said('can be folded again') > 0);
  assert.equal(said('cannot be folded'), 1);
  assert.equal(store.state.value.tables.service.size, 5);
});

test('A database from before there were audit events opens with all that it has, and takes events', async () => {
  const file = newFile();
  const old = new DatabaseSync(file);
  old.exec(migrations[0] ?? '');
  old.exec('CREATE TABLE migration (version INTEGER PRIMARY KEY, applied_at INTEGER NOT NULL) STRICT');
  old.exec('INSERT INTO migration VALUES (1, 0)');
  const service = decided.changes[0]?.record as Service;
  old
    .prepare('INSERT INTO log VALUES (1, ?, ?, ?, ?, 1, ?)')
    .run(context.now, context.account, context.region, 'CreateService', JSON.stringify(decided.changes));
  old.close();
  for (const id of ['e-1', 'e-2']) {
    await using store = await open(file);
    assert.deepEqual([store.state.value.revision, store.state.value.tables.service.toList().toJS()], [1, [service]]);
    store.record(eventOf(id));
  }
  await using store = await open(file);
  assert.deepEqual(await findIds(store), ['e-2', 'e-1']);
});

test('Recorded events are written without a commit, and by the disposal', async () => {
  const file = newFile();
  const count = (): number => {
    using database = new DatabaseSync(file);
    return Number(database.prepare('SELECT count(*) AS n FROM event').get()?.['n']);
  };
  {
    await using store = await open(file);
    store.record(eventOf('e-1'));
    await until(() => count() === 1);
    store.record(eventOf('e-2'));
  }
  assert.equal(count(), 2);
});

test('The oldest events go when they are too many or too old, and no other', async () => {
  const file = newFile();
  const eventRetention = { age: 60_000, bytes: 100_000 };
  const text = 'x'.repeat(1000);
  const count = (): number => {
    using database = new DatabaseSync(file);
    return Number(database.prepare('SELECT count(*) AS n FROM event').get()?.['n']);
  };
  await using store = await openStore({ file, eventRetention }, { log: silentLog });
  const write = async (from: number, until: number, time: number): Promise<void> => {
    for (let n = from; n < until; n++) store.record(eventOf(`e-${n}`, { text, time }));
    await findIds(store);
  };
  const now = Date.now();
  await write(0, 3000, now);
  await until(() => count() === 100);
  assert.deepEqual(await findIds(store, { limit: 2 }), ['e-2999', 'e-2998']);
  // A little more than is allowed stays, so that not every write is followed by another.
  await write(3000, 3004, now);
  assert.equal(count(), 104);
  await write(3004, 3010, now);
  await until(() => count() === 100);
  await write(3010, 3011, now + 70_000);
  await until(() => count() === 1);
  assert.deepEqual(await findIds(store), ['e-3010']);
});

test('A search through many slices finds what is rare, and every event once', async () => {
  await using store = await open(newFile());
  const now = Date.now();
  for (let n = 0; n < 4500; n++)
    store.record(eventOf(`e-${n}`, { time: now + n, ...(n % 1500 === 7 ? { name: 'Rare' } : {}) }));
  const rare = { attribute: { kind: 'name', value: 'Rare' } } as const;
  assert.deepEqual(await findIds(store, rare), ['e-3007', 'e-1507', 'e-7']);
  const { events, next } = await findEvents(store, { ...rare, limit: 2 });
  assert.deepEqual(
    events.map(({ id }) => id),
    ['e-3007', 'e-1507'],
  );
  assert.ok(next !== undefined);
  assert.deepEqual(await findIds(store, { ...rare, before: next }), ['e-7']);
  const all = await findIds(store, { limit: 10_000 });
  assert.deepEqual([all.length, new Set(all).size], [4500, 4500]);
});

test('scrub() leaves no byte of what an older version wrote and the newest records do not have, once', async () => {
  const file = newFile();
  copyFileSync(join(import.meta.dirname, 'formats', 'tables-2-log-1', 'state.db'), file);
  const secret = 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAC';
  const has = (): readonly string[] =>
    ['', '-wal', '-shm'].filter(
      (suffix) => existsSync(`${file}${suffix}`) && readFileSync(`${file}${suffix}`).includes(secret),
    );
  const secrets = { seal: (_secret: string, id: string) => `sealed ${id}` };
  // Pages that are free keep what was deleted.
  const database = new DatabaseSync(file);
  database.exec(`CREATE TABLE gone (x TEXT); INSERT INTO gone VALUES ('${secret.repeat(500)}'); DROP TABLE gone;`);
  database.close();
  {
    // As one that is killed between the two.
    await using store = await open(file);
    await store.commit(sealPlainSecrets, { secrets }, contextOf('SealPlainSecrets'));
    assert.ok(has().includes(''));
  }
  await using store = await open(file);
  // More than are folded at once.
  const names = Array.from({ length: 700 }, (_, n) => `more-${n}`);
  await Promise.all(names.map((name) => store.commit(createService, { name }, contextOf('CreateService'))));
  const before = plainRecords(store.state.value);
  const { revision } = store.state.value;
  assert.ok((await store.at(revision - 1)) !== undefined);
  assert.equal(await store.scrub(), true);
  assert.deepEqual(has(), []);
  assert.ok(existsSync(`${file}-wal`), 'there is no log to look at');
  assert.equal(await store.at(revision - 1), undefined);
  assert.equal(await store.scrub(), false);
  await store.commit(createService, { name: 'after' }, contextOf('CreateService'));
  const then = await store.at(revision);
  assert.ok(then !== undefined);
  assert.deepEqual(plainRecords(then), before);
  await using fresh = await open(newFile());
  assert.equal(await fresh.scrub(), false);
});

test('A database of a later version is refused with both versions', async () => {
  const file = newFile();
  await (await open(file))[Symbol.asyncDispose]();
  const database = new DatabaseSync(file);
  database.exec('INSERT INTO migration VALUES (999, 0)');
  database.close();
  await assert.rejects(open(file), /version 999; this program knows up to 3/);
});

test('A file that is no database is refused', async () => {
  await assert.rejects(open(directory), /EISDIR|unable to open/);
  const file = newFile();
  copyFileSync(import.meta.filename, file);
  await assert.rejects(open(file), /not a database/);
});

// 50 cuts in `npm test`; PERGOLA_CUTS=500 for a longer look.
const cuts = Number(process.env['PERGOLA_CUTS'] ?? 50);

test(`A log that is cut at ${cuts} random places opens at a prefix of the answered calls`, async () => {
  const file = newFile();
  const answered: { readonly bytes: number; readonly records: unknown }[] = [];
  await using store = await open(file);
  answered.push({ bytes: 0, records: plainRecords(store.state.value) });
  for (let n = 0; n < 60; n++) {
    await store.commit(createService, { name: `service-${n}` }, context, { token: `t-${n}`, parameters: n });
    answered.push({ bytes: statSync(`${file}-wal`).size, records: plainRecords(store.state.value) });
  }
  const size = statSync(`${file}-wal`).size;
  const before = answered[0]?.bytes ?? 0;
  const seen = new Set<number>();
  for (let n = 0; n < cuts; n++) {
    const copy = newFile();
    const cut = before + Math.floor(Math.random() * (size - before));
    copyFileSync(file, copy);
    copyFileSync(`${file}-wal`, `${copy}-wal`);
    truncateSync(`${copy}-wal`, cut);
    await using reopened = await open(copy);
    const { revision } = reopened.state.value;
    seen.add(revision);
    assert.deepEqual(plainRecords(reopened.state.value), answered[revision]?.records, `cut at ${cut}`);
    const whole = answered.findLastIndex(({ bytes }) => bytes <= cut);
    assert.ok(revision >= whole, `cut at ${cut}: revision ${revision}, although ${whole} was whole`);
    assert.equal((await reopened.commit(createService, { name: 'next' }, context)).revision, revision + 1);
  }
  assert.ok(seen.size > Math.min(cuts, 60) / 5, `only ${seen.size} different revisions were seen`);
});

test('acquireLock() is held once, and again after its end', () => {
  const file = join(directory, 'lock');
  assert.equal(isLockHeld(file), false);
  const lock = acquireLock(file);
  assert.ok(lock !== undefined);
  assert.equal(isLockHeld(file), true);
  assert.equal(acquireLock(file), undefined);
  lock[Symbol.dispose]();
  assert.equal(isLockHeld(file), false);
  acquireLock(file)?.[Symbol.dispose]();
});
