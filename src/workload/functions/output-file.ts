// The file that a function's output goes to: bounded, for a function that floods it must not fill the disk.

import { closeSync, fstatSync, openSync, renameSync, writeSync } from 'node:fs';
import type { Log } from '../../base/log.ts';

/** A file of output. */
export interface OutputFile {
  /** Appends at once, so that who writes faster than the disk waits. What cannot be written is dropped, and the log says so once until it can be again. */
  write(chunk: Buffer): void;
}

/** Opens (creating) `path` for appending; before it grows over `size` bytes it becomes `PATH.1`, in place of the one before. */
export function openOutputFile(path: string, size: number, log: Log): OutputFile {
  let file = openSync(path, 'a', 0o600);
  let written = fstatSync(file).size;
  let failing = false;
  const rotate = (): void => {
    renameSync(path, `${path}.1`);
    const next = openSync(path, 'a', 0o600);
    closeSync(file);
    file = next;
    written = 0;
  };
  return {
    write(chunk) {
      try {
        if (written > 0 && written + chunk.length > size) rotate();
        let done = 0;
        while (done < chunk.length) done += writeSync(file, chunk, done);
        written += done;
        failing = false;
      } catch (error) {
        if (!failing) log.error('the output of a function cannot be written and is dropped', { path, error });
        failing = true;
      }
    },
  };
}
