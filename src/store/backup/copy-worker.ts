// The thread that copies a database for a backup: it reads one moment while others write, and nobody waits for it.

import { closeSync, openSync, rmSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';

/** What the thread is started with. */
export interface CopyWorkerData {
  readonly from: string;
  readonly to: string;
}

/** What it answers: the newest revision in the copy, or why there is none. */
export type CopyReply = { readonly revision: number } | { readonly problem: string };

const port = parentPort;
if (port === null) throw new Error('this is the entry of a worker thread');
const { from, to } = workerData as CopyWorkerData;

/**
 * Copies in one read transaction. In WAL mode readers and the writer do not hinder one another: commits go on, only the WAL grows until
 * the copy is done. What was deleted is not in the copy.
 */
function copy(): number {
  // What a backup left that was killed; SQLite writes only into an empty file, and this one is for its owner alone.
  rmSync(to, { force: true });
  closeSync(openSync(to, 'wx', 0o600));
  // Not read-only: of a server that was killed the log is recovered first, which writes.
  const source = new DatabaseSync(from, { timeout: 10_000 });
  try {
    source.prepare('VACUUM INTO ?').run(to);
  } finally {
    source.close();
  }
  const made = new DatabaseSync(to, { readOnly: true });
  try {
    const newest = 'SELECT max((SELECT revision FROM folded), (SELECT coalesce(max(revision), 0) FROM log)) AS n';
    return Number(made.prepare(newest).get()?.['n']);
  } finally {
    made.close();
  }
}

let reply: CopyReply;
try {
  reply = { revision: copy() };
} catch (error) {
  reply = { problem: error instanceof Error ? error.message : String(error) };
}
port.postMessage(reply);
