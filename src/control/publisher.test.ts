// The snapshot follows the store and the day.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createManualClock } from '../base/clock.ts';
import { silentLog } from '../base/log.ts';
import { createSeededRandom } from '../base/random.ts';
import type { Context } from '../domain/index.ts';
import { applyConfiguredPrincipals } from '../domain/iam/index.ts';
import { openStore } from '../store/index.ts';
import { createPublisher } from './publisher.ts';

test('a publisher publishes the keys of a new day soon after midnight, and a key that is made later with the days of then', async () => {
  await using store = await openStore({ file: ':memory:' }, { log: silentLog });
  const clock = createManualClock(Date.UTC(2026, 10, 22, 23, 58));
  const context: Context = {
    account: '123456789012',
    region: 'us-east-1',
    principalArn: 'arn',
    operation: 'test',
    now: clock.now(),
    random: createSeededRandom(1),
    quotas: 'none',
  };
  const secrets = { seal: (secret: string) => secret, open: (sealed: string) => sealed };
  const principals = ['one', 'two'].map((name) => ({
    arn: `arn:aws:iam::123456789012:user/${name}`,
    accessKeyId: `AKIA${name}`,
    secretAccessKey: name,
    policies: [],
  }));
  const publisher = createPublisher({
    store,
    clock,
    regions: ['us-east-1'],
    secretOf: ({ sealedSecret }) => sealedSecret,
    sessionKeys: () => [{ day: '20260101', key: Buffer.alloc(32) }],
  });
  await store.commit(applyConfiguredPrincipals, { principals: principals.slice(0, 1), secrets }, context);
  const days = (id: string): readonly string[] | undefined =>
    publisher.snapshot.value.accessKeys.get(id)?.signingKeys.map(({ date }) => date);
  assert.deepEqual(days('AKIAone'), ['20261121', '20261122', '20261123']);
  let published = 0;
  publisher.snapshot.subscribe(() => void published++);
  clock.advance(60_000);
  assert.equal(published, 0);
  clock.advance(120_000);
  assert.equal(published, 1);
  assert.deepEqual(days('AKIAone'), ['20261122', '20261123', '20261124']);
  await store.commit(applyConfiguredPrincipals, { principals, secrets }, context);
  assert.deepEqual(days('AKIAtwo'), ['20261122', '20261123', '20261124']);
  publisher.close();
  clock.advance(86_400_000);
  assert.equal(publisher.snapshot.value.day, '20261123');
});
