// What groups say of a connection.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { askGroups, membersByGroup } from './security-rules.ts';
import type { SecurityGroupRecord, SecurityRule } from './types.ts';

const rule = (wish: Partial<SecurityRule>): SecurityRule => ({
  ...{ id: 'sgr-1', protocol: 'tcp', fromPort: 80, toPort: 90, cidrs: [], groups: [] },
  ...wish,
});
const group = (id: string, ingress: readonly SecurityRule[]): SecurityGroupRecord => ({
  id,
  name: id,
  ingress,
  egress: [],
});
const members = membersByGroup([
  { address: '10.0.1.10', securityGroups: ['sg-a', 'sg-b'] },
  { address: '10.0.1.11', securityGroups: ['sg-b'] },
]);

test('membersByGroup() lists the addresses of each group', () => {
  assert.deepEqual(
    [...members],
    [
      ['sg-a', ['10.0.1.10']],
      ['sg-b', ['10.0.1.10', '10.0.1.11']],
    ],
  );
});

for (const [what, wish, address, port, passes] of [
  ['an address in the range', { cidrs: ['10.0.0.0/16'] }, '10.0.1.10', 80, true],
  ['the last port', { cidrs: ['10.0.0.0/16'] }, '10.0.1.10', 90, true],
  ['a port outside', { cidrs: ['10.0.0.0/16'] }, '10.0.1.10', 91, false],
  ['an address outside', { cidrs: ['10.0.0.0/16'] }, '10.1.0.1', 80, false],
  ['a range of IPv6', { cidrs: ['::/0'] }, '10.0.1.10', 80, false],
  ['another protocol', { protocol: 'udp', cidrs: ['0.0.0.0/0'] }, '10.0.1.10', 80, false],
  ['every protocol, whatever its ports say', { protocol: '-1', cidrs: ['0.0.0.0/0'] }, '10.0.1.10', 443, true],
  ['every port', { fromPort: -1, toPort: -1, cidrs: ['0.0.0.0/0'] }, '10.0.1.10', 443, true],
  ['a member of the group', { groups: ['sg-a'] }, '10.0.1.10', 80, true],
  ['no member of the group', { groups: ['sg-a'] }, '10.0.1.11', 80, false],
  ['somebody in a range that the rule covers', { cidrs: ['10.0.0.0/8'] }, '10.0.0.0/16', 80, true],
  ['somebody in a range of which the rule covers a part', { cidrs: ['10.0.1.0/24'] }, '10.0.0.0/16', 80, false],
  ['what is no address', { cidrs: ['0.0.0.0/0'] }, 'localhost', 80, false],
] as const)
  test(`askGroups(): ${what} ${passes ? 'passes' : 'does not pass'}`, () => {
    const known = [group('sg-other', [rule({ cidrs: ['0.0.0.0/0'], protocol: '-1' })]), group('sg-1', [rule(wish)])];
    const said = askGroups(known, ['sg-1'], 'ingress', { address, port, members });
    assert.equal(said.passes, passes);
    assert.deepEqual(said.by?.group, passes ? 'sg-1' : undefined);
  });

test('askGroups(): without groups everything passes, with an unknown one nothing', () => {
  const question = { address: '10.0.1.10', port: 80, members };
  assert.equal(askGroups([], [], 'egress', question).passes, true);
  assert.equal(askGroups([], ['sg-gone'], 'egress', question).passes, false);
});
