// What time removes, and that a sweep looks at no more than that.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ClientToken } from '../records/iam.ts';
import { createScenario, scenarioCaller } from '../scenario.ts';
import { applyChanges, emptyState, put, type Change } from '../state.ts';
import { defaultSweep, sweep } from './sweep.ts';

function token(n: number, createdAt: number): Change {
  const record: ClientToken = {
    ...scenarioCaller,
    id: `CreateService/${n}`,
    operation: 'CreateService',
    token: String(n),
    parameters: '',
    result: null,
    revision: 1,
    createdAt,
    lastUpdatedAt: createdAt,
    tags: {},
  };
  return put('clientToken', record);
}

test('sweep() forgets tokens after a day, the oldest first, a limited number at a time', () => {
  const scenario = createScenario();
  scenario.state = applyChanges(
    emptyState,
    // Not in the order of their times, as a state that was read from a database.
    Array.from({ length: 5000 }, (_, n) => token(n, (n * 7919) % 5000)),
    1,
  );
  const rounds: number[] = [];
  scenario.now = defaultSweep.tokenLifetime + 4499;
  while (rounds.at(-1) !== 0) rounds.push(scenario.run(sweep, defaultSweep));
  assert.deepEqual(rounds, [2000, 2000, 500, 0]);
  assert.deepEqual(
    [...scenario.state.tables.clientToken.values()].map(({ createdAt }) => createdAt).filter((time) => time < 4500),
    [],
  );
  assert.equal(scenario.state.tables.clientToken.size, 500);
});
