// Which worker checks a target, and what its results mean.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Health } from '../upstream/target-state.ts';
import { checkerOf, nextHealth } from './checker.ts';

const settings = { healthyThreshold: 3, unhealthyThreshold: 2 };

/** Health after each of `results` (`+` a success, `-` a failure), beginning with `health`: the first letter of each. */
function follow(health: Health, results: string): string {
  let now = health;
  let successes = 0;
  let failures = 0;
  let seen = '';
  for (const result of results) {
    successes = result === '+' ? successes + 1 : 0;
    failures = result === '+' ? 0 : failures + 1;
    now = nextHealth(now, { successes, failures }, settings);
    seen += now === 'initial' ? 'i' : now === 'healthy' ? 'h' : 'u';
  }
  return seen;
}

test('nextHealth() makes a new target healthy with one success, unhealthy with the threshold of failures', () => {
  assert.equal(follow('initial', '+'), 'h');
  assert.equal(follow('initial', '-+'), 'ih');
  assert.equal(follow('initial', '--'), 'iu');
});

test('nextHealth() moves a known target by consecutive results alone', () => {
  assert.equal(follow('healthy', '-+-+--'), 'hhhhhu');
  assert.equal(follow('unhealthy', '++-+++'), 'uuuuuh');
});

test('checkerOf() shares targets among the workers, and moves only those of a worker that goes', () => {
  const keys = Array.from({ length: 3000 }, (_, i) => `tg-${i % 7}|10.0.${i >> 8}.${i & 255}|80`);
  const before = keys.map((key) => checkerOf(key, [0, 1, 2]));
  for (const worker of [0, 1, 2]) {
    const share = before.filter((one) => one === worker).length;
    assert.ok(share > 850 && share < 1150, `worker ${worker} checks ${share} of 3000`);
  }
  const after = keys.map((key) => checkerOf(key, [2, 0]));
  assert.ok(after.every((worker, i) => before[i] === 1 || worker === before[i]));
  assert.equal(checkerOf('x', []), undefined);
});
