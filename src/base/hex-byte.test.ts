// A byte in two digits of hex.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hexByte } from './hex-byte.ts';

test('hexByte() reads two digits in either case, and nothing else', () => {
  for (let byte = 0; byte < 256; byte++) {
    const digits = byte.toString(16).padStart(2, '0');
    assert.equal(hexByte(`%${digits}`, 1), byte);
    assert.equal(hexByte(`%${digits.toUpperCase()}x`, 1), byte);
  }
  for (const text of ['%', '%a', '%g0', '%0g', '% 0', '%0\u0130', '%@0', '%0/', '%:0', '%0`'])
    assert.equal(hexByte(text, 1), -1, text);
});
