// Targets come and go under load, and nobody notices.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { replaceUnderLoad } from '../bench/drain.ts';

test('no request fails while targets with short keep-alive times are replaced one by one', async () => {
  const { requests, failed, failures, replaced } = await replaceUnderLoad(20_000, 16);
  assert.deepEqual(failures, []);
  assert.equal(failed, 0);
  assert.equal(requests, 20_000);
  assert.ok(replaced >= 1, `${replaced} targets were replaced`);
});
