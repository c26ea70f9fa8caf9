// `pergola restore`: makes a data directory have what a backup has.

import { accessSync, constants, existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { acquireLock } from '../store/index.ts';
import { BackupProblem, restoreBackup } from '../store/backup/index.ts';
import { failureStatus, parseFileOptions, type CommandIo } from './command-io.ts';
import { makeDirectory, statePath } from './server-directory.ts';
import { defaultData, lockFile } from './server-file.ts';

/** How `pergola restore` is called. */
export const restoreUsage = `usage: npx pergola restore FILE [--data DIR] [--replace]
  --replace puts it into the place of what DIR has.
`;

/**
 * Restores. Resolves with the exit status: 0 when DIR has what FILE has, 1 when FILE is no backup that can be used or DIR cannot be
 * written, 2 for wrong usage, 3 when a server runs in DIR, or DIR has a state and nobody said --replace. Unless it is 0 DIR is as it was.
 */
export async function restore(args: readonly string[], io: CommandIo): Promise<number> {
  const fail = (status: number, message: string): number => {
    io.err(`pergola restore: ${message}\n`);
    return status;
  };
  let file;
  let values;
  try {
    ({ file, values } = parseFileOptions(args, { data: { type: 'string' }, replace: { type: 'boolean' } }));
  } catch (error) {
    return failureStatus(error, 'restore', restoreUsage, io);
  }
  const { data = defaultData, replace = false } = values;
  if (data === ':memory:') return fail(2, `--data :memory: keeps nothing: name a directory\n${restoreUsage.trimEnd()}`);
  const directory = resolve(data);
  try {
    // Before anything is made: a name that was misspelt leaves no directory.
    accessSync(file, constants.R_OK);
    makeDirectory(directory);
    using lock = acquireLock(lockFile(directory));
    if (lock === undefined) return fail(3, `a server runs in ${directory}: end it first`);
    if (existsSync(statePath(directory)) && !replace)
      return fail(3, `${directory} has a state already: --replace puts the backup in its place`);
    const { revision, time } = await restoreBackup(file, statePath(directory));
    io.out(`${directory} has revision ${revision} of ${new Date(time).toISOString()}\n`);
    return 0;
  } catch (error) {
    if (error instanceof BackupProblem) return fail(1, error.message);
    if (error instanceof Error && 'code' in error) return fail(1, `the backup cannot be restored: ${error.message}`);
    throw error;
  }
}
