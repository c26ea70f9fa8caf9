// `npm run bench -- latency`: what a proxy adds to the time of a request that is alone, over asking the target itself; alternating rounds.

import { startContenders } from './loopback.ts';
import type { Contender } from './peers.ts';
import type { Row } from './table.ts';
import { load, type Run } from './wrk.ts';

/** Runs are this many times as many, and as short: between those of others there is more often a quiet one. */
const PARTS = 4;

/** One connection, 512-byte body. */
export async function benchLatency(options: {
  readonly rounds: number;
  /** Of each run. */
  readonly seconds: number;
}): Promise<readonly Row[]> {
  await using stack = new AsyncDisposableStack();
  const { contenders, target } = await startContenders(stack, 90, ['nginx', 'haproxy', 'envoy']);
  const direct: Contender = {
    name: 'direct',
    ...target,
    hostHeader: 'bench',
    pids: () => [],
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
  const all = [direct, ...contenders];
  const runs = new Map<string, Run[]>();
  // The first round warms up.
  for (let round = 0; round <= options.rounds * PARTS; round++)
    for (const contender of round % 2 === 0 ? all : all.toReversed()) {
      const run = await load(contender, 1, Math.max(1, Math.round(options.seconds / PARTS)));
      if (run.failed > 0) throw new Error(`${contender.name}: ${run.failed} requests failed`);
      if (round > 0) runs.set(contender.name, [...(runs.get(contender.name) ?? []), run]);
    }
  const added = (name: string, of: 'p50' | 'p99'): number =>
    lowerQuartile((runs.get(name) ?? []).map((run) => run[of])) -
    lowerQuartile((runs.get('direct') ?? []).map((run) => run[of]));
  /** Where a time is within the noise nothing can be said. */
  const ratio = (name: string, peer: string, of: 'p50' | 'p99'): number | string =>
    added(name, of) > 0 && added(peer, of) > 0 ? added(name, of) / added(peer, of) : 'noise';
  return contenders.map(({ name }) => ({
    bench: 'latency',
    what: `${name}, one connection`,
    'added p50 µs': added(name, 'p50'),
    'added p99 µs': added(name, 'p99'),
    'p50 × envoy': ratio(name, 'envoy', 'p50'),
    'p99 × envoy': ratio(name, 'envoy', 'p99'),
    'p50 × nginx': ratio(name, 'nginx', 'p50'),
  }));
}

/** A quarter of the rounds were quicker: whatever else the machine does adds milliseconds to a request that is alone, and never takes any away. */
function lowerQuartile(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor((values.length - 1) / 4)] ?? Number.NaN;
}
