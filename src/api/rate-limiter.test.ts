// The buckets of calls: how fast they empty and fill, and whose they are.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Refusal } from '../domain/index.ts';
import { createRateLimiter, type AdmitCall, type RateClass } from './rate-limiter.ts';

/** The seconds to wait that a call is refused with; 0 when it is let through. */
function wait(
  admit: AdmitCall,
  now: number,
  { account = '1', region = 'r', service = 's', kind = 'read' } = {},
): number {
  try {
    admit({ account, region, now }, service, kind as RateClass);
    return 0;
  } catch (error) {
    assert.ok(error instanceof Refusal && error.detail.kind === 'Throttling');
    assert.equal(error.detail.serviceCode, service);
    return error.detail.retryAfterSeconds ?? -1;
  }
}

test('a bucket lets a burst through, then as many as come back', () => {
  const admit = createRateLimiter({ read: { burst: 3, perSecond: 2 } });
  assert.deepEqual(
    [1, 2, 3, 4].map(() => wait(admit, 1000)),
    [0, 0, 0, 1],
  );
  assert.equal(wait(admit, 1499), 1);
  assert.equal(wait(admit, 1500), 0);
  assert.equal(wait(admit, 1500), 1);
  assert.deepEqual(
    [1, 2, 3, 4].map(() => wait(admit, 60_000)),
    [0, 0, 0, 1],
    'never more than the burst',
  );
  assert.equal(wait(admit, 0), 1, 'a clock that is put back');
  assert.equal(wait(admit, 500), 0);
});

test('the time to wait is that until a call has come back', () => {
  const admit = createRateLimiter({ mutate: { burst: 1, perSecond: 0.1 } });
  const mutate = { kind: 'mutate' };
  assert.deepEqual([wait(admit, 0, mutate), wait(admit, 0, mutate), wait(admit, 9000, mutate)], [0, 10, 1]);
  assert.equal(wait(admit, 10_000, mutate), 0);
});

test('accounts, regions, services and classes have their own buckets; a class without a limit has none', () => {
  const admit = createRateLimiter({ mutate: { burst: 1, perSecond: 1 } });
  const first = { kind: 'mutate' };
  const others = [first, ...[{ account: '2' }, { region: 'q' }, { service: 't' }].map((one) => ({ ...first, ...one }))];
  for (const one of others) assert.equal(wait(admit, 0, one), 0);
  for (const one of others) assert.equal(wait(admit, 0, one), 1);
  for (let n = 0; n < 100; n++) assert.equal(wait(admit, 0), 0);
});

test('the accounts that are remembered are bounded, and those that call stay', () => {
  const admit = createRateLimiter({ read: { burst: 1, perSecond: 1 } });
  assert.equal(wait(admit, 0, { account: 'busy' }), 0);
  for (let n = 0; n < 25_000; n++) {
    wait(admit, 0, { account: `other-${n}` });
    assert.equal(wait(admit, 0, { account: 'busy' }), 1);
  }
  assert.equal(wait(admit, 0, { account: 'other-0' }), 0, 'it was forgotten');
});
