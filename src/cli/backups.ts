// Backups of a running server: one at a time, in a file of the data directory that has no name as soon as it is whole.

import { join } from 'node:path';
import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import { takeBackup, type TakenBackup } from '../store/backup/index.ts';
import { statePath } from './server-directory.ts';

/** The copy while it is made. */
export const scratchPath = (directory: string): string => join(directory, 'backup.partial');

/** What makes backups of the server in `directory`; undefined keeps nothing. */
export function createBackups(
  directory: string | undefined,
  { clock, log }: { readonly clock: Pick<Clock, 'now'>; readonly log: Log },
): () => Promise<TakenBackup | { readonly problem: string }> {
  let isBusy = false;
  return async () => {
    if (directory === undefined)
      return { problem: 'a server that keeps nothing (--data :memory:) has nothing to back up' };
    if (isBusy) return { problem: 'another backup is being taken: try again when it is done' };
    isBusy = true;
    try {
      const taken = await takeBackup(statePath(directory), scratchPath(directory), clock.now());
      log.info('a backup is taken', { ...taken.head });
      return {
        ...taken,
        [Symbol.dispose]() {
          isBusy = false;
          taken[Symbol.dispose]();
        },
      };
    } catch (error) {
      isBusy = false;
      throw error;
    }
  };
}
