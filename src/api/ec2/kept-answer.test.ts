import assert from 'node:assert/strict';
import { test } from 'node:test';
import { keepAnswer, takeAnswer } from './kept-answer.ts';

test('an answer is after the log what it was, with its moments and without what is absent', () => {
  const answer = { one: [{ at: new Date(5), none: undefined, flag: false, no: null }], text: 'a', count: 0, empty: {} };
  const logged = JSON.parse(JSON.stringify(keepAnswer(answer))) as ReturnType<typeof keepAnswer>;
  const { none: _, ...first } = answer.one[0] ?? { none: undefined };
  assert.deepStrictEqual(takeAnswer(logged), { ...answer, one: [first] });
});

test('what JSON has no form for is no answer', () => {
  assert.throws(() => keepAnswer({ at: 5n }), TypeError);
});
