// Domain names as texts.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { canonicalDomain, isDomainName, isWithinDomain } from './domain-name.ts';

test('isDomainName() takes names of two labels or more, and no addresses or wildcards', () => {
  for (const name of ['example.com', 'Shop.Example.com.', 'a-b.c', '_acme.example.com', 'xn--bcher-kva.example'])
    assert.ok(isDomainName(name), name);
  const long = `${'a'.repeat(63)}.`.repeat(4);
  for (const text of [
    '',
    '.',
    'com',
    '-a.com',
    'a-.com',
    'a..com',
    '*.example.com',
    '10.0.0.1',
    'a b.com',
    `${long}com`,
  ])
    assert.ok(!isDomainName(text), text);
});

test('isWithinDomain() minds labels, not letters or final dots', () => {
  assert.ok(isWithinDomain('DB.example.com.', 'Example.com'));
  assert.ok(isWithinDomain('example.com', 'example.com.'));
  assert.ok(!isWithinDomain('badexample.com', 'example.com'));
  assert.ok(!isWithinDomain('example.com', 'db.example.com'));
  assert.equal(canonicalDomain('Example.COM.'), 'example.com');
});
