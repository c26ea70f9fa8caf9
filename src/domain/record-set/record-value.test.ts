// Values of record sets, and the bytes that they are on the wire.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decode } from 'dns-packet';
import fc from 'fast-check';
import type { RecordSetType } from '../records/hosted-zone.ts';
import { encodeRecordValue, recordSetTypes } from './record-value.ts';

const good: readonly (readonly [type: RecordSetType, value: string, hex: string])[] = [
  ['A', '192.0.2.1', 'c0000201'],
  ['AAAA', '2001:db8::1', '20010db8000000000000000000000001'],
  ['AAAA', '::ffff:192.0.2.1', '00000000000000000000ffffc0000201'],
  ['CNAME', 'a.B', '0161014200'],
  ['NS', 'a\\056b.c.', '03612e62016300'],
  ['PTR', '.', '00'],
  ['MX', '10 a', '000a016100'],
  ['SRV', '1 2  3 .', '00010002000300'],
  ['TXT', '"a" "b\\"\\\\\\303\\274"', `016105${Buffer.from('b"\\ü').toString('hex')}`],
  ['TXT', '""', '00'],
  ['SPF', '"v=spf1"', '06763d73706631'],
  ['CAA', '128 issue "ca.example"', `80056973737565${Buffer.from('ca.example').toString('hex')}`],
  ['SOA', 'a. b. 1 2 3 4 5', '016100016200' + '0000000100000002000000030000000400000005'],
];
for (const [type, value, hex] of good)
  test(`encodeRecordValue() takes ${type} ${value}`, () => {
    const bytes = encodeRecordValue(type, value);
    assert.ok(Buffer.isBuffer(bytes), JSON.stringify(bytes));
    assert.equal(bytes.toString('hex'), hex);
  });

const bad: readonly (readonly [type: RecordSetType, value: string, words: RegExp])[] = [
  ['A', '192.0.2', /ARRDATAIllegalIPv4Address/],
  ['A', '2001:db8::1', /ARRDATAIllegalIPv4Address/],
  ['A', '192.0.2.01', /ARRDATAIllegalIPv4Address/],
  ['AAAA', '192.0.2.1', /AAAARRDATAIllegalIPv6Address/],
  ['AAAA', 'fe80::1%eth0', /AAAARRDATAIllegalIPv6Address/],
  ['CNAME', 'a..b', /DomainLabelEmpty/],
  ['CNAME', '', /DomainNameInvalid/],
  ['MX', 'a', /MXRRDATANotTwoFields/],
  ['MX', '65536 a', /IntegerOutOfRange/],
  ['MX', '-1 a', /IntegerOutOfRange/],
  ['SRV', '1 2 a', /SRVRRDATANotFourFields/],
  ['SOA', 'a b 1 2 3 4', /SOARRDATANotSevenFields/],
  ['SOA', 'a b 1 2 3 4 4294967296', /IntegerOutOfRange/],
  ['TXT', 'a', /InvalidCharacterString/],
  ['TXT', '"a"b"', /InvalidCharacterString/],
  ['TXT', '"a\\x"', /InvalidCharacterString/],
  ['TXT', '', /InvalidCharacterString/],
  ['TXT', `"${'a'.repeat(256)}"`, /CharacterStringTooLong/],
  ['TXT', `"${'ü'.repeat(128)}"`, /CharacterStringTooLong/],
  ['CAA', 'issue "x"', /CAARRDATAInvalid/],
  ['CAA', '256 issue "x"', /IntegerOutOfRange/],
];
for (const [type, value, words] of bad)
  test(`encodeRecordValue() refuses ${type} ${value.slice(0, 30)}`, () => {
    const refused = encodeRecordValue(type, value);
    assert.ok('problem' in refused);
    assert.match(refused.problem, words);
    assert.ok(refused.problem.endsWith(`encountered with '${value}''`));
  });

test('encodeRecordValue() never throws, and what it makes is read by a codec of others', () => {
  const numbers = {
    A: 1,
    NS: 2,
    CNAME: 5,
    SOA: 6,
    PTR: 12,
    MX: 15,
    TXT: 16,
    AAAA: 28,
    SRV: 33,
    SPF: 99,
    CAA: 257,
  } as const;
  const check = (type: RecordSetType, value: string): void => {
    const data = encodeRecordValue(type, value);
    if (!Buffer.isBuffer(data)) return;
    const record = Buffer.alloc(11);
    record.writeUInt16BE(numbers[type], 1);
    record.writeUInt16BE(1, 3);
    record.writeUInt16BE(data.length, 9);
    decode(Buffer.concat([Buffer.from([0, 0, 0x80, 0, 0, 0, 0, 1, 0, 0, 0, 0]), record, data]));
  };
  for (const [type, value] of good) check(type, value);
  const words = fc.array(
    fc.constantFrom('"', '\\', ' ', '.', '1', 'a', '\\052', ':', '10', 'a.b', 'issue', '"x"', '*'),
  );
  fc.assert(
    fc.property(fc.constantFrom(...recordSetTypes), words, (type, parts) => check(type, parts.join(''))),
    { numRuns: 1000 },
  );
});

test('encodeRecordValue() reads a long value in linear time', () => {
  // A quadratic reader would take minutes.
  for (const one of ['"', '\\', ' ', '"a" ', '\\052'])
    for (const type of recordSetTypes) encodeRecordValue(type, `"${one.repeat(400_000 / one.length)}`);
});
