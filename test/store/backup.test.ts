// Backups of a database that is written to, what of a file is refused, and that a restore is the old state or the new one.

import assert from 'node:assert/strict';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { silentLog } from '../../src/base/log.ts';
import { createService } from '../../src/domain/service/index.ts';
import {
  BackupProblem,
  backupSize,
  checkBackup,
  removeLeftovers,
  restoreBackup,
  takeBackup,
} from '../../src/store/backup/index.ts';
import { openStore, readSecretsKey, writeSecretsKey } from '../../src/store/index.ts';
import { contextOf, plainRecords } from './calls.ts';
import { eventOf, findIds } from './events.ts';

const directory = mkdtempSync(join(tmpdir(), 'pergola-backup-'));
after(() => rmSync(directory, { recursive: true, force: true }));
let files = 0;
const newPath = (): string => join(directory, String(++files));
const context = contextOf('CreateService');
const open = (file: string) => openStore({ file }, { log: silentLog });

/** Takes a backup of `database` into a file; gives its path. */
async function backUp(database: string): Promise<string> {
  using taken = await takeBackup(database, `${database}.copy`, 1_800_000_000_000);
  const portions: Buffer[] = [];
  for await (const portion of taken.content) portions.push(portion);
  const file = newPath();
  writeFileSync(file, Buffer.concat(portions));
  assert.equal(statSync(file).size, taken.size);
  return file;
}

/** The path of a database with these services. */
async function makeDatabase(...names: readonly string[]): Promise<string> {
  const file = newPath();
  await using store = await open(file);
  for (const name of names)
    await store.commit(createService, { name }, context, { token: name, parameters: name }, () => eventOf(name));
  return file;
}

async function servicesOf(database: string): Promise<readonly string[]> {
  await using store = await open(database);
  return [...store.state.value.tables.service.values()].map(({ name }) => name).sort();
}

const leftovers = (): readonly string[] =>
  readdirSync(directory).filter((name) => /copy|restoring|replaced|wal|shm/.test(name));

test('A backup is one revision, taken while commits go on: all that was answered before it began, nothing that came later', async () => {
  const file = newPath();
  await using store = await open(file);
  let answered = 0;
  let isOver = false;
  const write = async (writer: number): Promise<void> => {
    for (let n = 0; !isOver; n++) {
      const name = `s-${writer}-${n}`;
      await store.commit(createService, { name }, context, undefined, () => eventOf(name));
      answered = store.state.value.revision;
    }
  };
  const writers = [1, 2, 3].map(write);
  for (let round = 0; round < 5; round++) {
    const last = answered;
    while (answered < last + 10) await sleep(1);
    const before = answered;
    const backup = await backUp(file);
    const { head } = await checkBackup(backup);
    assert.ok(head.revision >= before, `revision ${head.revision}, although ${before} was answered`);
    const target = newPath();
    assert.deepEqual(await restoreBackup(backup, target), head);
    await using restored = await open(target);
    const then = await store.at(head.revision);
    assert.ok(then !== undefined);
    assert.deepEqual(plainRecords(restored.state.value), plainRecords(then));
    const names = [...then.tables.service.values()].map(({ name }) => name).sort();
    assert.deepEqual([...(await findIds(restored, { limit: 100_000 }))].sort(), names);
  }
  isOver = true;
  await Promise.all(writers);
});

test('A restored database goes on: tokens replay, revisions follow, and it is for its owner alone', async () => {
  const target = newPath();
  await restoreBackup(await backUp(await makeDatabase('one', 'two')), target);
  assert.equal(statSync(target).mode & 0o077, 0);
  await using store = await open(target);
  const again = await store.commit(createService, { name: 'one' }, context, { token: 'one', parameters: 'one' });
  assert.deepEqual([again.replayed, again.revision], [true, 1]);
  assert.equal((await store.commit(createService, { name: 'three' }, context)).revision, 3);
  assert.ok((await store.at(1)) !== undefined);
});

test('Nothing that was deleted is in a backup', async () => {
  const file = await makeDatabase('one');
  const database = new DatabaseSync(file);
  database.exec(`CREATE TABLE gone (x TEXT); INSERT INTO gone VALUES ('${'secret-'.repeat(2000)}'); DROP TABLE gone;`);
  database.close();
  assert.ok(readFileSync(file).includes('secret-secret'));
  assert.ok(!readFileSync(await backUp(file)).includes('secret-secret'));
});

test('A database that was not closed is backed up with all of its log', async () => {
  const file = newPath();
  const store = await open(file);
  await store.commit(createService, { name: 'one' }, context);
  const copy = newPath();
  for (const suffix of ['', '-wal']) copyFileSync(`${file}${suffix}`, `${copy}${suffix}`);
  await store[Symbol.asyncDispose]();
  const target = newPath();
  await restoreBackup(await backUp(copy), target);
  assert.deepEqual(await servicesOf(target), ['one']);
});

test('What is no database has no backup, and leaves nothing', async () => {
  const file = newPath();
  writeFileSync(file, 'x'.repeat(10_000));
  await assert.rejects(backUp(file), (error) => error instanceof BackupProblem && /not a database/.test(error.message));
  assert.deepEqual(leftovers(), []);
});

test('A backup that is cut anywhere, or has one byte more or changed, is refused, and nothing is changed', async () => {
  const backup = await backUp(await makeDatabase('one', 'two'));
  const bytes = readFileSync(backup);
  const target = await makeDatabase('old');
  const refuses = async (what: string, content: Buffer, message: RegExp): Promise<void> => {
    const file = newPath();
    writeFileSync(file, content);
    const isRefusal = (error: unknown): boolean => error instanceof BackupProblem && message.test(error.message);
    await assert.rejects(restoreBackup(file, target), isRefusal, what);
    rmSync(file);
  };
  for (let n = 0; n < 40; n++) {
    const at = n < 20 ? n * 7 : Math.floor(Math.random() * bytes.length);
    await refuses(`cut at ${at}`, bytes.subarray(0, at), /is no backup|is not whole|is damaged/);
    const flipped = Buffer.from(bytes);
    flipped[at] = (flipped[at] ?? 0) ^ (1 << (n % 8));
    await refuses(`changed at ${at}`, flipped, /is no backup|is not whole|is damaged|knows up to/);
  }
  await refuses('one byte more', Buffer.concat([bytes, Buffer.from('x')]), /is damaged/);
  await refuses('nothing', Buffer.alloc(0), /is no backup of Pergola/);
  await refuses('a later form', Buffer.from('pergola backup 3\n'), /backup format 3; this program knows up to 2/);
  await refuses(
    'a huge length',
    Buffer.from('pergola backup 1\n{"time":0,"revision":0,"bytes":9e15}\n'),
    /damaged|whole/,
  );
  assert.deepEqual(await servicesOf(target), ['old']);
});

test('A whole backup whose database is of a later version, damaged within, or not what it says is refused, and nothing is changed', async () => {
  const target = await makeDatabase('old');
  const cases: readonly (readonly [string, RegExp])[] = [
    ['INSERT INTO migration VALUES (999, 0)', /cannot be restored: .*version 999; this program knows up to/],
    ['UPDATE log SET format = 99', /cannot be restored: .*format 99; this program knows up to/],
    ["UPDATE log SET changes = '{'", /cannot be restored: .*JSON/],
  ];
  for (const [statement, message] of cases) {
    const file = await makeDatabase('one');
    const database = new DatabaseSync(file);
    database.exec(statement);
    database.close();
    await assert.rejects(restoreBackup(await backUp(file), target), message);
  }
  assert.deepEqual(await servicesOf(target), ['old']);
  assert.deepEqual(leftovers(), []);
});

test('A restore takes the place of an open log, and of a database that cannot be read', async () => {
  const backup = await backUp(await makeDatabase('new'));
  const target = newPath();
  const old = newPath();
  const store = await open(old);
  await store.commit(createService, { name: 'old' }, context);
  for (const suffix of ['', '-wal', '-shm']) copyFileSync(`${old}${suffix}`, `${target}${suffix}`);
  await store[Symbol.asyncDispose]();
  assert.ok(statSync(`${target}-wal`).size > 0);
  await restoreBackup(backup, target);
  assert.deepEqual(await servicesOf(target), ['new']);
  truncateSync(target, 1000);
  writeFileSync(`${target}-wal`, 'x'.repeat(1000));
  await restoreBackup(backup, target);
  assert.deepEqual(await servicesOf(target), ['new']);
  assert.equal(existsSync(`${target}.replaced`), false);
});

test('backupSize() is what a whole file has', async () => {
  const backup = await backUp(await makeDatabase());
  const { head } = await checkBackup(backup);
  assert.deepEqual([head.revision, head.time, backupSize(head)], [0, 1_800_000_000_000, statSync(backup).size]);
});

test('A restore waits for nobody: a database that another program reads stays as it is', async () => {
  const backup = await backUp(await makeDatabase('new'));
  const target = await makeDatabase('old');
  const reader = new DatabaseSync(target);
  reader.exec('BEGIN; SELECT count(*) FROM log;');
  reader.prepare('SELECT count(*) FROM log').get();
  {
    await using store = await open(target);
    await store.commit(createService, { name: 'older' }, context);
  }
  await assert.rejects(restoreBackup(backup, target), /another program uses/);
  reader.close();
  assert.deepEqual(await servicesOf(target), ['old', 'older']);
  await restoreBackup(backup, target);
  assert.deepEqual(await servicesOf(target), ['new']);
});

test('The key of the secrets goes with the database, whenever a restore is killed', async () => {
  const place = (name: string): string => {
    mkdirSync(join(directory, name));
    return join(directory, name, 'state.db');
  };
  const keyOf = (file: string): string | undefined => readSecretsKey(file)?.toString('hex');
  const [source, target] = [place('source'), place('target')];
  copyFileSync(await makeDatabase('one'), source);
  writeSecretsKey(source, Buffer.alloc(32, 1));
  const backup = await backUp(source);
  assert.equal((await checkBackup(backup)).head.key, Buffer.alloc(32, 1).toString('base64'));
  copyFileSync(await makeDatabase('two'), target);
  writeSecretsKey(target, Buffer.alloc(32, 2));
  await restoreBackup(backup, target);
  assert.deepEqual([await servicesOf(target), keyOf(target)], [['one'], '01'.repeat(32)]);
  // Killed before the new database had its name: the old one and its key stay.
  const coming = join(directory, 'target', 'secrets.key.restoring');
  writeFileSync(coming, Buffer.alloc(32, 3));
  writeFileSync(`${target}.restoring`, '');
  removeLeftovers(target);
  assert.equal(keyOf(target), '01'.repeat(32));
  // Killed behind that: its key follows.
  writeFileSync(coming, Buffer.alloc(32, 3));
  removeLeftovers(target);
  assert.deepEqual(
    [keyOf(target), readdirSync(join(directory, 'target')).sort()],
    ['03'.repeat(32), ['secrets.key', 'state.db']],
  );
  // A backup of what has no key brings none, and takes none away.
  await restoreBackup(await backUp(await makeDatabase('plain')), target);
  assert.deepEqual([await servicesOf(target), keyOf(target)], [['plain'], '03'.repeat(32)]);
  writeFileSync(join(directory, 'target', 'secrets.key'), 'short');
  assert.throws(() => keyOf(target), /secrets\.key is damaged/);
  const isProblem = (error: unknown): boolean => error instanceof BackupProblem && /damaged/.test(error.message);
  await assert.rejects(backUp(target), isProblem);
});
