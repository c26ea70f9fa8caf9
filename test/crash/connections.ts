// Which process carries which TCP connections, as the system shows it.

import { execFileSync } from 'node:child_process';
import { readdirSync, readlinkSync } from 'node:fs';

/** The number of established connections to `port` that each of `pids` holds, in the network namespace of that path (undefined: the caller's). */
export function countConnections(
  pids: readonly number[],
  port: number,
  namespace: string | undefined,
): readonly number[] {
  const [program, ...args] = [
    ...(namespace === undefined ? [] : ['nsenter', `--net=${namespace}`]),
    'cat',
    '/proc/net/tcp',
  ];
  const inodes = new Set(
    execFileSync(program ?? 'cat', args, { encoding: 'utf8' })
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
