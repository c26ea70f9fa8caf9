// What `pergola serve` takes when it is told nothing.

import assert from 'node:assert/strict';
import { cpus } from 'node:os';
import { test } from 'node:test';
import { readServeOptions } from './serve-options.ts';

test('readServeOptions() has the documented defaults', () => {
  const { configuration, ...options } = readServeOptions([]);
  assert.deepEqual(options, {
    data: '.pergola',
    api: { host: '127.0.0.1', port: 7171 },
    dns: { host: '127.0.0.1', port: 7153 },
    workers: cpus().length,
    open: false,
    awsQuotas: false,
  });
  assert.deepEqual(configuration.regions, ['us-east-1']);
});
