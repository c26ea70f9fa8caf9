// What loopback does about namespaces that an earlier server left.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { emptySnapshot } from '../snapshot/index.ts';
import { createNetwork } from './network.ts';
import type { Run } from './run.ts';

async function settle(run: Run): Promise<readonly string[]> {
  return (await createNetwork('pg1-', 'loopback', run).settle(emptySnapshot, [], new Map())).problems;
}

const list =
  (...names: readonly string[]): Run =>
  ({ argv }) =>
    argv[0] === 'ip'
      ? Promise.resolve(JSON.stringify(names.map((name) => ({ name }))))
      : Promise.reject(new Error('nsenter: Operation not permitted'));

test('settle() on loopback says which namespaces it may not look at', async () => {
  const problems = await settle(list('pg1-core', 'pg2-core', 'pg1-vpc-a'));
  assert.deepEqual(problems, [
    'The namespaces pg1-core, pg1-vpc-a of an earlier server are left as they are: nsenter: Operation not permitted',
  ]);
});

test('settle() on loopback has no problem where there are no namespaces of ours, or none can be listed', async () => {
  assert.deepEqual(await settle(list('pg2-core')), []);
  assert.deepEqual(await settle(() => Promise.reject(new Error('spawn ip ENOENT'))), []);
});
