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
  /** Gigabytes that came, and seconds of CPU for each. */
  readonly gigabytes: number;
  readonly cpuPerGigabyte: number;
  /** Of the requests, in microseconds. */
  readonly p50: number;
  readonly p99: number;
}

const units: Readonly<Record<string, number>> = { B: 1, KB: 1024, MB: 1024 ** 2, GB: 1024 ** 3, TB: 1024 ** 4 };

/** What is asked, and what goes before wrk's command (a namespace's entrance). */
export interface LoadOptions {
  readonly enter?: readonly string[];
  readonly path?: string;
  /** Lines of the head besides Host. */
  readonly headers?: readonly string[];
  /** The path of a script that makes the requests (wrk's `-s`). */
  readonly script?: string;
}

/** Loads a contender with `connections` connections from one thread for `seconds`. */
export async function load(
  contender: Contender,
  connections: number,
  seconds: number,
  { enter = [], path = '/bench', headers = [], script }: LoadOptions = {},
): Promise<Run> {
  const pids = contender.pids();
  const before = pids.map(cpuOf);
  const [file, ...args] = [
    ...enter,
    'wrk',
    '-t1',
    `-c${connections}`,
    `-d${seconds}s`,
    '--latency',
    ...(script === undefined ? [] : ['-s', script]),
    '-H',
    `Host: ${contender.hostHeader}`,
    ...headers.flatMap((line) => ['-H', line]),
    `http://${contender.host}:${contender.port}${path}`,
  ];
  const output = await new Promise<string>((resolve, reject) =>
    execFile(file, args, (error, stdout, stderr) =>
      error === null ? resolve(stdout) : reject(new Error(`wrk failed: ${stderr}`)),
    ),
  );
  const after = pids.map(cpuOf);
  const requests = Number(/(\d+) requests in/.exec(output)?.[1] ?? 0);
  const sum = (pick: (used: { user: number; system: number }) => number): number =>
    after.reduce((total, used, i) => total + pick(used) - pick(before[i] ?? used), 0);
  const errors = /Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)/.exec(output);
  const failed =
    Number(/Non-2xx or 3xx responses: (\d+)/.exec(output)?.[1] ?? 0) +
    (errors === null ? 0 : errors.slice(1).reduce((total, text) => total + Number(text), 0));
  const read = /, ([\d.]+)([KMGT]?B) read/.exec(output);
  const gigabytes = (Number(read?.[1] ?? 0) * (units[read?.[2] ?? ''] ?? Number.NaN)) / 1024 ** 3;
  const cpu = sum(({ user, system }) => user + system);
  if (requests === 0) throw new Error(`${contender.name} answered nothing: ${output}`);
  return {
    requests,
    perSecond: requests / seconds,
    cpu: (cpu * 1000) / requests,
    user: (sum(({ user }) => user) * 1000) / requests,
    failed,
    gigabytes,
    cpuPerGigabyte: cpu / 1000 / gigabytes,
    p50: percentile(output, 50),
    p99: percentile(output, 99),
  };
}

const times: Readonly<Record<string, number>> = { us: 1, ms: 1000, s: 1_000_000 };

/** A line of wrk's latency distribution, in microseconds. */
function percentile(output: string, percent: number): number {
  const line = new RegExp(`^\\s+${percent}%\\s+([\\d.]+)(us|ms|s)$`, 'm').exec(output);
  return Number(line?.[1] ?? Number.NaN) * (times[line?.[2] ?? ''] ?? Number.NaN);
}
