// What is said at most so often.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { atMostEvery } from './at-most.ts';
import { createManualClock } from './clock.ts';

test('atMostEvery() runs the first act at once and the next one after the interval', () => {
  const clock = createManualClock(5);
  const rarely = atMostEvery(1000, clock);
  const said: number[] = [];
  for (const step of [0, 500, 499, 1, 0, 999, 1]) {
    clock.advance(step);
    rarely(() => said.push(clock.monotonic()));
  }
  assert.deepEqual(said, [5, 1005, 2005]);
});
