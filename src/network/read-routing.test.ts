// Messages were recorded on Linux 6.18, 2026-11-22.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatAttribute } from './netlink.ts';
import { parseInterfaceAddress, parseLink, parseRoute, parseRule } from './read-routing.ts';

const names = new Map([
  [1, 'lo'],
  [7, 'core0'],
]);
const bytes = (hex: string): Buffer => Buffer.from(hex, 'hex');
const number = (type: number, value: number): Buffer => {
  const four = Buffer.alloc(4);
  four.writeInt32LE(value);
  return formatAttribute(type, four);
};

test('parseLink() tells name, state and where the other end is', () => {
  const head = bytes('00000100070000000310000000000000');
  const name = formatAttribute(3, Buffer.from('core0\0'));
  assert.deepEqual(parseLink(Buffer.concat([head, name, number(5, 9), number(37, 0)])), {
    index: 7,
    name: 'core0',
    up: true,
    other: { index: 9, namespaceId: 0 },
  });
  const down = bytes('00000100070000000210000000000000');
  assert.deepEqual(parseLink(Buffer.concat([down, name, number(5, 8)])).other, { index: 8 });
  assert.deepEqual(parseLink(Buffer.concat([down, name, number(5, 0)])), { index: 7, name: 'core0', up: false });
});

test('parseInterfaceAddress() leaves out what is not of global scope', () => {
  assert.deepEqual(
    [
      '020880fe01000000080001007f000001080002007f000001070003006c6f0000080008008000000014000600ffffffffffffffff14ae2c0014ae2c00',
      '0220800001000000080001000a000001080002000a000001070003006c6f0000080008008000000014000600ffffffffffffffff1aae2c001aae2c00',
      '0a4082000700000014000100fd00000000000000000000000000000514000600ffffffffffffffff1cae2c001cae2c000800080082000000',
    ].map((hex) => parseInterfaceAddress(bytes(hex), names)),
    [undefined, 'lo 10.0.0.1/32', 'core0 fd00::5/64'],
  );
});

test('parseRoute() says routes as ip does, and nothing of those that the kernel made', () => {
  assert.deepEqual(
    [
      '02000000fc0300070000000008000f00bc1b0000',
      '02100000fc0300011400000008000f00bc1b0000080001000a0900000800060007000000080007000a000001080005000a0000090800040007000000',
      '02200000ff02fe020000000008000f00ff000000080001000a000001080007000a0000010800040001000000',
      '021c0000ff03fe020000000008000f00ff00000008000100a9fec0000800040001000000',
      '0a400000fe0200011000000008000f00fe00000014000100fd0000000000000000000000000000000800060000010000080004000700000024000c0000000000000000000000000000000000000000000000000000000000000000000500140000000000',
      '0a100000fe0300011000000008000f00fe00000014000100fd1100000000000000000000000000000800060000040000080004000700000024000c0000000000000000000000000000000000000000000000000000000000000000000500140000000000',
    ].map((hex) => parseRoute(bytes(hex), names)),
    [
      'unreachable default table 7100',
      '10.9.0.0/16 via 10.0.0.9 dev core0 onlink table 7100 src 10.0.0.1 metric 7',
      undefined,
      'local 169.254.192.0/28 dev lo table local',
      undefined,
      'fd11::/16 dev core0',
    ],
  );
});

test('parseRule() says rules as ip does, and only the preference of those that are none of ours', () => {
  assert.deepEqual(
    [
      '02000000ff0000010000000008000f00ff00000008000e00ffffffff0500150002000000',
      '02002000fe0000010000000008000f00fe00000008000e00ffffffff05001500000000000800060032000000080002000a010101',
      '02000800050000010200000008000f000500000008000e00ffffffff05001500000000000800060033000000080002000a000000',
      '02000800050000010000000008000f000500000008000e00ffffffff0500150000000000070003006c6f00000800060034000000080002000a000000',
      '02001c00fc0000010000000008000f00bc1b000008000e00ffffffff050015000000000008000600bc1b000008000200a9fec000',
    ].map((hex) => parseRule(bytes(hex))),
    [
      'from all lookup local pref 0',
      'from 10.1.1.1 lookup main pref 50',
      'pref 51',
      'pref 52',
      'from 169.254.192.0/28 lookup 7100 pref 7100',
    ],
  );
});
