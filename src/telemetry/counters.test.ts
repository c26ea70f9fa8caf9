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
