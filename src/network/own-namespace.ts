// Whether a process is where it shall be: names of namespaces can be given to others while processes stay in the old ones.

import { statSync } from 'node:fs';

/** Whether process `pid` is in the network namespace whose file is at `path`. When either cannot be looked at, it is taken to be. */
export function isInNamespace(pid: number, path: string): boolean {
  try {
    const [named, own] = [statSync(path), statSync(`/proc/${pid}/ns/net`)];
    return named.ino === own.ino && named.dev === own.dev;
  } catch {
    return true;
  }
}
