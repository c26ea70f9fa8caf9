// Workers share connections, and the end of one costs only what it carried.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { eventually, listenerPort } from '../e2e/scenario.ts';
import { openShop, type Shop } from '../e2e/shop.ts';
import { killProcess, TestServer } from '../server.ts';
import { attachments, socketNamespace } from './attachments.ts';
import { countConnections } from './connections.ts';

for (const { attach, skip } of attachments)
  describe(`on ${attach}`, { skip }, () => {
    let server: TestServer;
    let shop: Shop;
    before(async () => {
      server = await TestServer.start({ attach, workers: 2 });
      shop = await openShop(server);
      assert.equal(await shop.ask('/'), 'blue');
    });
    after(async () => {
      await shop?.[Symbol.asyncDispose]();
      await server?.[Symbol.asyncDispose]();
    });

    test('of 64 connections each of two workers has at least 8', async () => {
      const fewest: number[] = [];
      for (let run = 0; run < 5; run++) {
        const load = shop.client.load({ name: shop.name, port: listenerPort, connections: 64 });
        const count = () =>
          countConnections(server.processes().workers, listenerPort, socketNamespace(server, shop.clients));
        await eventually('64 connections stand', () => Promise.resolve(count().reduce((a, b) => a + b, 0) >= 64));
        fewest.push(Math.min(...count()));
        await shop.client.stopLoad();
        assert.deepEqual((await load).errors, {});
      }
      const [, , median = 0] = fewest.toSorted((a, b) => a - b);
      assert.ok(median >= 8, `the worker with fewer connections had ${fewest.join(', ')}`);
    });

    test('kill -9 of a worker under load loses only what it carried', async () => {
      for (const victim of [0, 1]) {
        const load = shop.client.load({ name: shop.name, port: listenerPort, connections: 32 });
        const { workers } = server.processes();
        const pids = [workers[victim] ?? 0, workers[1 - victim] ?? 0];
        let carried = 0;
        await eventually('32 connections stand', () => {
          const [mine = 0, others = 0] = countConnections(pids, listenerPort, socketNamespace(server, shop.clients));
          carried = mine;
          return Promise.resolve(mine + others === 32);
        });
        killProcess(pids[0] ?? 0);
        await eventually('another worker is there', () => {
          const now = server.processes().workers;
          return Promise.resolve(now.length === 2 && !now.includes(workers[victim] ?? 0));
        });
        await sleep(500);
        await shop.client.stopLoad();
        const { broken, errors, statuses, total } = await load;
        // Each connection carries one request at a time; a connection that waited to be accepted may be the worker's too.
        assert.ok(
          broken.every((failed) => failed === 1),
          `a connection failed more than once: ${broken.join(', ')} ${JSON.stringify(errors)}`,
        );
        assert.ok(broken.length <= carried, `${broken.length} connections broke, ${carried} were carried`);
        assert.deepEqual(statuses, { 200: total - broken.length });
        assert.ok(total > 100, `only ${total} requests`);
      }
    });

    test('the new worker takes its share, and knows rules and health as the others do', async () => {
      const { workers } = server.processes();
      for (const pid of workers) killProcess(pid);
      await eventually('both workers are new', () => {
        const now = server.processes().workers;
        return Promise.resolve(now.length === 2 && now.every((pid) => !workers.includes(pid)));
      });
      // Sockets are the supervisor's: whoever comes early waits and is served.
      const load = { name: shop.name, port: listenerPort, count: 500, connections: 64 };
      const { statuses, errors } = await shop.client.load(load);
      assert.deepEqual([statuses, errors], [{ 200: 500 }, {}]);
    });
  });
