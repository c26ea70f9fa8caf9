// A disk that is soon full, for tests: a small tmpfs in the place of a directory.

import { execFileSync } from 'node:child_process';
import { after } from 'node:test';

/** Mounts a tmpfs of `size` (`8m`) at `directory` until the tests of the file are over. What a test gives as `skip`: the reason why it cannot be done, unless CI demands it. */
export function mountSmallDisk(
  directory: string,
  size: string,
): { readonly reason: string | undefined; readonly skip: string | false } {
  const reason = mount(directory, size);
  if (reason === undefined) after(() => void execFileSync('umount', [directory]));
  return { reason, skip: reason !== undefined && process.env['CI'] !== 'true' ? reason : false };
}

function mount(directory: string, size: string): string | undefined {
  if (process.getuid?.() !== 0) return 'mounting a tmpfs needs root';
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'pergola-test', directory], { stdio: 'pipe' });
    return undefined;
  } catch (error) {
    return `a tmpfs cannot be mounted here: ${String(error)}`;
  }
}
