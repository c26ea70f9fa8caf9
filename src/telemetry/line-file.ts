// Appends lines to a file in batches, off the hot path; traffic never waits for it, and what does not fit is counted.

import { open } from 'node:fs/promises';
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

  /** Whether the file ends in the middle of a line, because a write failed there. */
  let torn = false;

  const drain = async (): Promise<void> => {
    while (lines.length > 0) {
      const batch = lines;
      lines = [];
      held = 0;
      const bytes = Buffer.from((torn ? '\n' : '') + batch.join(''));
      let written = 0;
      try {
        // A disk that fills up takes a part and says so only the next time.
        while (written < bytes.length) written += (await file.write(bytes, written)).bytesWritten;
        failing = false;
      } catch (error) {
        // Each line has one newline, at its end; the newline that heals a torn line is none of the batch's.
        const whole = bytes.subarray(0, written).filter((byte) => byte === 10).length - (torn && written > 0 ? 1 : 0);
        deps.dropped.value += batch.length - whole;
        if (!failing) deps.log.error('access log cannot be written; records are being dropped', { path, error });
        failing = true;
      }
      if (written > 0) torn = bytes[written - 1] !== 10;
    }
    writing = undefined;
  };
  const flush = (): Promise<void> => {
    if (writing !== undefined) return writing;
    if (lines.length === 0) return Promise.resolve();
    return (writing = drain());
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
