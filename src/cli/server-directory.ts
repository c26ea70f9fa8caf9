// The files of a data directory that only its own processes use.

import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The database of the store. */
export const statePath = (directory: string): string => join(directory, 'state.db');
/** The Unix socket on which control gives snapshots. */
export const feedPath = (directory: string): string => join(directory, 'feed.sock');
/** The last snapshot. */
export const snapshotPath = (directory: string): string => join(directory, 'snapshot.sealed');
/** The key that seals files of the directory; made on first use. */
export function readSealKey(directory: string): Buffer {
  const path = join(directory, 'seal.key');
  try {
    const key = readFileSync(path);
    if (key.length === 32) return key;
  } catch {
    // Not there yet.
  }
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const key = randomBytes(32);
  writeFileSync(path, key, { mode: 0o600 });
  return key;
}
