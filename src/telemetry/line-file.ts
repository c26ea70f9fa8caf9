// Appends lines to a file in batches, off the hot path, and begins a new one when it is large; traffic never waits for it, and what does not fit is counted.

import { open, rename, stat, type FileHandle } from 'node:fs/promises';
import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import type { Counter } from './counters.ts';
import type { LineMemory } from './line-memory.ts';

/** A file that takes lines. */
export interface LineFile extends AsyncDisposable {
  /** Takes one line with its newline; it is on its way to the file within `flushDelay`. */
  append(line: string): void;
  /** Resolves when everything appended so far has been handed to the operating system. */
  flush(): Promise<void>;
}

/** When a file gives way to a new one: it becomes `PATH.1`, that one `PATH.2`, and so on; what would be `PATH.(files + 1)` is gone. */
export interface Rotation {
  /** Bytes. */
  readonly size: number;
  /** How many older files are kept. */
  readonly files: number;
}

export interface LineFileDeps {
  readonly clock: Clock;
  readonly log: Log;
  readonly dropped: Counter;
  /** What all files of the process share while the disk is slow: traffic to many owners must not be the process's end. */
  readonly memory: LineMemory;
}

/** Milliseconds that lines wait for company. */
const flushDelay = 50;

/** Bytes of a chunk; the first after a pause is smaller, because most files of a large server are quiet. */
const [SMALLEST_CHUNK, LARGEST_CHUNK] = [4096, 65_536];

/** Lines on their way to the file, as bytes. */
interface Chunk {
  readonly bytes: Buffer;
  /** How many bytes, and lines, are in it. */
  used: number;
  lines: number;
  /** What `memory` gave for them. */
  held: number;
}

/**
 * Opens (creating) `path` for appending. Lines beyond the memory and lines of a failed write are dropped and counted in
 * `deps.dropped`; a failure is logged once until a write succeeds again.
 */
export async function openLineFile(path: string, rotation: Rotation, deps: LineFileDeps): Promise<LineFile> {
  let { file, size, torn } = await openAtEnd(path);
  const chunks: Chunk[] = [];
  let writing: Promise<void> | undefined;
  let failing = false;
  let waiting = false;

  const rotate = async (): Promise<void> => {
    let next: FileHandle;
    try {
      // For a while two processes write here, when one takes the other's place: what the other has just begun is not moved away.
      const first = await isAt(path, file);
      for (let older = first ? rotation.files : 0; older > 0; older--)
        await rename(older === 1 ? path : `${path}.${older - 1}`, `${path}.${older}`).catch(ignoreAbsent);
      next = await open(path, first && rotation.files === 0 ? 'w' : 'a', 0o640);
    } catch (error) {
      deps.log.error('an access log cannot be rotated; it goes on growing', { path, error });
      // Not with every batch: after as much again.
      size = 0;
      return;
    }
    await file.close();
    file = next;
    size = (await file.stat()).size;
  };

  const drain = async (): Promise<void> => {
    for (let chunk = chunks.shift(); chunk !== undefined; chunk = chunks.shift()) {
      const bytes = chunk.bytes.subarray(0, chunk.used);
      let written = 0;
      try {
        // What a full disk left of a line is ended, so that no whole line is lost with it.
        if (torn) size += (await file.write('\n')).bytesWritten;
        torn = false;
        // A disk that fills up takes a part and says so only the next time.
        while (written < bytes.length) written += (await file.write(bytes, written)).bytesWritten;
        failing = false;
      } catch (error) {
        // Each line has one newline, at its end.
        deps.dropped.value += chunk.lines - bytes.subarray(0, written).filter((byte) => byte === 10).length;
        if (!failing) deps.log.error('access log cannot be written; records are being dropped', { path, error });
        failing = true;
      }
      deps.memory.give(chunk.held);
      if (written > 0) torn = bytes[written - 1] !== 10;
      size += written;
      if (size >= rotation.size && !torn) await rotate();
    }
    writing = undefined;
  };
  const flush = (): Promise<void> => {
    if (writing !== undefined) return writing;
    if (chunks.length === 0) return Promise.resolve();
    return (writing = drain());
  };

  /** The chunk that has room for `length` UTF-16 units. */
  const chunkFor = (length: number): Chunk => {
    const last = chunks.at(-1);
    // No unit takes more than three bytes.
    const most = length * 3;
    if (last !== undefined && last.bytes.length - last.used >= most) return last;
    const bytes = Buffer.allocUnsafeSlow(Math.max(most, last === undefined ? SMALLEST_CHUNK : LARGEST_CHUNK));
    const chunk = { bytes, used: 0, lines: 0, held: 0 };
    chunks.push(chunk);
    return chunk;
  };

  return {
    append(line) {
      if (!deps.memory.take(line.length)) {
        deps.dropped.value++;
        return;
      }
      // Written at once: joining the lines of 50 ms stood in the way of requests for 1.3 ms, at 10,000 requests a second.
      const chunk = chunkFor(line.length);
      chunk.used += chunk.bytes.write(line, chunk.used);
      chunk.lines++;
      chunk.held += line.length;
      if (waiting) return;
      waiting = true;
      deps.clock.after(flushDelay, () => {
        waiting = false;
        void flush();
      });
    },
    flush,
    async [Symbol.asyncDispose]() {
      await flush();
      await flush();
      await file.close();
    },
  };
}

/** Whether `path` still is the name of `file`. */
async function isAt(path: string, file: FileHandle): Promise<boolean> {
  const own = await file.stat();
  const there = await stat(path).catch(ignoreAbsent);
  return there?.ino === own.ino && there.dev === own.dev;
}

/** Opens a file for appending; `torn` is whether it ends in the middle of a line, because a write of an ended process failed there. */
async function openAtEnd(path: string): Promise<{ file: FileHandle; size: number; torn: boolean }> {
  const file = await open(path, 'a+', 0o640);
  try {
    const { size } = await file.stat();
    const { buffer } = await file.read(Buffer.alloc(1), 0, 1, Math.max(0, size - 1));
    return { file, size, torn: size > 0 && buffer[0] !== 10 };
  } catch (error) {
    await file.close();
    throw error;
  }
}

function ignoreAbsent(error: unknown): undefined {
  if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
}
