// Which connections arrive: what is open, and what security groups say, against the rules that the router is given.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { emptySnapshot, type SecurityRule, type Snapshot, type VpcRecord } from '../snapshot/index.ts';
import { findArrival, findBarriers, findPassage } from './arrival.ts';

const rule = (more: Partial<SecurityRule>): SecurityRule => ({
  ...{ id: 'sgr-1', protocol: 'tcp', fromPort: 80, toPort: 90, cidrs: [], groups: [], ...more },
});

const vpc: VpcRecord = {
  ...{ id: 'vpc-1', revision: 1, account: '123456789012', region: 'us-east-1', arn: 'arn', cidrs: ['10.0.0.0/16'] },
  ...{ attachment: { kind: 'netns' }, dns: { support: true, hostnames: true }, subnets: [], instances: [] },
  securityGroups: [
    {
      ...{ id: 'sg-door', name: 'door', egress: [] },
      ingress: [rule({ cidrs: ['10.0.1.0/24', 'fd00::/8'] }), rule({ fromPort: 443, toPort: 443, groups: ['sg-web'] })],
    },
    {
      id: 'sg-web',
      name: 'web',
      ingress: [],
      egress: [rule({ protocol: '-1', fromPort: -1, toPort: -1, cidrs: ['169.254.171.0/24'] })],
    },
    {
      id: 'sg-udp',
      name: 'udp',
      ingress: [rule({ protocol: 'udp', fromPort: 0, toPort: 65535, cidrs: ['0.0.0.0/0'] })],
      egress: [],
    },
    { id: 'sg-all', name: 'all', ingress: [rule({ fromPort: -1, toPort: -1, cidrs: ['0.0.0.0/0'] })], egress: [] },
  ],
};

const places = [
  { vpcId: 'vpc-1', address: '10.0.2.20', securityGroups: ['sg-web'] },
  { vpcId: 'vpc-1', address: '10.0.2.30', securityGroups: ['sg-udp'] },
  { vpcId: 'vpc-2', address: '10.0.2.40', securityGroups: ['sg-web'] },
];

test('findPassage() asks the groups of the door for ingress and those of the client for egress', () => {
  const passes = (client: string, groups: readonly string[], port: number): readonly boolean[] => {
    const { egress, ingress } = findPassage({ vpc, address: '169.254.171.1', port }, client, groups, places);
    return [egress.passes, ingress.passes];
  };
  assert.deepEqual(passes('10.0.9.9', [], 80), [true, true], 'no groups, nothing is dropped');
  assert.deepEqual(passes('10.0.1.10', ['sg-door'], 80), [true, true], 'by range and port');
  assert.deepEqual(passes('10.0.1.10', ['sg-door'], 91), [true, false], 'another port');
  assert.deepEqual(passes('10.0.3.10', ['sg-door'], 80), [true, false], 'another range');
  assert.deepEqual(passes('10.0.2.20', ['sg-door'], 443), [true, true], 'a member of a group');
  assert.deepEqual(passes('10.0.2.40', ['sg-door'], 443), [true, false], 'a member in another VPC');
  assert.deepEqual(passes('10.0.2.30', ['sg-all'], 80), [false, true], 'a client whose group lets nothing out');
  assert.deepEqual(passes('10.0.1.10', ['sg-udp'], 80), [true, false], 'another protocol');
  assert.deepEqual(passes('10.0.1.10', ['sg-none'], 80), [true, false], 'a group that is not there');
  const { ingress } = findPassage(
    { vpc, address: '169.254.171.1', port: 80 },
    '10.0.1.10',
    ['sg-udp', 'sg-door'],
    places,
  );
  assert.deepEqual([ingress.by?.group, ingress.by?.rule.toPort], ['sg-door', 90]);
});

test('findPassage() says when nobody has the address of the client', () => {
  const vacant = (client: string): boolean =>
    findPassage({ vpc, address: '169.254.171.1', port: 80 }, client, [], places).isVacant;
  assert.deepEqual([vacant('10.0.2.20'), vacant('10.0.2.21'), vacant('10.0.2.40')], [false, true, true]);
});

test('findBarriers() names the groups that do not let everybody of the VPC through', () => {
  const barriers = (address: string, port: number, doorGroups: readonly string[]) =>
    findBarriers({ vpc, address, port }, doorGroups);
  const silent = ['sg-door', 'sg-udp', 'sg-all'];
  assert.deepEqual(barriers('169.254.171.1', 80, []), { egress: silent, ingress: [] });
  assert.deepEqual(barriers('169.254.176.1', 80, []).egress, ['sg-door', 'sg-web', 'sg-udp', 'sg-all']);
  assert.deepEqual(barriers('169.254.171.1', 80, ['sg-all']).ingress, [], 'a door that is open to all');
  assert.deepEqual(barriers('169.254.171.1', 80, ['sg-udp', 'sg-all']).ingress, [], 'one of several is enough');
  assert.deepEqual(barriers('169.254.171.1', 80, ['sg-door']).ingress, ['sg-door'], 'open to a part of the VPC');
  assert.deepEqual(barriers('169.254.171.1', 443, ['sg-door']).ingress, ['sg-door'], 'open to members of a group');
});

const service = {
  ...{ id: 'svc-1', revision: 1, arn: 'arn', name: 'shop', account: '123456789012', domainNames: ['shop'] },
  ...{ idleTimeoutSeconds: 60, accessLogs: [] },
  listeners: [{ id: 'listener-1', arn: 'arn', protocol: 'HTTP', port: 80, rules: [] }],
} as const;

const snapshotOf = (record: VpcRecord): Snapshot => ({
  ...emptySnapshot,
  vpcs: new Map([[record.id, record]]),
  services: new Map([['svc-1', service]]),
  networks: new Map([
    [
      'sn-1',
      {
        ...{ id: 'sn-1', revision: 1, arn: 'arn', accessLogs: [] },
        components: [{ kind: 'service', id: 'svc-1', associationId: 'snsa-1', index: 1 }],
      },
    ],
  ]),
  doors: new Map([
    ['snva-1', { id: 'snva-1', revision: 1, vpcId: record.id, serviceNetworkId: 'sn-1', securityGroups: [] }],
  ]),
});

test('findArrival() finds what workers listen on, and nothing else', () => {
  const options = { attach: 'netns', prefix: 'p-', lowPorts: true } as const;
  const listening = new Set(['vpc-1/tcp4/*:80']);
  const at = (address: string, port: number, keys = listening) =>
    findArrival({ vpc, address, port }, snapshotOf(vpc), options, keys);
  assert.deepEqual(at('169.254.171.1', 80), { listenerPort: 80 });
  for (const refused of [
    at('169.254.171.1', 81),
    at('169.254.171.2', 80),
    at('10.0.1.10', 80),
    at('169.254.171.1', 80, new Set()),
  ])
    assert.ok('refused' in refused);
  const foreign = findArrival(
    { vpc, address: '169.254.171.1', port: 80 },
    snapshotOf(vpc),
    { ...options, attach: 'loopback' },
    listening,
  );
  assert.ok('refused' in foreign && /not attached/.test(foreign.refused));
});

test('findArrival() knows the ports that loopback opens in place of those below 1024', () => {
  const local: VpcRecord = { ...vpc, attachment: { kind: 'loopback', n: 90 } };
  const options = { attach: 'loopback', prefix: 'p-', lowPorts: false } as const;
  const at = (port: number) =>
    findArrival(
      { vpc: local, address: '127.190.0.1', port },
      snapshotOf(local),
      options,
      new Set(['vpc-1/tcp4/127.190.0.1:20080']),
    );
  assert.deepEqual(at(20080), { listenerPort: 80 });
  const low = at(80);
  assert.ok('refused' in low && low.refused.endsWith('it is opened at 20080'));
});
