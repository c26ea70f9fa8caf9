// The key that secrets of a database are sealed with: a file beside the database, for its owner alone.

import { closeSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Bytes of a key for AES-256. */
const KEY_LENGTH = 32;

/** Where the key of the database `file` is. */
const secretsKeyPath = (file: string): string => join(dirname(file), 'secrets.key');

/** The key that a restore brings, until its database is in place. */
const comingPath = (file: string): string => `${secretsKeyPath(file)}.restoring`;

/** The key of the database `file`; undefined when it has none. Throws when the file is damaged: another key would open nothing. */
export function readSecretsKey(file: string): Buffer | undefined {
  const path = secretsKeyPath(file);
  try {
    const key = readFileSync(path);
    if (key.length === KEY_LENGTH) return key;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
  throw new Error(`${path} is damaged: it must have ${KEY_LENGTH} bytes`);
}

/** Writes the key of the database `file`, durable when it returns; there is the old one or the new one at every moment. */
export function writeSecretsKey(file: string, key: Buffer): void {
  placeComingKey(file, key);
  takeComingKey(file);
}

/** Puts the key of a database beside that of `file`, until `takeComingKey` or `dropComingKey`. */
export function placeComingKey(file: string, key: Buffer): void {
  rmSync(comingPath(file), { force: true });
  writeFileSync(comingPath(file), key, { mode: 0o600, flush: true });
  syncDirectory(file);
}

/** Makes the key that was placed the key of `file`; does nothing when there is none. */
export function takeComingKey(file: string): void {
  try {
    renameSync(comingPath(file), secretsKeyPath(file));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return;
    throw error;
  }
  syncDirectory(file);
}

/** Forgets the key that was placed. */
export function dropComingKey(file: string): void {
  rmSync(comingPath(file), { force: true });
}

function syncDirectory(file: string): void {
  const fd = openSync(dirname(file), 'r');
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}
