// Shares of weighted groups.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createWeightedPicker } from './weighted-picker.ts';

test('createWeightedPicker() gives every group exactly its share over full rounds, from any start', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(50), { minLength: 1, maxLength: 6 }), fc.nat(1000), (weights, start) => {
      const total = weights.reduce((a, b) => a + b, 0);
      const picker = createWeightedPicker(weights, start);
      if (total === 0) {
        assert.equal(picker.next(), -1);
        return;
      }
      const counts = weights.map(() => 0);
      for (let i = 0; i < total * 3; i++) {
        const position = picker.next();
        counts[position] = (counts[position] ?? 0) + 1;
      }
      assert.deepEqual(
        counts,
        weights.map((weight) => weight * 3),
      );
    }),
  );
});

test('createWeightedPicker() spreads a 90/10 split instead of sending runs', () => {
  const picker = createWeightedPicker([90, 10]);
  const picks = Array.from({ length: 1000 }, () => picker.next());
  assert.equal(picks.filter((pick) => pick === 1).length, 100);
  for (let i = 0; i < 1000; i += 10) assert.equal(picks.slice(i, i + 10).filter((pick) => pick === 1).length, 1);
});
