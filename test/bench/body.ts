// `npm run bench -- body`: CPU per gigabyte of Pergola and its peers for responses of 1 MB and of 64 MB, alternating rounds.

import { makeFile } from './body-target.ts';
import { startContenders } from './loopback.ts';
import { median } from './processes.ts';
import type { Row } from './table.ts';
import { load, type Run } from './wrk.ts';

const sizes = [
  { name: '1 MB', path: '/files/megabyte', bytes: 1024 ** 2, connections: 16 },
  { name: '64 MB', path: '/files/megabytes', bytes: 64 * 1024 ** 2, connections: 4 },
] as const;

/** Peers buffer as they do by default. */
export async function benchBody(options: {
  readonly rounds: number;
  /** Of each run. */
  readonly seconds: number;
}): Promise<readonly Row[]> {
  await using stack = new AsyncDisposableStack();
  const { contenders, directory } = await startContenders(stack, 91, ['nginx', 'haproxy', 'envoy']);
  for (const { path, bytes } of sizes) makeFile(directory, path.slice('/files/'.length), bytes);
  const rows: Row[] = [];
  for (const { name, path, connections } of sizes) {
    const runs = new Map<string, Run[]>();
    // The first round warms up.
    for (let round = 0; round <= options.rounds; round++)
      for (const contender of round % 2 === 0 ? contenders : contenders.toReversed()) {
        const run = await load(contender, connections, round === 0 ? 2 : options.seconds, { path });
        if (run.failed > 0) throw new Error(`${contender.name}: ${run.failed} requests failed`);
        if (round > 0) runs.set(contender.name, [...(runs.get(contender.name) ?? []), run]);
      }
    for (const [contender, own] of runs)
      rows.push({
        bench: 'body',
        what: `${contender}, ${name}`,
        'cpu s/GB': median(own.map(({ cpuPerGigabyte }) => cpuPerGigabyte)),
        'GB/s': median(own.map(({ gigabytes }) => gigabytes)) / options.seconds,
        '× nginx': median(
          own.map(({ cpuPerGigabyte }, i) => cpuPerGigabyte / (runs.get('nginx')?.[i]?.cpuPerGigabyte ?? Number.NaN)),
        ),
      });
  }
  return rows;
}
