// Wildcards against regular expressions.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { matchesPattern, PatternBuilder } from './wildcard.ts';

/** A pattern as a regular expression: the plain meaning. */
function expressionOf(pattern: string): RegExp {
  const escaped = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '[^]*')
    .replaceAll('?', '[^]');
  return new RegExp(`^${escaped}$`);
}

const few = (units: string, maxLength: number) => fc.string({ unit: fc.constantFrom(...units.split('')), maxLength });

test('a pattern matches what its regular expression does', () => {
  fc.assert(
    fc.property(few('ab*?', 12), few('ab', 16), (pattern, text) =>
      assert.equal(matchesPattern(pattern, text), expressionOf(pattern).test(text)),
    ),
    { numRuns: 5000 },
  );
});

test('runs of more than 32 units with open places match too', () => {
  fc.assert(
    fc.property(few('ab?', 80), few('ab', 10), few('ab', 10), few('ab', 80), (run, before, behind, other) => {
      const pattern = `*${run}*`;
      const text = `${before}${run.replaceAll('?', 'a')}${behind}`;
      assert.equal(matchesPattern(pattern, text), true);
      assert.equal(matchesPattern(pattern, other), expressionOf(pattern).test(other));
    }),
    { numRuns: 500 },
  );
});

test('what is added as literal has no wildcards', () => {
  const matches = new PatternBuilder().wild('a*').literal('*?').wild('?b').build();
  assert.deepEqual(['axx*?yb', 'a*?yb', 'axxzzyb'].map(matches), [true, true, false]);
});
