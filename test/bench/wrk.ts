// One run of wrk: requests done and what went wrong.

import { execFile } from 'node:child_process';
import type { Contender } from './peers.ts';
import { cpuOf } from './processes.ts';

/** What a run came to. CPU is of the contender's processes, microseconds per request. */
export interface Run {
  readonly requests: number;
  readonly perSecond: number;
  readonly cpu: number;
  readonly user: number;
  readonly failed: number;
}

/** Loads a contender with `connections` connections from one thread for `seconds`. */
export async function load(
  contender: Contender,
  connections: number,
  seconds: number,
  enter: readonly string[] = [],
): Promise<Run> {
  const pids = contender.pids();
  const before = pids.map(cpuOf);
  const [file, ...args] = [
    ...enter,
    'wrk',
    '-t1',
    `-c${connections}`,
    `-d${seconds}s`,
    '-H',
    `Host: ${contender.hostHeader}`,
    `http://${contender.host}:${contender.port}/bench`,
  ];
  const output = await new Promise<string>((resolve, reject) =>
    execFile(file, args, (error, stdout, stderr) =>
      error === null ? resolve(stdout) : reject(new Error(`wrk failed: ${stderr}`)),
    ),
  );
  const after = pids.map(cpuOf);
  const requests = Number(/(\d+) requests in/.exec(output)?.[1] ?? 0);
  const sum = (pick: (cpu: { user: number; system: number }) => number): number =>
    after.reduce((total, cpu, i) => total + pick(cpu) - pick(before[i] ?? cpu), 0);
  const errors = /Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)/.exec(output);
  const failed =
    Number(/Non-2xx or 3xx responses: (\d+)/.exec(output)?.[1] ?? 0) +
    (errors === null ? 0 : errors.slice(1).reduce((total, text) => total + Number(text), 0));
  if (requests === 0) throw new Error(`${contender.name} answered nothing: ${output}`);
  return {
    requests,
    perSecond: requests / seconds,
    cpu: (sum((cpu) => cpu.user + cpu.system) * 1000) / requests,
    user: (sum((cpu) => cpu.user) * 1000) / requests,
    failed,
  };
}
