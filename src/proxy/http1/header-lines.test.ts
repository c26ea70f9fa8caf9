// Header lines as text.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  findHeader,
  hasTabBehind,
  headerValue,
  isName,
  isPlain,
  isSpoilt,
  parseLength,
  readTokens,
  withoutHeaders,
} from './header-lines.ts';

test('headerValue(), parseLength(), withoutHeaders() and findHeader() read lines as they are', () => {
  assert.equal(headerValue('x: \t a b\t ', 2, 10), 'a b');
  assert.equal(headerValue('x:  ', 2, 4), '');
  const lengths: readonly (readonly [string, number])[] = [
    ['0', 0],
    [' \t123456789012345 \t', 123456789012345],
    ['1234567890123456', -1],
    ['', -1],
    [' ', -1],
    ['1e3', -1],
    ['+1', -1],
    ['-1', -1],
    ['1 2', -1],
    ['1\xa0', -1],
    ['\xb2', -1],
  ];
  for (const [value, length] of lengths) assert.equal(parseLength(`x:${value}y`, 2, 2 + value.length), length, value);
  assert.equal(withoutHeaders('A: 1\r\nab: 2\r\na: 3\r\n', new Set(['a'])), 'ab: 2\r\n');
  assert.equal(findHeader('A: 1\r\nab: 2\r\na:\t3\r\n', 'a'), '1, 3');
  assert.equal(findHeader('ab: 2\r\n', 'a'), undefined);
});

test('isName(), isPlain() and hasTabBehind() judge a place in a text', () => {
  assert.ok(isName('xHoSty', 1, 5, 'host'));
  assert.ok(!isName('xHoSty', 1, 5, 'hoot'));
  assert.ok(isPlain('a: 5\r\n', 1, 4, '5'));
  assert.ok(isPlain('a:5\r\n', 1, 3, '5'));
  assert.ok(!isPlain('a:  5\r\n', 1, 5, '5'));
  assert.ok(!hasTabBehind('a:\tb', 2, 4));
  assert.ok(hasTabBehind('a:\tb \t ', 2, 7));
});

test('isSpoilt() sees a bare LF and a NUL, and trusts what may stand before the text', () => {
  assert.ok(isSpoilt('a\nb', true));
  assert.ok(isSpoilt('a\0b', false));
  assert.ok(!isSpoilt('a\r\nb\r', true));
  assert.ok(isSpoilt('\n', true));
  assert.ok(!isSpoilt('\n', false));
});

test('readTokens() takes the members of a list, without blanks and case', () => {
  assert.deepEqual(readTokens('A,\tb ,,"C"'), ['a', 'b', '', '"c"']);
});
