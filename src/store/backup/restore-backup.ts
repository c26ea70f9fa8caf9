// Puts the database of a backup into the place of a database, in one step: at every moment there is the old state or the new one.

import { closeSync, existsSync, fsyncSync, linkSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { silentLog } from '../../base/log.ts';
import { openStore } from '../open-store.ts';
import { dropComingKey, placeComingKey, takeComingKey } from '../secrets-key.ts';
import { BackupProblem, checkBackup, databaseOf, type BackupHead } from './backup-file.ts';

/**
 * Restores the backup `file` as the database `target`, whose server must not run. A database that is there stays until the new one is
 * durable. Rejects with `BackupProblem` when the backup is not usable; nothing has changed then.
 */
export async function restoreBackup(file: string, target: string): Promise<BackupHead> {
  const checked = await checkBackup(file);
  const partial = partialPath(target);
  removeLeftovers(target);
  try {
    const fd = openSync(partial, 'wx', 0o600);
    try {
      for await (const portion of databaseOf(file, checked)) writeSync(fd, portion);
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
    await checkDatabase(file, partial, checked.head.revision);
    const { key } = checked.head;
    if (key !== undefined) placeComingKey(target, Buffer.from(key, 'base64'));
    replaceDatabase(partial, target);
    // From here on the key belongs to what is there, also when this ends now: see `removeLeftovers`.
    takeComingKey(target);
  } finally {
    dropComingKey(target);
    removeDatabase(partial);
  }
  return checked.head;
}

/** The database must be whole, of a version that is known, and its newest state what the backup says. */
async function checkDatabase(file: string, database: string, revision: number): Promise<void> {
  let problem: string | undefined;
  try {
    const opened = new DatabaseSync(database);
    try {
      const found = opened.prepare('PRAGMA quick_check(1)').get();
      if (found?.['quick_check'] !== 'ok') problem = String(found?.['quick_check']);
    } finally {
      opened.close();
    }
    if (problem === undefined) {
      await using store = await openStore({ file: database }, { log: silentLog });
      const found = store.state.value.revision;
      if (found !== revision) problem = `it has revision ${found}, not ${revision}`;
    }
  } catch (error) {
    problem = error instanceof Error ? error.message : String(error);
  }
  if (problem !== undefined) throw new BackupProblem(`${file} cannot be restored: ${problem}`);
  // It was closed, so all of it is in the one file.
  if (existsSync(`${database}-wal`)) throw new Error(`${database} still has a log of its own`);
}

function replaceDatabase(made: string, target: string): void {
  sync(made);
  const aside = asidePath(target);
  if (existsSync(target)) {
    foldLog(target);
    linkSync(target, aside);
  }
  // A log that stayed would be read as the new database's.
  for (const suffix of ['-wal', '-shm']) rmSync(`${target}${suffix}`, { force: true });
  sync(dirname(target));
  renameSync(made, target);
  sync(dirname(target));
  rmSync(aside, { force: true });
}

/** Brings what is in a database's log into the database itself, so that the log is not needed. */
function foldLog(file: string): void {
  try {
    const old = new DatabaseSync(file);
    try {
      const { busy } = old.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get() ?? {};
      if (busy !== 0) throw new BackupProblem(`another program uses ${file}: end it first`);
    } finally {
      old.close();
    }
  } catch (error) {
    // A database that cannot be read is why somebody restores another in its place.
    if (!unreadable.has((error as { readonly errcode?: number }).errcode ?? 0)) throw error;
  }
}

/** SQLITE_CORRUPT and SQLITE_NOTADB. */
const unreadable: ReadonlySet<number> = new Set([11, 26]);

/**
 * Removes what a restore into `target` left that was killed, or ends it: the key came after the new database got its name exactly when
 * that one has its first name no more. Only who holds the directory's lock may.
 */
export function removeLeftovers(target: string): void {
  if (existsSync(partialPath(target))) dropComingKey(target);
  else takeComingKey(target);
  removeDatabase(partialPath(target));
  rmSync(asidePath(target), { force: true });
}

/** The database that is being restored, until it is known to be whole. */
const partialPath = (target: string): string => `${target}.restoring`;

/** The second name of the old database, until the new one is durable. */
const asidePath = (target: string): string => `${target}.replaced`;

/** Removes a database with its log. */
function removeDatabase(file: string): void {
  for (const suffix of ['', '-wal', '-shm', '-journal']) rmSync(`${file}${suffix}`, { force: true });
}

/** Waits until a file or directory is on the disk. */
function sync(path: string): void {
  const fd = openSync(path, 'r');
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}
