// Counters over the lives of workers.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createCounterBoard } from './counter-board.ts';

const line = (text: string, name: string): number => Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(text)?.[1] ?? 0);

test('a board sums what processes counted, and keeps totals of those that ended', () => {
  const board = createCounterBoard();
  board.put('a', { x_total: 5, open: 2 });
  board.put('b', { x_total: 1, open: 3 });
  board.put('a', { x_total: 6, open: 1 });
  const both = board.format({ extra: 1 }, new Set(['a', 'b']));
  assert.deepEqual([line(both, 'x_total'), line(both, 'open'), line(both, 'extra')], [7, 4, 1]);
  const one = board.format({}, new Set(['b']));
  assert.deepEqual([line(one, 'x_total'), line(one, 'open')], [7, 3]);
});

test('a board stays small, and loses no total, however many processes end', () => {
  const board = createCounterBoard();
  for (let number = 0; number < 1000; number++) board.put(`p${number}`, { x_total: 1, open: 1 });
  const text = board.format({}, new Set(['p999']));
  assert.deepEqual([line(text, 'x_total'), line(text, 'open')], [1000, 1]);
  assert.equal(board.total('x_total'), 1000);
});
