// Appends lines to a file in batches, off the hot path; traffic never waits for it, and what does not fit is counted.

import { open, type FileHandle } from 'node:fs/promises';
import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import type { Counter } from './counters.ts';

/** A file that takes lines. */
export interface LineFile extends AsyncDisposable {
  /** Takes one line with its newline; it is on its way to the file within `flushDelay`. */
  append(line: string): void;
  /** Resolves when everything appended so far has been handed to the operating system. */
  flush(): Promise<void>;
}

/** Milliseconds that lines wait for company, and characters held at most while the disk is slow. */
const flushDelay = 50;
const maxHeld = 32 * 1024 * 1024;

/**
 * Opens (creating) `path` for appending. Lines beyond the bound and lines of a failed write are dropped and counted in
 * `deps.dropped`; a failure is logged once until a write succeeds again.
 */
export async function openLineFile(
  path: string,
  deps: { readonly clock: Clock; readonly log: Log; readonly dropped: Counter },
): Promise<LineFile> {
  const file = await open(path, 'a', 0o640);
  let lines: string[] = [];
  let held = 0;
  let writing: Promise<void> | undefined;
  let failing = false;
  let waiting = false;

  const drain = async (handle: FileHandle): Promise<void> => {
    while (lines.length > 0) {
      const batch = lines;
      lines = [];
      held = 0;
      try {
        await handle.appendFile(batch.join(''));
        failing = false;
      } catch (error) {
        deps.dropped.value += batch.length;
        if (!failing) deps.log.error('access log cannot be written; records are being dropped', { path, error });
        failing = true;
      }
    }
    writing = undefined;
  };
  const flush = (): Promise<void> => {
    // Without a line `drain` would end before its promise is kept here, and the kept one would stand for ever.
    if (lines.length > 0) writing ??= drain(file);
    return writing ?? Promise.resolve();
  };

  return {
    append(line) {
      if (held > maxHeld) {
        deps.dropped.value++;
        return;
      }
      lines.push(line);
      held += line.length;
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
