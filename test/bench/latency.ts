// `npm run bench -- latency`: what a proxy adds to the time of a request that is alone, over asking the target itself; alternating rounds.

import { startContenders } from './loopback.ts';
import { askOneByOne, type Times } from './one-by-one.ts';
import type { Contender } from './peers.ts';
import { median } from './processes.ts';
import type { Row } from './table.ts';

/** Runs are this many times as many, and as short: what else the machine does meets all contenders alike. */
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
  const runs = new Map<string, Times[]>();
  // The first round warms up.
  for (let round = 0; round <= options.rounds * PARTS; round++)
    for (const contender of round % 2 === 0 ? all : all.toReversed()) {
      const run = await askOneByOne(contender, options.seconds / PARTS);
      if (round > 0) runs.set(contender.name, [...(runs.get(contender.name) ?? []), run]);
    }
  const added = (name: string, of: 'p50' | 'p99'): number =>
    median((runs.get(name) ?? []).map((run) => run[of])) - median((runs.get('direct') ?? []).map((run) => run[of]));
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
