// A user namespace for a server without root: in it the server may make network namespaces, links and filters.
//
// The server itself stays in the host's network. Nobody without root comes back to that from a namespace of his own (setns(2)), so
// programs that go through network namespaces are started in one that belongs to the user namespace, its home.

import { spawn } from 'node:child_process';
import { readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';

/** A user namespace by the process that keeps it, with the mounts in which network namespaces have their names. */
export interface UserNamespace {
  readonly pid: number;
  /** `user:[INODE]`: a process that has taken over the id has another one. */
  readonly namespace: string;
}

/** What a command line begins with whose program shall be in the home, for those who are in the user namespace. */
export const enterHome: readonly string[] = ['nsenter', '--net=/run/pergola/home', '--'];

/** Milliseconds for making one. */
const PATIENCE = 10_000;

/**
 * A /run of our own with what is in the host's: only there can namespaces get names. util-linux must not note mounts in files
 * that belong to others (-n). `$1` is the program that ends as the keeper.
 */
const script = `set -e
run=$(mktemp -d)
mount -n -t tmpfs -o mode=0755 pergola "$run"
for one in /run/*; do
  mine=$run/\${one#/run/}
  if [ "$one" = /run/netns ]; then continue
  elif [ -L "$one" ]; then cp -P "$one" "$mine"
  elif [ -d "$one" ]; then mkdir "$mine" && mount -n --rbind "$one" "$mine"
  elif [ -e "$one" ]; then : >"$mine" && mount -n --bind "$one" "$mine"
  fi
done
mkdir -p "$run/netns" "$run/pergola"
: >"$run/pergola/home"
mount -n --bind /proc/self/ns/net "$run/pergola/home"
mount -n --move "$run" /run
rmdir "$run"
echo ready
exec >/dev/null 2>&1 "$@"`;

/**
 * Makes a user namespace. It ends when its keeper does: with this process (also when this process becomes another program) where
 * `bound`, else by `closeUserNamespace`. Rejects with the reason where the machine does not let it.
 */
export function makeUserNamespace(bound: boolean): Promise<UserNamespace> {
  const keeper = [...(bound ? ['setpriv', '--pdeathsig', 'KILL'] : []), 'sleep', 'infinity'];
  const around = ['--user', '--map-root-user', '--mount', '--net', '--propagation', 'private'];
  const child = spawn('unshare', [...around, 'sh', '-c', script, 'sh', ...keeper], {
    stdio: ['ignore', 'pipe', 'pipe'],
    cwd: '/',
    // A terminal's signals are for the server, which ends it.
    detached: true,
  });
  return new Promise((resolve, reject) => {
    let errors = '';
    const timer = setTimeout(() => child.kill('SIGKILL'), PATIENCE);
    const done = (): void => {
      clearTimeout(timer);
      child.removeAllListeners();
      child.stdout.destroy();
      child.stderr.destroy();
      child.unref();
    };
    child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
    child.stdout.once('data', () => {
      done();
      const namespace = namespaceOf(child.pid ?? 0);
      if (namespace === undefined || child.pid === undefined) reject(new Error('its keeper ended at once'));
      else resolve({ pid: child.pid, namespace });
    });
    child.on('error', (error) => {
      done();
      reject(error);
    });
    child.on('close', (code) => {
      done();
      reject(new Error(errors.trim() || `unshare ended with status ${code}`));
    });
  });
}

/** The user namespace that an earlier server left, as `file` tells; undefined when there is none any more. */
export function findUserNamespace(file: string): UserNamespace | undefined {
  try {
    const { pid, namespace } = JSON.parse(readFileSync(file, 'utf8')) as Partial<UserNamespace>;
    if (typeof pid !== 'number' || typeof namespace !== 'string') return undefined;
    return namespaceOf(pid) === namespace ? { pid, namespace } : undefined;
  } catch {
    // Not written, or not whole.
    return undefined;
  }
}

/** Leaves word of a user namespace for the next server. */
export function rememberUserNamespace(file: string, namespace: UserNamespace): void {
  writeFileSync(file, `${JSON.stringify(namespace)}\n`, { mode: 0o600 });
}

/** Ends a user namespace: what is named in it goes when the last process in it does. */
export function closeUserNamespace({ pid, namespace }: UserNamespace, file?: string): void {
  if (namespaceOf(pid) === namespace) process.kill(pid, 'SIGKILL');
  if (file !== undefined) rmSync(file, { force: true });
}

/**
 * What a command line begins with whose program shall be in the user namespace, with the host's network, at `directory`: setns(2)
 * leaves a process at the root of the mounts that it comes to.
 */
export function enterUserNamespace(pid: number, directory: string): readonly string[] {
  const enter = ['nsenter', '--target', String(pid), '--user', '--mount', '--preserve-credentials', '--'];
  return [...enter, 'sh', '-c', 'cd -- "$1" && shift && exec "$@"', 'sh', directory];
}

/** The user namespace that process `pid` keeps, for those who are in it. */
export function ownUserNamespace(pid: number): UserNamespace {
  return { pid, namespace: readlinkSync('/proc/self/ns/user') };
}

function namespaceOf(pid: number): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/ns/user`);
  } catch {
    return undefined;
  }
}
