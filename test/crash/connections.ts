// Which process carries which TCP connections, as the system shows it.

import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** The number of established connections to `port` that each of `pids` holds; all in the network of the caller. */
export function countConnections(pids: readonly number[], port: number): readonly number[] {
  const inodes = new Set(
    readFileSync('/proc/net/tcp', 'utf8')
      .split('\n')
      .slice(1)
      .flatMap((line) => {
        const [, local = '', , state, , , , , , inode = ''] = line.trim().split(/\s+/);
        return state === '01' && local.endsWith(`:${port.toString(16).toUpperCase().padStart(4, '0')}`) ? [inode] : [];
      }),
  );
  return pids.map((pid) => socketsOf(pid).filter((inode) => inodes.has(inode)).length);
}

/** The inodes of a process's sockets. */
function socketsOf(pid: number): readonly string[] {
  return readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
    try {
      return /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`))?.slice(1) ?? [];
    } catch {
      // It was closed while it was looked at.
      return [];
    }
  });
}
