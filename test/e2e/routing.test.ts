// Which target answers: weights, rules, fixed responses, and changes while requests run.

import assert from 'node:assert/strict';
import {
  CreateRuleCommand,
  DeleteRuleCommand,
  DeregisterTargetsCommand,
  ListTargetsCommand,
  RegisterTargetsCommand,
  UpdateListenerCommand,
  UpdateRuleCommand,
  type RuleMatch,
} from '@aws-sdk/client-vpc-lattice';
import type { TestServer } from '../server.ts';
import { ofEveryKind, onEveryAttachment } from './attachments.ts';
import { awaitHealthy, eventually, forward, given, listenerPort, targetPort, unique } from './scenario.ts';
import { openShop, type Shop } from './shop.ts';

async function setWeights(server: TestServer, shop: Shop, blue: number, green: number): Promise<void> {
  await server.lattice.send(
    new UpdateListenerCommand({
      serviceIdentifier: shop.service,
      listenerIdentifier: shop.listener,
      defaultAction: forward([shop.blue, blue], [shop.green, green]),
    }),
  );
  await server.obeyed();
}

async function addRule(
  { lattice }: TestServer,
  shop: Shop,
  priority: number,
  httpMatch: RuleMatch.HttpMatchMember['httpMatch'],
  action: 'blue' | 'green' | 404,
): Promise<string> {
  const made = await lattice.send(
    new CreateRuleCommand({
      serviceIdentifier: shop.service,
      listenerIdentifier: shop.listener,
      name: unique('case'),
      priority,
      match: { httpMatch },
      action: action === 404 ? { fixedResponse: { statusCode: 404 } } : forward([shop[action], 100]),
    }),
  );
  return given(made.id);
}

const fast = { configuration: 'limits: { healthCheckSpeed: 60 }\n' };

onEveryAttachment({ ...fast, workers: 1 }, [
  {
    name: 'weights of 90 and 10 are kept exactly over 1,000 requests by one worker, and a change of them holds at once',
    runs: ofEveryKind,
    enforces: ['UpdateListener'],
    async run(server) {
      await using shop = await openShop(server);
      const load = { name: shop.name, port: listenerPort, count: 1000, connections: 8 };
      await setWeights(server, shop, 90, 10);
      assert.deepEqual(await shop.client.load(load), {
        total: 1000,
        statuses: { 200: 1000 },
        targets: { blue: 900, green: 100 },
        errors: {},
        broken: [],
      });
      await setWeights(server, shop, 0, 1);
      assert.deepEqual((await shop.client.load({ ...load, count: 100 })).targets, { green: 100 });
    },
  },
  {
    name: 'rules match by priority on method, path and header, and a fixed response has no target',
    runs: ofEveryKind,
    enforces: ['CreateRule', 'DeleteRule'],
    async run(server) {
      await using shop = await openShop(server);
      const first = await addRule(server, shop, 10, { pathMatch: { match: { exact: '/gone' } } }, 404);
      await addRule(server, shop, 20, { method: 'DELETE', pathMatch: { match: { prefix: '/items' } } }, 'green');
      await addRule(
        server,
        shop,
        30,
        { headerMatches: [{ name: 'X-Canary', match: { exact: 'yes' }, caseSensitive: false }] },
        'green',
      );
      await addRule(server, shop, 40, { pathMatch: { match: { prefix: '/g' } } }, 'green');
      await server.obeyed();
      assert.equal(await shop.ask('/'), 'blue');
      assert.equal(await shop.ask('/gone'), '404 ');
      assert.equal(await shop.ask('/gone?why'), '404 ');
      assert.equal(await shop.ask('/gone/'), 'green', 'the exact path does not match, the prefix /g does');
      assert.equal(await shop.ask('/Gone'), '404 ', 'letters match in any case unless the rule says otherwise');
      assert.equal(await shop.ask('/items/7', 'DELETE'), 'green');
      assert.equal(await shop.ask('/items/7', 'PUT'), 'blue');
      assert.equal(await shop.ask('/other', 'GET', { 'x-canary': 'YES' }), 'green');
      assert.equal(await shop.ask('/other', 'GET', { 'x-canary': 'no' }), 'blue');
      assert.equal(await shop.ask('/gone', 'GET', { 'x-canary': 'yes' }), '404 ', 'priority 10 comes before 30');
      await server.lattice.send(
        new DeleteRuleCommand({
          serviceIdentifier: shop.service,
          listenerIdentifier: shop.listener,
          ruleIdentifier: first,
        }),
      );
      await server.obeyed();
      assert.equal(await shop.ask('/gone'), 'green', 'the rule is gone');
    },
  },
  {
    name: 'rules and weights change under load without a failed request',
    runs: ofEveryKind,
    enforces: ['UpdateRule'],
    async run(server) {
      await using shop = await openShop(server);
      const rule = await addRule(server, shop, 10, { pathMatch: { match: { prefix: '/' } } }, 'blue');
      await server.obeyed();
      // The client is a process of its own, which may only just have begun.
      assert.equal(await shop.ask('/'), 'blue');
      const load = shop.client.load({ name: shop.name, port: listenerPort, connections: 16 });
      for (let i = 0; i < 40; i++) {
        await server.lattice.send(
          new UpdateRuleCommand({
            serviceIdentifier: shop.service,
            listenerIdentifier: shop.listener,
            ruleIdentifier: rule,
            action: forward([i % 2 === 0 ? shop.green : shop.blue, 100]),
          }),
        );
        await server.obeyed();
      }
      await server.lattice.send(
        new DeleteRuleCommand({
          serviceIdentifier: shop.service,
          listenerIdentifier: shop.listener,
          ruleIdentifier: rule,
        }),
      );
      await server.obeyed();
      await shop.client.stopLoad();
      const { total, statuses, targets, errors } = await load;
      assert.deepEqual([statuses, errors], [{ 200: total }, {}]);
      assert.ok((targets['blue'] ?? 0) > 20 && (targets['green'] ?? 0) > 20, JSON.stringify(targets));
    },
  },
  {
    name: 'a deregistered target finishes what it has and gets no new request',
    runs: ofEveryKind,
    enforces: ['RegisterTargets', 'DeregisterTargets'],
    async run(server) {
      await using shop = await openShop(server);
      const targetGroupIdentifier = shop.blue;
      const second = [{ id: '10.0.1.11', port: targetPort }];
      await server.lattice.send(new RegisterTargetsCommand({ targetGroupIdentifier, targets: second }));
      await awaitHealthy(server, shop.blue);
      await server.obeyed();
      const load = { name: shop.name, port: listenerPort, count: 100, connections: 4 };
      assert.deepEqual((await shop.client.load(load)).targets, { blue: 50, green: 50 });
      const slow = Promise.all([shop.ask('/slow?wait=1500'), shop.ask('/slow?wait=1500')]);
      await eventually('both targets have a slow request', async () => {
        const { targets } = await shop.client.load({ ...load, count: 2, connections: 1 });
        return targets['blue'] === 1;
      });
      const gone = [{ id: '10.0.1.10', port: targetPort }];
      await server.lattice.send(new DeregisterTargetsCommand({ targetGroupIdentifier, targets: gone }));
      await server.obeyed();
      const { items } = await server.lattice.send(new ListTargetsCommand({ targetGroupIdentifier }));
      assert.deepEqual(Object.fromEntries(given(items).map(({ id, status }) => [id, status])), {
        '10.0.1.10': 'DRAINING',
        '10.0.1.11': 'HEALTHY',
      });
      assert.deepEqual((await shop.client.load(load)).targets, { green: 100 });
      assert.deepEqual(new Set(await slow), new Set(['blue', 'green']));
    },
  },
]);

onEveryAttachment({ ...fast, workers: 2 }, [
  {
    name: 'weights of 90 and 10 are kept within one per cent by two workers',
    runs: ofEveryKind,
    async run(server) {
      await using shop = await openShop(server);
      await setWeights(server, shop, 90, 10);
      const { targets } = await shop.client.load({
        name: shop.name,
        port: listenerPort,
        count: 1000,
        connections: 16,
      });
      assert.ok(Math.abs((targets['green'] ?? 0) - 100) <= 10, JSON.stringify(targets));
      assert.equal((targets['green'] ?? 0) + (targets['blue'] ?? 0), 1000);
    },
  },
]);
