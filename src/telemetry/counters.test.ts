// Counters and their Prometheus text.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createCounterSet, formatPrometheus, sumCounters } from './counters.ts';

test('counter() gives one counter per series, and values() those that have counted', () => {
  const set = createCounterSet();
  set.counter('a_total').value++;
  set.counter('a_total').value++;
  set.counter('a_total', { x: '1' }).value += 5;
  set.counter('b_total');
  assert.deepEqual(set.values(), { a_total: 2, 'a_total{x="1"}': 5 });
});

test('changes() tells what has changed since it was last called, and everything after forget()', () => {
  const set = createCounterSet();
  const [a, b] = [set.counter('a_total'), set.counter('b_total')];
  a.value = 1;
  assert.deepEqual([...set.changes()], [{ a_total: 1 }, {}]);
  assert.deepEqual([...set.changes()], [{}]);
  b.value = 2;
  a.value = 0;
  assert.deepEqual([...set.changes()], [{ a_total: 0, b_total: 2 }, {}]);
  set.forget();
  assert.deepEqual([...set.changes()], [{ b_total: 2 }, {}]);
});

test('changes() after forget() tells of a gauge that fell to zero meanwhile', () => {
  const set = createCounterSet();
  const gauge = set.counter('open');
  gauge.value = 3;
  assert.deepEqual([...set.changes()], [{ open: 3 }, {}]);
  gauge.value = 0;
  set.forget();
  assert.deepEqual([...set.changes()], [{ open: 0 }, {}]);
});

test('changes() comes in parts of which no one is large', () => {
  const set = createCounterSet();
  for (let i = 0; i < 5000; i++) set.counter('a_total', { i: String(i) }).value = i + 1;
  const parts = [...set.changes()];
  const sizes = parts.map((part) => Object.keys(part).length);
  assert.ok(sizes.pop() === 0 && sizes.every((size) => size > 0 && size <= 2000), `${sizes.join()}`);
  assert.deepEqual(Object.assign({}, ...parts), set.values());
});

test('formatPrometheus() gives a histogram one type, its buckets in order', () => {
  const text = formatPrometheus({
    'AWS_VpcLattice_RequestTime_bucket{Service="s",le="+Inf"}': 3,
    'AWS_VpcLattice_RequestTime_bucket{Service="s",le="10"}': 2,
    'AWS_VpcLattice_RequestTime_bucket{Service="s",le="2.5"}': 1,
    'AWS_VpcLattice_RequestTime_sum{Service="s"}': 40,
    'AWS_VpcLattice_RequestTime_count{Service="s"}': 3,
    'AWS_VpcLattice_ActiveRequestCount{TargetGroup="t"}': 1,
  });
  assert.deepEqual(text.trimEnd().split('\n'), [
    '# TYPE AWS_VpcLattice_ActiveRequestCount gauge',
    'AWS_VpcLattice_ActiveRequestCount{TargetGroup="t"} 1',
    '# TYPE AWS_VpcLattice_RequestTime histogram',
    'AWS_VpcLattice_RequestTime_bucket{Service="s",le="2.5"} 1',
    'AWS_VpcLattice_RequestTime_bucket{Service="s",le="10"} 2',
    'AWS_VpcLattice_RequestTime_bucket{Service="s",le="+Inf"} 3',
    'AWS_VpcLattice_RequestTime_count{Service="s"} 3',
    'AWS_VpcLattice_RequestTime_sum{Service="s"} 40',
  ]);
});

test('labels cannot leave their quotes', () => {
  const set = createCounterSet();
  set.counter('a_total', { x: 'a"} 1\nfake_total 9\\', y: '' }).value = 1;
  assert.equal(
    formatPrometheus(set.values()),
    '# TYPE a_total counter\na_total{x="a\\"} 1\\nfake_total 9\\\\",y=""} 1\n',
  );
});

test('formatPrometheus() groups the series of a name under one type, sorted', () => {
  const text = formatPrometheus({ 'b_total{x="2"}': 2, a: 1, 'b_total{x="1"}': 1, b_total: 3 });
  assert.equal(text, '# TYPE a gauge\na 1\n# TYPE b_total counter\nb_total 3\nb_total{x="1"} 1\nb_total{x="2"} 2\n');
  assert.equal(formatPrometheus({}), '');
});

test('sumCounters() adds series by series', () => {
  assert.deepEqual(sumCounters([{ a: 1, b: 2 }, {}, { b: 3, c: 4 }]), { a: 1, b: 5, c: 4 });
});

test('a histogram counts every value in its range, and tells what changed like any other series', () => {
  const set = createCounterSet();
  const times = set.histogram('time', [1, 2.5, 10], { of: 's' });
  assert.equal(set.histogram('time', [1, 2.5, 10], { of: 's' }), times);
  for (const value of [0, 1, 1.5, 10, 11]) times.observe(value);
  assert.deepEqual(set.values(), {
    'time_bucket{of="s",le="1"}': 2,
    'time_bucket{of="s",le="2.5"}': 3,
    'time_bucket{of="s",le="10"}': 4,
    'time_bucket{of="s",le="+Inf"}': 5,
    'time_count{of="s"}': 5,
    'time_sum{of="s"}': 23.5,
  });
  assert.equal([...set.changes()].length, 2);
  times.observe(20);
  assert.deepEqual(Object.keys([...set.changes()][0] ?? {}), [
    'time_bucket{of="s",le="+Inf"}',
    'time_count{of="s"}',
    'time_sum{of="s"}',
  ]);
  assert.throws(() => set.counter('time_count', { of: 's' }), /belongs to a histogram/);
});
