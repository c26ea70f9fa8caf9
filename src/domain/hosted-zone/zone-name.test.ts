// Names as Route 53 spells them.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { canonicalName, isInZone, parseLabels, reversedName } from './zone-name.ts';

const names: readonly (readonly [text: string, canonical: string | undefined])[] = [
  ['Example.COM', 'example.com'],
  ['example.com.', 'example.com'],
  ['*.example.com', '\\052.example.com'],
  ['\\052.example.com', '\\052.example.com'],
  ['a\\.b.example.com', 'a\\056b.example.com'],
  ['a\\056b.example.com', 'a\\056b.example.com'],
  ['\\101b.example', 'ab.example'],
  ['_a-1!$.x', '_a-1\\041\\044.x'],
  [`${'a'.repeat(63)}.x`, `${'a'.repeat(63)}.x`],
  [`${'a'.repeat(64)}.x`, undefined],
  [`${'\\052'.repeat(63)}.x`, `${'\\052'.repeat(63)}.x`],
  [Array.from({ length: 127 }, () => 'a').join('.'), Array.from({ length: 127 }, () => 'a').join('.')],
  [Array.from({ length: 128 }, () => 'a').join('.'), undefined],
  ['', undefined],
  ['.', undefined],
  ['..', undefined],
  ['a..b', undefined],
  ['.a', undefined],
  ['a b', undefined],
  ['ä.example', undefined],
  ['a\\', undefined],
  ['a\\400', undefined],
];
for (const [text, canonical] of names)
  test(`canonicalName() makes ${canonical ?? 'nothing'} of ${text.slice(0, 40)}`, () => {
    assert.equal(canonicalName(text), canonical);
  });

test('canonicalName() leaves what it has made, and never throws', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const name = canonicalName(text);
      if (name !== undefined) assert.equal(canonicalName(name), name);
    }),
  );
});

test('parseLabels() keeps the letters of a value, and the root has no labels', () => {
  assert.deepEqual(parseLabels('Mail.Example.'), ['Mail', 'Example']);
  assert.deepEqual(parseLabels('.'), []);
});

test('reversedName() and isInZone() go by labels', () => {
  assert.equal(reversedName('www.example.com'), 'com.example.www.');
  assert.deepEqual(
    ['example.com', 'a.example.com', 'aexample.com', 'com'].map((name) => isInZone(name, 'example.com')),
    [true, true, false, false],
  );
});
