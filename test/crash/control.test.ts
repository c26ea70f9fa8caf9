// Without control everything that was decided goes on: traffic, health and names.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { ChangeResourceRecordSetsCommand, CreateHostedZoneCommand } from '@aws-sdk/client-route-53';
import { ListTargetsCommand, RegisterTargetsCommand } from '@aws-sdk/client-vpc-lattice';
import { awaitHealthy, eventually, given, listenerPort, targetPort } from '../e2e/scenario.ts';
import { openShop } from '../e2e/shop.ts';
import { startTarget } from '../workload-programs.ts';
import { killProcess, TestServer } from '../server.ts';
import { attachments } from './attachments.ts';

for (const { attach, skip } of attachments) {
  test(
    `on ${attach}, while control is killed again and again, traffic, health and DNS go on, and then the API does`,
    { skip },
    async () => {
      await using server = await TestServer.start({
        attach,
        workers: 2,
        configuration: 'limits: { healthCheckSpeed: 60 }\n',
      });
      await using shop = await openShop(server);
      await using doomed = await startTarget(server, { vpc: shop.targets, address: '10.0.1.12' }, 'doomed', targetPort);
      const targetGroupIdentifier = shop.blue;
      await server.lattice.send(
        new RegisterTargetsCommand({ targetGroupIdentifier, targets: [{ id: '10.0.1.12', port: targetPort }] }),
      );
      const VPC = { VPCId: shop.clients, VPCRegion: 'us-east-1' } as const;
      const made = await server.route53.send(
        new CreateHostedZoneCommand({ Name: 'corp.test', CallerReference: 'once', VPC }),
      );
      const ResourceRecordSet = {
        ...({ Name: 'a.corp.test', Type: 'A', TTL: 60 } as const),
        ResourceRecords: [{ Value: '192.0.2.1' }],
      };
      await server.route53.send(
        new ChangeResourceRecordSetsCommand({
          HostedZoneId: given(made.HostedZone?.Id),
          ChangeBatch: { Changes: [{ Action: 'CREATE', ResourceRecordSet }] },
        }),
      );
      await server.obeyed();
      await awaitHealthy(server, shop.blue);
      const load = { name: shop.name, port: listenerPort, count: 100, connections: 8 };
      assert.deepEqual(Object.keys((await shop.client.load(load)).targets).toSorted(), ['blue', 'doomed']);

      const stop = new AbortController();
      let kills = 0;
      const killer = (async () => {
        while (!stop.signal.aborted) {
          const { control } = server.processes();
          if (control !== undefined) {
            killProcess(control);
            kills++;
          }
          await sleep(20);
        }
      })();
      try {
        await eventually('control was killed', () => Promise.resolve(kills > 1));
        const address = await shop.client.resolve(shop.name);
        const { statuses, errors, targets } = await shop.client.load({ ...load, count: 1000 });
        assert.deepEqual([statuses, errors, Object.keys(targets).toSorted()], [{ 200: 1000 }, {}, ['blue', 'doomed']]);
        await doomed[Symbol.asyncDispose]();
        await eventually('the workers see that a target is gone', async () => {
          const seen = await shop.client.load({ ...load, count: 20 });
          return seen.targets['blue'] === 20;
        });
        assert.deepEqual(await shop.client.resolve(shop.name), address);
        assert.deepEqual(await shop.client.resolve('a.corp.test'), ['192.0.2.1']);
        await assert.rejects(shop.client.resolve('b.corp.test'), /ENOTFOUND/);
        await assert.rejects(shop.client.resolve(shop.name.replace(/^[^.]+/, 'nobody-0123456789abcdef0')), /ENOTFOUND/);
      } finally {
        stop.abort();
        await killer;
      }
      assert.ok(kills > 2, `control was killed only ${kills} times`);

      await eventually('the API answers', async () => {
        const { items } = await server.lattice.send(new ListTargetsCommand({ targetGroupIdentifier }));
        const status = Object.fromEntries(given(items).map(({ id, status: now }) => [id, now]));
        return status['10.0.1.10'] === 'HEALTHY' && status['10.0.1.12'] === 'UNHEALTHY';
      }).catch(async (error: unknown) => {
        throw new Error(`${error instanceof Error ? error.message : String(error)}\n${server.log}`);
      });
      const last = await shop.client.load(load);
      assert.deepEqual([last.statuses, last.errors, last.targets], [{ 200: 100 }, {}, { blue: 100 }]);
    },
  );

  test(
    `on ${attach}, a control process that starts again takes nothing from requests that need new connections`,
    { skip },
    async () => {
      await using server = await TestServer.start({ attach, workers: 2 });
      await using shop = await openShop(server);
      assert.equal(await shop.ask('/'), 'blue');
      const load = shop.client.load({ name: shop.name, port: listenerPort, connections: 8, path: '/?close=1' });
      for (let round = 0; round < 3; round++) {
        const { control } = server.processes();
        killProcess(given(control));
        await eventually('another control process answers', async () => {
          if (server.processes().control === control) return false;
          const ready = await fetch(`${server.api}/-/ready`).catch(() => undefined);
          return ready?.status === 200;
        });
      }
      await shop.client.stopLoad();
      const { statuses, errors, total } = await load;
      assert.deepEqual([statuses, errors], [{ 200: total }, {}]);
      assert.ok(total > 100, `only ${total} requests`);
    },
  );
}
