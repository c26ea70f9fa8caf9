// The thread of `loop-delay.test.ts` that stands for a worker process: follows the feed and says how long its loop stood still.

import { connect } from 'node:net';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { parentPort, workerData } from 'node:worker_threads';
import { systemClock } from '../../src/base/clock.ts';
import { silentLog } from '../../src/base/log.ts';
import { systemRandom } from '../../src/base/random.ts';
import { createDns } from '../../src/dns/index.ts';
import { createFeedClient } from '../../src/feed/index.ts';
import { bindHandle } from '../../src/network/index.ts';
import { createDataPlane, defaultProxyLimits } from '../../src/proxy/index.ts';
import { createCounterSet } from '../../src/telemetry/index.ts';

/** What the thread says of each snapshot that it obeys: milliseconds that one turn of its loop took at most, and of processor time. */
export interface LoopReport {
  readonly revision: number;
  readonly longest: number;
  readonly busiest: number;
}

const { path } = workerData as { readonly path: string };
const counters = createCounterSet();
const deps = { clock: systemClock, log: silentLog, random: systemRandom, counters };
const { handle: forwarder } = bindHandle({ kind: 'udp', family: 4, address: '127.0.0.1', port: 0 });
const dns = createDns({ ...deps, forwarder });
const plane = createDataPlane({
  ...deps,
  worker: 0,
  limits: defaultProxyLimits,
  log: silentLog,
  appendAccessLog() {},
  appendSubscription: () => {},
  functionSocket: '',
  sources: () => [],
  members: () => [],
  reportHealth() {},
  targetTls: { verify: false },
  resolve: () => Promise.resolve(undefined),
});

const delays = monitorEventLoopDelay({ resolution: 1 });
delays.enable();
let last = process.threadCpuUsage();
let busiest = 0;
const turn = (): void => {
  const now = process.threadCpuUsage();
  busiest = Math.max(busiest, (now.user + now.system - last.user - last.system) / 1000);
  last = now;
  setImmediate(turn);
};
turn();

const feed = createFeedClient(
  { node: 'local', worker: 0 },
  { ...deps, connect: () => connect(path), onConnected: () => {} },
);
feed.current.subscribe(({ snapshot }) => {
  plane.apply(snapshot);
  dns.apply(snapshot);
  feed.acknowledge(snapshot.revision);
  // What follows in slices belongs to it.
  setTimeout(() => {
    parentPort?.postMessage({
      revision: snapshot.revision,
      longest: delays.max / 1e6,
      busiest,
    } satisfies LoopReport);
    delays.reset();
    busiest = 0;
  }, 700);
});
