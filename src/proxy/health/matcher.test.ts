// Codes, ranges and lists of them.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compileMatcher } from './matcher.ts';

const cases: readonly (readonly [matcher: string, yes: readonly number[], no: readonly number[]])[] = [
  ['200', [200], [199, 201, 404]],
  ['200-299', [200, 250, 299], [199, 300]],
  ['200,301-302,404', [200, 301, 302, 404], [201, 300, 303, 403]],
  ['200, 204', [200, 204], [202]],
  ['', [], [200]],
  ['2xx', [], [200]],
];
for (const [matcher, yes, no] of cases)
  test(`compileMatcher() takes ${JSON.stringify(matcher)}`, () => {
    const matches = compileMatcher(matcher);
    assert.deepEqual([...yes, ...no].filter(matches), yes);
  });
