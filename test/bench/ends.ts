// `npm run bench -- ends`: what clients lose when processes end under load: by reload, by a stop, by kill -9 of workers in a loop.

import { eventually, listenerPort } from '../e2e/scenario.ts';
import { openShop, type Shop } from '../e2e/shop.ts';
import { killProcess, ownCheckout, runPergola, TestServer } from '../server.ts';
import type { LoadResult } from '../programs/messages.ts';
import type { Row } from './table.ts';

const CONNECTIONS = 64;
/** How often each thing is done. */
const RELOADS = 10;
const KILLS = 40;

/** The three rows. Requests are GETs of Node's own client, whose connections are kept and opened again when they end. */
export async function benchEnds(): Promise<readonly Row[]> {
  return [await measureReloads(), await measureKills(), await measureStop()];
}

async function underLoad(act: (server: TestServer, shop: Shop) => Promise<void>): Promise<LoadResult> {
  await using server = await TestServer.start({ attach: 'loopback', workers: 2 });
  await using shop = await openShop(server);
  await shop.ask('/');
  const load = shop.client.load({ name: shop.name, port: listenerPort, connections: CONNECTIONS });
  // What goes wrong meanwhile is told, and not that its end ended the load.
  load.catch(() => {});
  await act(server, shop);
  await shop.client.stopLoad();
  return await load;
}

const failedOf = ({ errors, statuses }: LoadResult): number =>
  [
    ...Object.values(errors),
    ...Object.entries(statuses).map(([status, count]) => (status === '200' ? 0 : count)),
  ].reduce((a, b) => a + b, 0);

async function measureReloads(): Promise<Row> {
  const result = await underLoad(async (server) => {
    for (let i = 0; i < RELOADS; i++) {
      const { status, stderr } = await runPergola(ownCheckout, ['reload', '--data', server.data]);
      if (status !== 0) throw new Error(`reload ended with ${status}: ${stderr}`);
    }
  });
  return {
    bench: 'ends',
    what: `${RELOADS} reloads, ${CONNECTIONS} connections`,
    requests: String(result.total),
    failed: failedOf(result),
  };
}

async function measureKills(): Promise<Row> {
  const result = await underLoad(async (server) => {
    for (let i = 0; i < KILLS; i++) {
      const { workers } = server.processes();
      const victim = workers[i % workers.length] ?? -1;
      killProcess(victim);
      await eventually('another worker is there', () => {
        const now = server.processes().workers;
        return Promise.resolve(now.length === 2 && !now.includes(victim));
      });
      // Longer than the backoff's memory: each kill meets a server at work.
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  });
  const failed = failedOf(result);
  return {
    bench: 'ends',
    what: `${KILLS} times kill -9 of one of two workers, ${CONNECTIONS} connections`,
    requests: String(result.total),
    failed,
    'failed per kill': failed / KILLS,
  };
}

async function measureStop(): Promise<Row> {
  await using server = await TestServer.start({ attach: 'loopback', workers: 2 });
  await using shop = await openShop(server);
  await shop.ask('/');
  const spec = {
    name: shop.name,
    port: listenerPort,
    path: '/?wait=2000',
    count: CONNECTIONS,
    connections: CONNECTIONS,
  };
  const load = shop.client.load(spec);
  await new Promise((resolve) => setTimeout(resolve, 1000));
  const status = await server.stop();
  const result = await load;
  return {
    bench: 'ends',
    what: `SIGTERM while ${CONNECTIONS} requests run`,
    requests: String(result.total),
    failed: failedOf(result) + (status === 0 ? 0 : 1),
  };
}
