// Which target takes the next request.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createCounterSet } from '../../telemetry/index.ts';
import { createMetrics } from '../metrics.ts';
import { pickTarget, type GroupState, type Health } from './target-state.ts';

function group(...healths: readonly (Health | 'draining')[]): GroupState {
  const unused = (): never => assert.fail('no connection is wanted');
  const pool = { reuse: unused, dial: unused, release: unused, close: unused };
  const metrics = createMetrics(createCounterSet()).targetGroup('tg-1', '');
  const targets = healths.map((health, i) => ({
    record: { id: String(i), port: 80, address: '10.0.0.1', draining: health === 'draining' },
    groupId: 'tg-1',
    address: '10.0.0.1',
    ipPort: '10.0.0.1:80',
    sources: () => [],
    health: health === 'draining' ? ('healthy' as const) : health,
    reason: undefined,
    pool,
    metrics,
  }));
  return { record: {} as GroupState['record'], targets, cursor: 0 };
}

function picks(of: GroupState, count: number): string {
  return Array.from({ length: count }, () => pickTarget(of)?.record.id ?? '-').join('');
}

test('pickTarget() takes healthy targets in turn and no others', () => {
  assert.equal(picks(group('healthy', 'unhealthy', 'unavailable', 'initial', 'draining'), 4), '0202');
});

test('pickTarget() takes initial targets only while none is healthy', () => {
  assert.equal(picks(group('unhealthy', 'initial', 'initial'), 4), '1212');
});

test('pickTarget() fails open when every target is unhealthy', () => {
  assert.equal(picks(group('unhealthy', 'unhealthy', 'draining'), 4), '0101');
  assert.equal(picks(group('draining'), 1), '-');
});

test('pickTarget() leaves out what was tried', () => {
  const of = group('healthy', 'healthy');
  assert.equal(pickTarget(of, [of.targets[0] ?? assert.fail()])?.record.id, '1');
});
