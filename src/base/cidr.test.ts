// Addresses and ranges: round trips and edges.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  cidrAddress,
  cidrContains,
  cidrIncludes,
  cidrOverlaps,
  cidrSize,
  formatAddress,
  formatCidr,
  parseAddress,
  parseCidr,
  type Cidr,
} from './cidr.ts';

function range(text: string): Cidr {
  const cidr = parseCidr(text);
  assert.ok(cidr !== undefined, text);
  return cidr;
}

test('parseAddress() and formatAddress() are each other’s way back', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: (1n << 128n) - 1n }), (value) => {
      assert.deepEqual(parseAddress(formatAddress(6, value)), { family: 6, value });
    }),
  );
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: (1n << 32n) - 1n }), (value) => {
      assert.deepEqual(parseAddress(formatAddress(4, value)), { family: 4, value });
    }),
  );
});

test('formatAddress() shortens the longest run of zeros', () => {
  for (const text of ['::', '::1', 'fd00:ec2:80::a9fe:ab41', '1:0:0:2::3', '1:2:3:4:5:6:7:8'])
    assert.equal(formatAddress(6, parseAddress(text)?.value ?? -1n), text);
  assert.equal(formatAddress(6, parseAddress('::ffff:10.0.0.1')?.value ?? -1n), '::ffff:a00:1');
});

test('parseCidr() refuses host bits, wrong prefixes and other text', () => {
  for (const text of ['10.0.0.1/16', '10.0.0.0/33', '10.0.0.0', 'x/8', '::1/64', '10.0.0/8', ''])
    assert.equal(parseCidr(text), undefined, text);
  assert.equal(formatCidr(range('10.0.0.0/16')), '10.0.0.0/16');
});

test('cidrContains(), cidrIncludes() and cidrOverlaps() compare by prefix and family', () => {
  const vpc = range('10.0.0.0/16');
  assert.equal(cidrContains(vpc, '10.0.255.255'), true);
  assert.equal(cidrContains(vpc, '10.1.0.0'), false);
  assert.equal(cidrContains(vpc, '::1'), false);
  assert.equal(cidrIncludes(vpc, range('10.0.1.0/24')), true);
  assert.equal(cidrIncludes(range('10.0.1.0/24'), vpc), false);
  assert.equal(cidrOverlaps(range('10.0.1.0/24'), vpc), true);
  assert.equal(cidrOverlaps(range('10.1.0.0/24'), vpc), false);
  assert.equal(cidrAddress(vpc, 2), '10.0.0.2');
  assert.equal(cidrSize(vpc), 65536n);
});
