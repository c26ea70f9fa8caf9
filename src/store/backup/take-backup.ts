// Takes a backup of a database, also of one that is written to: a copy of one moment, given out in portions.

import { closeSync, fstatSync, openSync, rmSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { entryUrl } from '../../base/entry-path.ts';
import { backupContent, backupSize, BackupProblem, type BackupHead } from './backup-file.ts';
import { readSecretsKey } from '../secrets-key.ts';
import type { CopyReply, CopyWorkerData } from './copy-worker.ts';

/** A backup that waits to be read. Disposing it gives its space back. */
export interface TakenBackup extends Disposable {
  readonly head: BackupHead;
  /** Bytes of the whole. */
  readonly size: number;
  /** The bytes; they can be read once. */
  readonly content: AsyncIterable<Buffer>;
}

/**
 * Copies the database `file` to `scratch` (on the same machine; whatever is there goes) and gives the copy as a backup. What was
 * durable before the call is in it. The copy has no name any more when this resolves: nothing stays when the process ends. Rejects with
 * `BackupProblem`.
 */
export async function takeBackup(file: string, scratch: string, now: number): Promise<TakenBackup> {
  try {
    const worker = new Worker(entryUrl(import.meta.url, 'copy-worker'), {
      workerData: { from: file, to: scratch } satisfies CopyWorkerData,
    });
    const reply = await new Promise<CopyReply>((resolve, reject) => {
      worker.once('message', resolve);
      worker.once('error', reject);
      worker.once('exit', () => reject(new BackupProblem('the thread that copies the database ended')));
    });
    if ('problem' in reply) throw new BackupProblem(`${file} cannot be copied: ${reply.problem}`);
    // Behind the copy: a secret that is in it was sealed with a key that was there before.
    const key = findKey(file);
    const fd = openSync(scratch, 'r');
    const { revision } = reply;
    const head = { time: now, revision, bytes: fstatSync(fd).size, ...(key === undefined ? {} : { key }) };
    let isOpen = true;
    return {
      head,
      size: backupSize(head),
      content: backupContent(fd, head),
      [Symbol.dispose]() {
        if (isOpen) closeSync(fd);
        isOpen = false;
      },
    };
  } finally {
    rmSync(scratch, { force: true });
  }
}

/** The key of the database's secrets, base64; undefined when it has none. */
function findKey(file: string): string | undefined {
  try {
    return readSecretsKey(file)?.toString('base64');
  } catch (error) {
    throw new BackupProblem(error instanceof Error ? error.message : String(error), { cause: error });
  }
}
