// Conditions and time.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createManualClock } from './clock.ts';
import { createConditions } from './condition.ts';

test('until() resolves at once, at a notify, or with false in time', async () => {
  const clock = createManualClock();
  const conditions = createConditions(clock);
  let value = 1;
  assert.equal(await conditions.until(() => value === 1, 10), true);
  const second = conditions.until(() => value === 2, 10);
  const never = conditions.until(() => value === 9, 10);
  conditions.notify();
  value = 2;
  conditions.notify();
  assert.equal(await second, true);
  clock.advance(10);
  assert.equal(await never, false);
  value = 9;
  conditions.notify();
});
