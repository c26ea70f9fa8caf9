// Processes of a bench: started, watched for CPU time, ended by pid.

import { spawn, type ChildProcess } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

/** Milliseconds of CPU (user, system) that a process has used; proc(5): fields 14 and 15 of stat, in ticks of 10 ms. */
export function cpuOf(pid: number): { readonly user: number; readonly system: number } {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return { user: Number(fields[11]) * 10, system: Number(fields[12]) * 10 };
}

/** The processes below `pid`, itself included. */
export function treeOf(pid: number): readonly number[] {
  const parents = new Map<number, number>();
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    try {
      const stat = readFileSync(`/proc/${entry}/stat`, 'utf8');
      parents.set(Number(entry), Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]));
    } catch {
      // It ended between the listing and the reading.
    }
  }
  const tree = [pid];
  for (const one of tree) for (const [child, parent] of parents) if (parent === one) tree.push(child);
  return tree;
}

/** The command line of a process; empty when it is over. */
export function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}

/** A running process that a bench started. */
export interface Started extends AsyncDisposable {
  readonly pid: number;
  /** What it wrote to standard error so far. */
  readonly errors: () => string;
}

/** Starts a program in its own process group; it is ended with its children. */
export function start(
  command: readonly string[],
  options: { readonly env?: NodeJS.ProcessEnv; readonly cwd?: string } = {},
): Started {
  const [file = '', ...args] = command;
  const child: ChildProcess = spawn(file, args, { stdio: ['ignore', 'ignore', 'pipe'], detached: true, ...options });
  let errors = '';
  child.stderr?.on('data', (data: Buffer) => (errors = (errors + data.toString()).slice(-4000)));
  const ended = new Promise<void>((resolve) => {
    child.on('exit', () => resolve());
    child.on('error', (error) => {
      errors += String(error);
      resolve();
    });
  });
  return {
    pid: child.pid ?? 0,
    errors: () => errors,
    async [Symbol.asyncDispose]() {
      if (child.pid === undefined) return;
      child.kill('SIGTERM');
      await Promise.race([ended, delay(3000)]);
      for (const pid of child.exitCode === null && child.signalCode === null ? treeOf(child.pid) : [])
        process.kill(pid, 'SIGKILL');
      await ended;
    },
  };
}

/** Resolves when something accepts at `host:port`. */
export async function waitForPort(host: string, port: number, started?: Started): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt++) {
    const open = await new Promise<boolean>((resolve) => {
      const socket = connect(port, host, () => {
        socket.destroy();
        resolve(true);
      });
      socket.on('error', () => resolve(false));
    });
    if (open) return;
    await delay(50);
  }
  throw new Error(`nothing listens at ${host}:${port}\n${started?.errors() ?? ''}`);
}

/** The middle of some figures. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1
    ? (sorted[middle] ?? Number.NaN)
    : ((sorted[middle - 1] ?? Number.NaN) + (sorted[middle] ?? Number.NaN)) / 2;
}
