// Which instance a workload stands for.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findStoodFor } from './wish.ts';

const instances = [
  { id: 'i-1', name: 'web', address: '10.0.1.10', securityGroups: [], command: ['node'] },
  { id: 'i-2', name: 'db', address: '10.0.1.11', securityGroups: ['sg-1'] },
];

test('findStoodFor() finds the named instance, or the one without a process at the address', () => {
  const find = (wish: Parameters<typeof findStoodFor>[1]) => findStoodFor({ instances }, wish)?.id;
  assert.deepEqual([find({ instance: 'web' }), find({ instance: 'i-2' })], ['i-1', 'i-2']);
  assert.equal(find({ address: '10.0.1.11' }), 'i-2');
  // The server itself runs the other one.
  assert.equal(find({ address: '10.0.1.10' }), undefined);
  assert.equal(find({ instance: 'i-3', address: '10.0.1.11' }), undefined);
  assert.equal(find({}), undefined);
});
