// What workloads inherit.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { workloadEnvironment } from './workload-environment.ts';

test('workloads inherit the environment without the place of our own compiled sources', () => {
  const own = '/a/checkout/node_modules/.cache/pergola';
  assert.deepEqual(workloadEnvironment({ A: 'b', NODE_COMPILE_CACHE: own }), { A: 'b' });
  assert.deepEqual(workloadEnvironment({ A: 'b' }), { A: 'b' });
  const others = { A: 'b', NODE_COMPILE_CACHE: '/their/own' };
  assert.deepEqual(workloadEnvironment(others), others);
});
