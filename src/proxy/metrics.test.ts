// Metrics under AWS's names.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createCounterSet } from '../telemetry/index.ts';
import { createMetrics } from './metrics.ts';

test('createMetrics() counts requests by class and time, with the dimensions of AWS', () => {
  const counters = createCounterSet();
  const { requests, timeouts } = createMetrics(counters).service('svc-1', 'us-east-1a');
  requests.count(200, 3);
  requests.count(503, 70_000);
  requests.count(0, 0.5);
  timeouts.value++;
  const values = counters.values();
  const of = (name: string, more = '') =>
    values[`AWS_VpcLattice_${name}{Service="svc-1",AvailabilityZone="us-east-1a"${more}}`];
  assert.deepEqual(
    [of('TotalRequestCount'), of('HTTPCode_2XX_Count'), of('HTTPCode_5XX_Count'), of('RequestTimeoutCount')],
    [3, 1, 1, 1],
  );
  assert.equal(of('HTTPCode_4XX_Count'), undefined);
  const buckets = ['1', '2.5', '5', '60000', '+Inf'].map((le) => of('RequestTime_bucket', `,le="${le}"`));
  assert.deepEqual(buckets, [1, 1, 2, 2, 3]);
  assert.deepEqual([of('RequestTime_count'), of('RequestTime_sum')], [3, 70_003.5]);
});

test('createMetrics() gives the same object for the same service or target group and zone', () => {
  const metrics = createMetrics(createCounterSet());
  assert.equal(metrics.targetGroup('tg-1', ''), metrics.targetGroup('tg-1', ''));
  assert.notEqual(metrics.targetGroup('tg-1', ''), metrics.targetGroup('tg-1', 'us-east-1a'));
  assert.notEqual(metrics.service('tg-1', ''), metrics.service('tg-2', ''));
});
