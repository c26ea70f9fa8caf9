// A full load of a large installation over a real socket: a worker's loop serves traffic meanwhile.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { Worker } from 'node:worker_threads';
import { silentLog } from '../../src/base/log.ts';
import { createWatch } from '../../src/base/watch.ts';
import { createFeedServer } from '../../src/feed/index.ts';
import { sampleSnapshot } from '../../src/proxy/snapshot-sample.ts';
import type { NetworkComponent, Snapshot } from '../../src/snapshot/index.ts';
import type { LoopReport } from './loaded-worker.ts';

const SERVICES = 5000;
const RULES = 8;
/** Loads of which the best counts. */
const ATTEMPTS = 3;

/** One VPC with a door to a network of `SERVICES` services, each with `RULES` rules and a target group of two targets. */
function largeSnapshot(): Snapshot {
  const sample = sampleSnapshot(80, [], { 'tg-1': [1, 2] }, 1);
  const [service, group, network] = [
    sample.services.get('svc-1') ?? assert.fail(),
    sample.targetGroups.get('tg-1') ?? assert.fail(),
    sample.networks.get('sn-1') ?? assert.fail(),
  ];
  const ids = Array.from({ length: SERVICES }, (_, i) => `${i}`);
  const services = ids.map((i) => ({
    ...service,
    id: `svc-${i}`,
    domainNames: [`svc-${i}.7d67968.vpc-lattice-svcs.us-east-1.on.aws`],
    listeners: service.listeners.map((listener) => ({
      ...listener,
      rules: Array.from({ length: RULES }, (_, rule) => ({
        id: `rule-${i}-${rule}`,
        match: rule === RULES - 1 ? {} : { path: { kind: 'prefix' as const, value: `/v${rule}`, caseSensitive: true } },
        filters: [],
        action: { kind: 'forward' as const, targetGroups: [{ id: `tg-${i}`, weight: 1 }] },
      })),
    })),
  }));
  const components = ids.map((i): NetworkComponent => {
    return { kind: 'service', id: `svc-${i}`, associationId: `snsa-${i}`, index: (Number(i) % 4000) + 1 };
  });
  const groups = ids.map((i) => ({ ...group, id: `tg-${i}` }));
  return {
    ...sample,
    services: new Map(services.map((one) => [one.id, one])),
    networks: new Map([['sn-1', { ...network, components }]]),
    targetGroups: new Map(groups.map((one) => [one.id, one])),
  };
}

test('a load of 5,000 services and 40,000 rules does not hold the loop of a worker', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'pergola-feed-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, 'feed.sock');
  const large = largeSnapshot();
  const reports: LoopReport[] = [];
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const cell = createWatch(large);
    const feed = createFeedServer({
      ...{ snapshot: cell, epoch: 'one', log: silentLog, onPeers() {}, onHealth() {}, onCounters() {} },
    });
    const server = createServer((socket) => feed.accept(socket)).listen(path);
    await once(server, 'listening');
    const worker = new Worker(new URL('./loaded-worker.ts', import.meta.url), { workerData: { path } });
    const [load] = (await once(worker, 'message')) as [LoopReport];
    const service = large.services.get('svc-7') ?? assert.fail();
    cell.set({ ...large, revision: 2, services: new Map([...large.services, ['svc-7', { ...service, revision: 2 }]]) });
    const [change] = (await once(worker, 'message')) as [LoopReport];
    await worker.terminate();
    feed.close();
    server.close();
    reports.push(load);
    for (const [name, { longest, busiest }] of Object.entries({ load, change }))
      t.diagnostic(`${name}: longest turn ${longest.toFixed(1)} ms, ${busiest.toFixed(1)} ms of processor time`);
  }
  // Processor time, because the longest turn is often somebody else's.
  const best = Math.min(...reports.map(({ busiest }) => busiest));
  assert.ok(best < 50, `one turn of the loop took ${best} ms`);
});
