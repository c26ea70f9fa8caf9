// Mutated requests with a fixed seed: the engine never reads another message than `node:http`. `npm run bench -- fuzz` takes other seeds and longer.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { foundRequests } from './fuzz/found.ts';
import { fuzz, judge } from './fuzz/fuzz.ts';

/** About eight seconds of a core. */
const CASES = 150000;

test('requests that were once read otherwise than by node:http are not any more', async () => {
  const { differences } = await judge('requests', foundRequests);
  assert.deepEqual(differences, []);
});

test('mutated requests are read as node:http reads them, or refused', async () => {
  const { differences, compared } = await fuzz('requests', 20_261_122, (cases) => cases < CASES);
  assert.deepEqual(differences, []);
  assert.ok(compared > 5000, `only ${compared} messages were compared`);
});
