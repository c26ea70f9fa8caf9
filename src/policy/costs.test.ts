// Documents that are made to cost much: none costs much more than others of its size.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compilePolicy } from './compile-policy.ts';
import { parsePolicy } from './parse-policy.ts';

/** As long as IAM takes them. */
const LONG = 131_072;

/** CPU of reading and, where it is good, compiling a document: the least of three, in microseconds. */
function costOf(document: string): number {
  const costs = [1, 2, 3].map(() => {
    const before = process.cpuUsage();
    const parsed = parsePolicy(document, 'identity');
    if (parsed.ok) compilePolicy(parsed.document);
    const { user, system } = process.cpuUsage(before);
    return user + system;
  });
  return Math.min(...costs);
}

const statements = '{},'.repeat(LONG / 6);
const withStatements = (blanks: string): string => `{"Statement":[${statements}{}]${blanks}}`;
const withResource = (text: string): string =>
  `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"arn:${text}"}}`;

/** What is made to cost much, and what is like it and is not. */
const documents: Readonly<Record<string, readonly [hostile: string, other: string]>> = {
  'thousands of problems before thousands of lines': [
    withStatements('\n'.repeat(LONG / 2)),
    withStatements(' '.repeat(LONG / 2)),
  ],
  'thousands of variables that have no end': [
    withResource('${aws:aa'.repeat(LONG / 8)),
    withResource('${aws:a}'.repeat(LONG / 8)),
  ],
  'a variable of blanks without an end': [
    withResource(`\${aws:${' '.repeat(LONG)}`),
    withResource('${aws:a}'.repeat(LONG / 8)),
  ],
  'a key, blanks and no end': [withResource(`\${aws:a${' '.repeat(LONG)}x`), withResource('${aws:a}'.repeat(LONG / 8))],
  'defaults that have no end': [
    withResource("${aws:a,'".repeat(LONG / 9)),
    withResource("${aws:a,''}".repeat(LONG / 11)),
  ],
};

for (const [name, [hostile, other]] of Object.entries(documents))
  test(`${name} cost at most ten times what is usual for as much text`, () => {
    const usual = costOf(other);
    const cost = costOf(hostile);
    assert.ok(cost <= 10 * Math.max(usual, 5000), `${cost} µs, and ${usual} µs is usual`);
  });
