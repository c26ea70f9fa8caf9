// Which zone answers, and where aliases, CNAME records and wildcards lead.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createSeededRandom } from '../base/random.ts';
import type { Snapshot } from '../snapshot/index.ts';
import { createNames, type Names } from './resolve.ts';
import { withZones, type SampleZone } from './sample-zones.ts';
import { generatedName, sampleNames } from './sample.ts';
import { labelsOfKey, nameKey } from './wire-name.ts';
import { types } from './wire-record.ts';

const rates = generatedName('rates');
const plain = sampleNames({ one: { services: ['rates'], vpcs: ['vpc-a'] }, two: { services: [], vpcs: ['vpc-b'] } });

function namesOf(snapshot: Snapshot): Names {
  const names = createNames(createSeededRandom(1));
  names.apply(snapshot);
  return names;
}

const spell = (key: string): string => labelsOfKey(key).join('.');

/** The resolution in words: outcome, records, SOA, and whom others are asked for. */
function tell(names: Names, name: string, type: number = types.a, vpcId = 'vpc-a'): string {
  const { outcome, records, soa, target } = names.resolve(nameKey(name), type, vpcId === '' ? undefined : vpcId);
  const shown = records.map(({ owner, type: one, data, ttl }) => {
    const value =
      one === types.a
        ? data.join('.')
        : one === types.cname || one === types.ptr || one === types.ns
          ? spell(data.toString('latin1', 0, data.length - 1))
          : data.toString('latin1', 1);
    return `${owner === undefined ? '' : `${spell(owner)} `}${value} (${ttl})`;
  });
  return [
    outcome,
    ...shown,
    ...(soa === undefined ? [] : [`soa ${spell(soa.owner ?? '')} ${soa.ttl}`]),
    ...(target === undefined ? [] : [`→ ${spell(target)}`]),
  ].join(', ');
}

const zones: readonly SampleZone[] = [
  [
    'corp.example',
    ['vpc-a'],
    [
      ['corp.example', 'A', 'alias rates.corp.example'],
      ['rates.corp.example', 'A', `alias ${rates}`],
      ['web.corp.example', 'CNAME', 'rates.corp.example'],
      ['service.corp.example', 'CNAME', rates],
      ['out.corp.example', 'CNAME', 'www.example.org'],
      ['across.corp.example', 'CNAME', 'db.inner.corp.example'],
      ['\\052.corp.example', 'TXT', 'any'],
      ['\\052.wild.corp.example', 'A', '192.0.2.9'],
      ['a.b.corp.example', 'A', '192.0.2.1 192.0.2.2'],
      ['one.corp.example', 'CNAME', 'two.corp.example'],
      ['two.corp.example', 'CNAME', 'one.corp.example'],
      ['ring.corp.example', 'A', 'alias rong.corp.example'],
      ['rong.corp.example', 'A', 'alias ring.corp.example'],
      ['sub.corp.example', 'NS', 'ns.example.net'],
    ],
  ],
  ['inner.corp.example', ['vpc-a'], [['db.inner.corp.example', 'A', '192.0.2.3']]],
  [
    'corp.example',
    [],
    [
      ['public.corp.example', 'A', '192.0.2.4'],
      ['sub.corp.example', 'NS', 'ns.example.net'],
      ['x.sub.corp.example', 'A', '192.0.2.5'],
    ],
  ],
  ['corp.example', [], [['public.corp.example', 'A', '192.0.2.44']]],
  ['example.net', [], [['www.example.net', 'A', '192.0.2.7']], '222222222222'],
  ['on.aws', ['vpc-b'], [['x.on.aws', 'A', '192.0.2.6']]],
];
const names = namesOf(withZones(plain, zones));

const cases: readonly (readonly [name: string, expected: string, type?: number, vpcId?: string])[] = [
  ['rates.corp.example', 'found, 169.254.171.1 (60)'],
  ['corp.example', 'found, 169.254.171.1 (60)'],
  ['web.corp.example', 'found, rates.corp.example (300), rates.corp.example 169.254.171.1 (60)'],
  ['service.corp.example', `found, ${rates} (300), ${rates} 169.254.171.1 (60)`],
  ['service.corp.example', `found, ${rates} (300)`, types.cname],
  ['out.corp.example', 'forward, www.example.org (300), → www.example.org'],
  ['across.corp.example', 'found, db.inner.corp.example (300), db.inner.corp.example 192.0.2.3 (300)'],
  ['db.inner.corp.example', 'found, 192.0.2.3 (300)'],
  ['nobody.inner.corp.example', 'no name, soa inner.corp.example 60'],
  ['a.b.corp.example', 'found, 192.0.2.1 (300), 192.0.2.2 (300)'],
  ['a.b.corp.example', 'no data, soa corp.example 60', types.txt],
  ['one.corp.example', 'loop'],
  ['ring.corp.example', 'loop'],
  // RFC 4592: a wildcard stands for what is not there, below names that are there too, and not for those of another branch.
  ['new.corp.example', 'found, any (300)', types.txt],
  ['x.y.corp.example', 'found, any (300)', types.txt],
  ['new.corp.example', 'no data, soa corp.example 60'],
  ['b.corp.example', 'no data, soa corp.example 60', types.txt],
  ['x.b.corp.example', 'no name, soa corp.example 60', types.txt],
  ['x.wild.corp.example', 'found, 192.0.2.9 (300)'],
  ['x.wild.corp.example', 'no data, soa corp.example 60', types.txt],
  // A private zone hides the public one of its name, delegates nothing, and answers its VPCs alone.
  ['public.corp.example', 'no data, soa corp.example 60'],
  ['x.sub.corp.example', 'no name, soa corp.example 60'],
  ['sub.corp.example', 'found, ns.example.net (300)', types.ns],
  ['public.corp.example', 'found, 192.0.2.4 (300)', types.a, 'vpc-b'],
  ['public.corp.example', 'found, 192.0.2.4 (300)', types.a, ''],
  ['rates.corp.example', 'no name, soa corp.example 60', types.a, 'vpc-b'],
  ['x.sub.corp.example', 'forward', types.a, ''],
  ['sub.corp.example', 'forward', types.a, 'vpc-b'],
  // A public zone answers the VPCs of its account, and the host.
  ['www.example.net', 'forward', types.a, 'vpc-b'],
  ['www.example.net', 'found, 192.0.2.7 (300)', types.a, ''],
  // The longer of two names is nearer.
  [rates, 'found, 169.254.171.1 (60)'],
  ['x.on.aws', 'found, 192.0.2.6 (300)', types.a, 'vpc-b'],
  [rates, 'no name, soa 7d67968.vpc-lattice-svcs.us-east-1.on.aws 5', types.a, 'vpc-b'],
  ['www.example.org', 'forward'],
  ['xcorp.example', 'forward'],
];
describe('resolve()', () => {
  for (const [name, expected, type, vpcId = 'vpc-a'] of cases)
    test(`answers ${name}${type === undefined ? '' : ` of type ${type}`} for ${vpcId === '' ? 'the host' : vpcId}: ${expected}`, () => {
      assert.equal(tell(names, name, type, vpcId), expected);
    });

  test('picks weighted record sets as their weights say, and says that the answer varies', () => {
    const weighted = namesOf(
      withZones(plain, [
        [
          'corp.example',
          ['vpc-a'],
          [
            ['w.corp.example', 'A', '192.0.2.1', 90],
            ['w.corp.example', 'A', '192.0.2.2', 10],
            ['w.corp.example', 'A', '192.0.2.3', 0],
            ['zero.corp.example', 'A', '192.0.2.1', 0],
            ['zero.corp.example', 'A', '192.0.2.2', 0],
            ['through.corp.example', 'A', 'alias w.corp.example'],
          ],
        ],
      ]),
    );
    const count = (name: string): readonly number[] => {
      const seen = [0, 0, 0];
      for (let i = 0; i < 1000; i++) {
        const { records, varies } = weighted.resolve(nameKey(name), types.a, 'vpc-a');
        assert.ok(varies && records.length === 1);
        const last = records[0]?.data.at(-1) ?? 0;
        seen[last - 1] = (seen[last - 1] ?? 0) + 1;
      }
      return seen;
    };
    for (const name of ['w.corp.example', 'through.corp.example']) {
      const [first = 0, second = 0, third] = count(name);
      assert.ok(first > 850 && first < 950 && second > 50 && third === 0, `${first} ${second} ${third}`);
    }
    const [first = 0, second = 0] = count('zero.corp.example');
    assert.ok(first > 400 && second > 400);
  });

  test('tells the hosted zone that knew the name first', () => {
    const zoneOf = (name: string) => names.resolve(nameKey(name), types.a, 'vpc-a').zone?.id;
    assert.deepEqual(
      [zoneOf('across.corp.example'), zoneOf('db.inner.corp.example'), zoneOf('out.corp.example'), zoneOf(rates)],
      ['Z0', 'Z1', 'Z0', undefined],
    );
  });

  test('follows a snapshot: sets and zones that went are gone, a zone answers other VPCs, and empty names above go too', () => {
    const own = namesOf(withZones(plain, zones));
    const first = zones[0] ?? assert.fail();
    own.apply(withZones(plain, [[first[0], ['vpc-b'], [['web.corp.example', 'A', '192.0.2.8']]]], 2));
    assert.equal(tell(own, 'web.corp.example', types.a, 'vpc-b'), 'found, 192.0.2.8 (300)');
    assert.equal(tell(own, 'b.corp.example', types.a, 'vpc-b'), 'no name, soa corp.example 60');
    assert.equal(tell(own, 'web.corp.example'), 'forward');
    own.apply(plain);
    assert.equal(tell(own, 'web.corp.example', types.a, 'vpc-b'), 'forward');
  });

  test('knows names of addresses, both ways, where the VPC wants them', () => {
    const ask = (name: string, type: number, vpc: Names = names) => tell(vpc, name, type);
    assert.equal(ask('1.171.254.169.in-addr.arpa', types.ptr), `found, ${rates} (60)`);
    assert.equal(ask('9.171.254.169.in-addr.arpa', types.ptr), 'no name, soa 254.169.in-addr.arpa 5');
    const v6 = `1.0.b.a.e.f.9.a.${'0.'.repeat(8)}0.0.0.0.0.8.0.0.2.c.e.0.0.0.d.f.ip6.arpa`;
    assert.equal(ask(v6, types.ptr), `found, ${rates} (60)`);
    assert.equal(ask('ip-10-0-1-10.ec2.internal', types.a), 'found, 10.0.1.10 (60)');
    assert.equal(ask('ip-10-1-1-10.ec2.internal', types.a), 'no name, soa ec2.internal 5');
    assert.equal(ask('ip-10-0-1-999.ec2.internal', types.a), 'no name, soa ec2.internal 5');
    assert.equal(ask('10.1.0.10.in-addr.arpa', types.ptr), 'found, ip-10-0-1-10.ec2.internal (60)');
    assert.equal(ask('8.8.8.8.in-addr.arpa', types.ptr), 'forward');
    const having = (dns: { support: boolean; hostnames: boolean }): Names =>
      namesOf({ ...plain, vpcs: new Map([...plain.vpcs].map(([id, vpc]) => [id, { ...vpc, dns }])) });
    assert.equal(ask('10.1.0.10.in-addr.arpa', types.ptr, having({ support: true, hostnames: false })), 'forward');
    assert.equal(ask(rates, types.a, having({ support: false, hostnames: true })), 'refused');
    const loopback = namesOf(
      sampleNames({ one: { services: ['rates'], vpcs: ['vpc-a'] } }, { kind: 'loopback', n: 3 }),
    );
    assert.equal(ask('ip-10-0-1-10.ec2.internal', types.a, loopback), 'found, 127.3.1.10 (60)');
    assert.equal(ask('10.1.3.127.in-addr.arpa', types.ptr, loopback), 'found, ip-10-0-1-10.ec2.internal (60)');
    assert.equal(ask('1.0.103.127.in-addr.arpa', types.ptr, loopback), `found, ${rates} (60)`);
  });
});
