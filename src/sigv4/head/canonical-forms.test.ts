// The canonical forms of paths and queries.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { canonicalPaths, canonicalQueries } from './canonical-forms.ts';

const paths: readonly (readonly [path: string, forms: readonly string[]])[] = [
  ['/', ['/']],
  ['/a/b-c_d.e~f/', ['/a/b-c_d.e~f/']],
  ['/a%20b', ['/a%2520b', '/a%20b']],
  ['/a:b', ['/a%3Ab', '/a:b']],
  ['/a%2520b', ['/a%252520b']],
  ['/a%25', ['/a%2525', '/a%25']],
  ['/a%2Fb', ['/a%252Fb', '/a%2Fb']],
  ['/a%2fb', ['/a%252fb', '/a%2fb']],
  ['/%ff', ['/%25ff', '/%ff']],
  ['//a//b//', ['//a//b//', '/a/b/']],
  ['//%61', ['//%2561', '//%61', '/%2561']],
  // Never without their dot segments.
  ['/a/../b', ['/a/../b']],
  ['/a/./b', ['/a/./b']],
  ['/a//..', ['/a//..']],
  ['/a/%2e%2e/b', ['/a/%252e%252e/b', '/a/%2e%2e/b']],
  ['/..a/b..', ['/..a/b..']],
  ['*', ['%2A', '*']],
];

test('canonicalPaths() gives what signers write, the likeliest first', () => {
  for (const [path, forms] of paths) assert.deepEqual(canonicalPaths(path), forms, path);
});

const queries: readonly (readonly [query: string, forms: readonly string[]])[] = [
  ['', ['']],
  ['a=1', ['a=1']],
  ['b=2&a=1', ['a=1&b=2']],
  ['a=2&a=1&A=3', ['A=3&a=1&a=2']],
  ['a', ['a=']],
  ['a=b=c', ['a=b%3Dc', 'a=b=c']],
  ['a=%7e%2f', ['a=~%2F', 'a=%7e%2f']],
  ['a=1+1', ['a=1%201', 'a=1+1']],
  ['a=1%2B1', ['a=1%2B1']],
  ['a=1%201', ['a=1%201']],
  ['a=%ff%FE', ['a=%FF%FE', 'a=%ff%FE']],
  ['a=%', ['a=%25', 'a=%']],
  ['a=%2', ['a=%252', 'a=%2']],
  ['a=/:@', ['a=%2F%3A%40', 'a=/:@']],
  ['&&a=1&', ['a=1']],
  ['=1', ['=1']],
];

test('canonicalQueries() gives what signers write, the likeliest first', () => {
  for (const [query, forms] of queries) assert.deepEqual(canonicalQueries(query), forms, query);
});

test('a canonical query is its own canonical form', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...'aZ09-._~+%=&/:2fF ä'.split('')) }), (text) => {
      const [form = ''] = canonicalQueries(Buffer.from(text).toString('latin1').replaceAll(' ', '%20'));
      assert.deepEqual(canonicalQueries(form), [form]);
    }),
  );
});

test('paths that have a form in common are the same path, but for joined slashes', () => {
  const part = fc.constantFrom('a', '%61', '%20', '%2520', '%25', '..', '.', '', 'b:', 'b%3A', 'b%253A');
  const path = fc.array(part, { minLength: 1, maxLength: 3 }).map((one) => `/${one.join('/')}`);
  fc.assert(
    fc.property(path, path, (a, b) => {
      if (!canonicalPaths(a).some((form) => canonicalPaths(b).includes(form))) return;
      const meant = (text: string): string => decodeURIComponent(text.replace(/\/{2,}/g, '/'));
      assert.equal(meant(a), meant(b));
    }),
    { numRuns: 3000 },
  );
});
