// One process tree per data directory: a lock that the kernel drops with its holder.

import { closeSync, openSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';

/** A held lock. */
export interface Lock extends Disposable {
  readonly file: string;
}

/** How long a lock is waited for, in milliseconds: somebody may be looking whether it is held. */
const WAIT = 300;

/**
 * Takes the lock `file`, a database of its own (made when absent) in an exclusive transaction; undefined when another
 * process holds it. Waits up to 0.3 s, synchronously. The lock ends with `dispose`, with the
 * process, however that ends, or when the returned object is collected: whoever holds it must keep it.
 */
export function acquireLock(file: string): Lock | undefined {
  closeSync(openSync(file, 'a', 0o600));
  const database = new DatabaseSync(file, { timeout: WAIT });
  try {
    database.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    database.close();
    if (isBusy(error)) return undefined;
    throw error;
  }
  return { file, [Symbol.dispose]: () => (database.isOpen ? database.close() : undefined) };
}

/** Whether a process holds the lock `file`; an absent file is not held. */
export function isLockHeld(file: string): boolean {
  let database: DatabaseSync;
  try {
    database = new DatabaseSync(file, { readOnly: true });
  } catch {
    return false;
  }
  try {
    database.prepare('SELECT count(*) FROM sqlite_master').get();
    return false;
  } catch (error) {
    if (isBusy(error)) return true;
    throw error;
  } finally {
    database.close();
  }
}

/** SQLITE_BUSY, primary result code 5. */
function isBusy(error: unknown): boolean {
  return (((error as { readonly errcode?: number }).errcode ?? 0) & 0xff) === 5;
}
