// Finds the network namespaces of others that shall join a VPC, and sees whether they are still there.

import { readdirSync, statfsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { isJoinedName, namespaceFolder, type JoinedNamespace } from '../network/index.ts';
import { isRunning, type ProcessName, type ProcessTable } from './process-table.ts';

/** Which namespace is meant: that of a process, or one that has a name. */
export interface NamespaceWish {
  readonly by: { readonly pid: number } | { readonly path: string };
  /** Its inode as whoever asks sees it: they might not see the same processes, or files, as this server. */
  readonly inode?: number;
}

/** A namespace that joined. It leaves when it is no more at its path; where `process` is given, when that has ended. */
export interface HeldNamespace extends JoinedNamespace {
  readonly process?: ProcessName;
}

/** The namespaces of this machine. */
export interface ExistingNamespaces {
  /** The namespace, or why it cannot join a VPC, in a sentence. */
  find(wish: NamespaceWish): HeldNamespace | { readonly reason: string };
  /** Why it is no member any more, in words; undefined while it is. */
  whyLeft(held: HeldNamespace): string | undefined;
}

/** A server that cannot have members, and why. */
export function noNamespaces(reason: string): ExistingNamespaces {
  return { find: () => ({ reason }), whyLeft: () => reason };
}

/** statfs(2): NSFS_MAGIC. */
const NSFS = 0x6e73_6673;

/** The namespaces that this process finds. `prefix` begins the names of the server's own. */
export function createExistingNamespaces(
  prefix: string,
  processes: Pick<ProcessTable, 'startTime'>,
): ExistingNamespaces {
  return {
    find({ by, inode }) {
      const startTime = 'pid' in by ? processes.startTime(by.pid) : undefined;
      if ('pid' in by && startTime === undefined) return { reason: `there is no process ${by.pid} here` };
      const path = 'pid' in by ? `/proc/${by.pid}/ns/net` : by.path;
      const what = 'pid' in by ? `the namespace of process ${by.pid}` : path;
      const identity = identify(path);
      if (identity === undefined) return { reason: `${what} is not there, or this server may not look at it` };
      if (statfsSync(path).type !== NSFS) return { reason: `${what} is no namespace` };
      if (inode !== undefined && identity.split(':')[1] !== String(inode))
        return {
          reason: `${what} is another one for this server than for who asks: both must see the same processes (in containers \`pid: host\`) and files`,
        };
      if (['/proc/self/ns/net', '/proc/1/ns/net'].some((own) => identify(own) === identity))
        return { reason: `${what} is the host's own network, which joins no VPC` };
      const owner = findOwner(identity, prefix);
      if (owner !== undefined) return { reason: `${what} ${owner}` };
      return { path, identity, ...('pid' in by ? { process: { pid: by.pid, startTime: startTime ?? '' } } : {}) };
    },
    whyLeft({ path, identity, process }) {
      if (process !== undefined) return isRunning(processes, process) ? undefined : `process ${process.pid} has ended`;
      return identify(path) === identity ? undefined : `${path} is not there any more, or another one`;
    },
  };
}

/** `DEVICE:INODE` of the file at `path`. */
function identify(path: string): string | undefined {
  try {
    const { dev, ino } = statSync(path);
    return `${dev}:${ino}`;
  } catch {
    return undefined;
  }
}

/** Which server's a namespace is. Those that joined VPCs of this server are known to it otherwise. */
function findOwner(identity: string, prefix: string): string | undefined {
  for (const name of listNames()) {
    const [, server] = /^(pg[0-9a-f]{8}-)/.exec(name) ?? [];
    const joined = isJoinedName(name);
    if (server === undefined || (joined && server === prefix)) continue;
    if (identify(join(namespaceFolder, name)) !== identity) continue;
    return joined ? 'joined a VPC of another Pergola server' : 'is one that a Pergola server made';
  }
  return undefined;
}

function listNames(): readonly string[] {
  try {
    return readdirSync(namespaceFolder);
  } catch {
    return [];
  }
}
