// The files of a data directory that only its own processes use.

import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Bytes of a key for AES-256. */
const KEY_LENGTH = 32;

/** The database of the store. */
export const statePath = (directory: string): string => join(directory, 'state.db');
/** The Unix socket on which control gives snapshots. */
export const feedPath = (directory: string): string => join(directory, 'feed.sock');
/** The Unix socket on which workers invoke functions. */
export const functionPath = (directory: string): string => join(directory, 'functions.sock');
/** The Unix socket on which workers hand on what workloads ask of their metadata. */
export const metadataPath = (directory: string): string => join(directory, 'metadata.sock');
/** The last snapshot. */
export const snapshotPath = (directory: string): string => join(directory, 'snapshot.sealed');
/** What processes that ended have counted. */
export const countersPath = (directory: string): string => join(directory, 'counters.json');
/** Where the key that seals files of the directory is. */
const sealKeyPath = (directory: string): string => join(directory, 'seal.key');

/** Makes the key that seals files of the directory, unless there is one: the supervisor does, before processes that would make different ones. */
export function makeSealKey(directory: string): void {
  const path = sealKeyPath(directory);
  if (statSync(path, { throwIfNoEntry: false })?.size === KEY_LENGTH) return;
  writeFileSync(`${path}.new`, randomBytes(KEY_LENGTH), { mode: 0o600, flush: true });
  renameSync(`${path}.new`, path);
}

/** The key that seals files of the directory. Throws when there is none. */
export function readSealKey(directory: string): Buffer {
  return readFileSync(sealKeyPath(directory));
}

/** Makes a directory, for its owner alone, and what is missing above it. Node's own `recursive` never ends where a file system refuses with ENOENT (/proc: seen on Node 26.10). */
export function makeDirectory(path: string): void {
  if (existsSync(path)) return;
  const parent = dirname(path);
  if (parent !== path) makeDirectory(parent);
  mkdirSync(path, { mode: 0o700 });
}
