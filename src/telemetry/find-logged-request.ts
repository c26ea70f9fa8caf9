// Finds a request in the access logs of all workers: backwards from the newest line, a slice at a time.

import { open, readdir, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { parseLoggedRequest, type LoggedRequest } from './logged-request.ts';

/** Bytes that are read at once; what is looked for in them takes less than a millisecond. */
const SLICE = 262_144;

/** Bytes of a line beyond which it is no record: a request line and a Host header are far shorter. */
const LONGEST_LINE = 1_048_576;

/** Milliseconds that a record's time can be off: it has whole seconds. */
const ROUNDED = 2000;

/** The newest record of `requestId` in the files `worker-K.jsonl` of `folder`, and those that were rotated away, of a request that ended at `since` (milliseconds since 1970) or later. */
export async function findLoggedRequest(
  folder: string,
  requestId: string,
  since: number,
): Promise<LoggedRequest | undefined> {
  const names = (await readdir(folder)).filter((name) => /^worker-\d+\.jsonl$/.test(name));
  let newest: LoggedRequest | undefined;
  for (const name of names) {
    const found = await searchWorker(join(folder, name), requestId, since - ROUNDED);
    if (found !== undefined && (newest === undefined || endOf(found) > endOf(newest))) newest = found;
  }
  return newest;
}

/** Looks into `path`, `path.1` and so on, from the newest to the first that is missing or too old. */
async function searchWorker(path: string, requestId: string, since: number): Promise<LoggedRequest | undefined> {
  for (let older = 0; ; older++) {
    let file: FileHandle;
    try {
      file = await open(older === 0 ? path : `${path}.${older}`);
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
      throw error;
    }
    try {
      const { mtimeMs, size } = await file.stat();
      // A new file may have nothing in it yet.
      if (size > 0 && mtimeMs < since) return undefined;
      const found = await searchFile(file, size, requestId, since);
      if (found !== 'not here') return found;
    } finally {
      await file.close();
    }
  }
}

/** The newest record in the first `size` bytes of a file; undefined when older files cannot have it either. */
async function searchFile(
  file: FileHandle,
  size: number,
  requestId: string,
  since: number,
): Promise<LoggedRequest | undefined | 'not here'> {
  const wanted = Buffer.from(`"requestId":${JSON.stringify(requestId)}`);
  // The begin of what was read is the end of a line that begins in the slice before.
  let rest = Buffer.alloc(0);
  for (let end = size; end > 0;) {
    const start = Math.max(0, end - SLICE);
    const slice = Buffer.alloc(end - start);
    const { bytesRead } = await file.read(slice, 0, slice.length, start);
    const block = Buffer.concat([slice.subarray(0, bytesRead), rest]);
    end = start;
    const first = start === 0 ? 0 : block.indexOf(10) + 1;
    if (start > 0 && first === 0) {
      rest = block.length > LONGEST_LINE ? Buffer.alloc(0) : block;
      continue;
    }
    for (let at = block.lastIndexOf(wanted); at >= first; at = at === 0 ? -1 : block.lastIndexOf(wanted, at - 1)) {
      const found = lineAt(block, at);
      if (found?.requestId === requestId) return endOf(found) < since ? undefined : found;
    }
    // Lines are in the order in which requests ended.
    const oldest = lineAt(block, first);
    if (oldest !== undefined && endOf(oldest) < since) return undefined;
    rest = block.subarray(0, first);
  }
  return 'not here';
}

/** The record whose line has the byte at `at`. */
function lineAt(block: Buffer, at: number): LoggedRequest | undefined {
  const begin = at === 0 ? 0 : block.lastIndexOf(10, at - 1) + 1;
  const end = block.indexOf(10, at);
  return parseLoggedRequest(block.toString('utf8', begin, end < 0 ? block.length : end));
}

function endOf({ startTime, duration }: LoggedRequest): number {
  return Date.parse(startTime) + duration;
}
