// What the benches say about their figures and about the programs that they were run with.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { judge } from '../test/bench/bounds.ts';
import { findVersion } from '../test/bench/versions.ts';

test('findVersion() finds a program’s own version, not that of something on the way', () => {
  const envoy =
    '/root/.pyenv/versions/3.11.7/bin/envoy  version: 7b8baff1758f0a584dcc3cb657b5032000bcb3d7/1.40.0/Clean/RELEASE/BoringSSL';
  assert.equal(findVersion('Envoy', envoy), '1.40.0');
  assert.equal(
    findVersion('wrk', 'wrk debian/4.1.0-3+b2 [epoll] Copyright (C) 2012 Will Glozer\nUsage: wrk'),
    'debian/4.1.0-3+b2',
  );
  assert.equal(findVersion('nginx', '\nnginx version: nginx/1.22.1'), '1.22.1');
  assert.equal(
    findVersion('HAProxy', 'HAProxy version 2.6.12-1+deb12u4 2026/10/17 - https://haproxy.org/'),
    '2.6.12-1+deb12u4',
  );
  assert.equal(findVersion('Envoy', 'envoy: command not found'), undefined);
});

test('judge() says of each bound whether it is met, and misses it where there is no figure', () => {
  const pergola = { bench: 'http1', what: 'pergola, loopback' };
  const nginx = { bench: 'http1', what: 'nginx, loopback', '× nginx': 1 };
  const must = (figures: object): unknown => judge([{ ...pergola, ...figures }])[0]?.['must'];
  assert.equal(
    must({ '× nginx': 1.3, '× envoy': 0.51 }),
    '× nginx ≤ 1.7: met (aim 1.3: met); × envoy ≤ 0.5: missed (aim 0.35: missed)',
  );
  assert.equal(
    must({ '× nginx': 1.7 }),
    '× nginx ≤ 1.7: met (aim 1.3: missed); × envoy ≤ 0.5: missed (aim 0.35: missed)',
  );
  assert.deepEqual(judge([nginx]), [nginx]);
  const drain = { bench: 'drain', what: '3 targets replaced one by one under load, two workers, half POST' };
  const [few] = judge([{ ...drain, failed: 0, requests: '999999', replaced: 2 }]);
  assert.equal(few?.['must'], 'failed ≤ 0: met; requests ≥ 1000000: missed; replaced ≥ 3: missed');
  const [enough] = judge([{ ...drain, failed: 0, requests: '1000000', replaced: 3 }]);
  assert.equal(enough?.['must'], 'failed ≤ 0: met; requests ≥ 1000000: met; replaced ≥ 3: met');
});
