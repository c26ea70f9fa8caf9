// A server whose disk is full: a 500 that says so, reads and traffic go on, and nothing half written is there after a restart.

import assert from 'node:assert/strict';
import { rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { CreateServiceCommand, InternalServerException, paginateListServices } from '@aws-sdk/client-vpc-lattice';
import { eventually, listenerPort } from '../e2e/scenario.ts';
import { openShop } from '../e2e/shop.ts';
import { makeDirectory, ownCheckout, TestServer } from '../server.ts';
import { mountSmallDisk } from './small-disk.ts';

const data = makeDirectory(ownCheckout);
const { reason, skip } = mountSmallDisk(data, '8m');
after(() => rmSync(data, { recursive: true, force: true }));

async function namesOf({ lattice }: TestServer): Promise<readonly string[]> {
  const names: string[] = [];
  for await (const { items = [] } of paginateListServices({ client: lattice }, {}))
    names.push(...items.map(({ name }) => name ?? ''));
  return names.sort();
}

test(
  'a server on a full disk answers changes with 500, keeps what it answered, and goes on when there is room',
  { skip },
  async () => {
    assert.equal(reason, undefined);
    const tags = Object.fromEntries(Array.from({ length: 40 }, (_, n) => [`key-${n}`, 'v'.repeat(200)]));
    const answered: string[] = [];
    {
      await using server = await TestServer.start({ attach: 'loopback', workers: 1, data });
      const create = async (name: string): Promise<unknown> => {
        try {
          await server.lattice.send(new CreateServiceCommand({ name, tags }));
          answered.push(name);
          return undefined;
        } catch (error) {
          return error;
        }
      };
      assert.equal(await create('before'), undefined);
      const ballast = join(data, 'ballast');
      const { bavail, bsize } = statfsSync(data);
      writeFileSync(ballast, Buffer.alloc(Math.max(0, bavail * bsize - 200_000)));
      const failures: unknown[] = [];
      for (let n = 0; n < 200 && failures.length < 3; n++)
        failures.push(...[await create(`service-${n}`)].filter(Boolean));
      assert.equal(failures.length, 3, 'the disk was never full');
      for (const error of failures) {
        assert.ok(error instanceof InternalServerException, String(error));
        assert.equal(error.$metadata.httpStatusCode, 500);
        assert.match(error.message, /could not be stored/);
      }
      assert.deepEqual(await namesOf(server), answered.toSorted());
      assert.equal((await fetch(`${server.api}/-/ready`)).status, 200);
      rmSync(ballast);
      assert.equal(await create('after'), undefined);
      assert.equal(await server.stop(), 0, server.log);
    }
    await using server = await TestServer.start({ attach: 'loopback', workers: 1, data });
    assert.deepEqual(await namesOf(server), answered.toSorted());
  },
);

test('traffic does not wait for a full disk; what its log loses is counted and shown', { skip }, async () => {
  assert.equal(reason, undefined);
  await using server = await TestServer.start({ attach: 'loopback', workers: 1, data });
  await using shop = await openShop(server);
  assert.equal(await shop.ask('/'), 'blue');
  const ballast = join(data, 'ballast');
  const { bavail, bsize } = statfsSync(data);
  try {
    writeFileSync(ballast, Buffer.alloc(bavail * bsize));
  } catch (error) {
    // The server wrote meanwhile: then the disk is full as well.
    assert.match(String(error), /ENOSPC/);
  }
  const load = { name: shop.name, port: listenerPort, count: 2000, connections: 8 };
  const { statuses, errors } = await shop.client.load(load);
  assert.deepEqual([statuses, errors], [{ 200: 2000 }, {}]);
  await eventually('the loss is shown', async () => {
    const status = (await (await server.call('GET', '/-/status')).json()) as { readonly problems: readonly string[] };
    return status.problems.some((problem) => /^\d+ records of access logs were dropped/.test(problem));
  });
  rmSync(ballast);
});
