// What the name server says, as data and as bytes, also to bytes that mean harm.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decode, type Answer } from 'dns-packet';
import fc from 'fast-check';
import { createSeededRandom } from '../base/random.ts';
import { badVersion, composeAnswer, encodeAnswer, type OwnAnswer } from './answer.ts';
import { answersQuestion, encodeForward, relabelAnswer } from './foreign.ts';
import { generatedZone } from './generated-names.ts';
import { parseQuery, udpLimit, type Query } from './message.ts';
import { parseResolvConf } from './resolv-conf.ts';
import { generatedName, queryBytes, sampleNames } from './sample.ts';
import { createNames, type Names } from './resolve.ts';
import { nameKey } from './wire-name.ts';
import { types } from './wire-record.ts';

const rates = generatedName('rates');
const zone = '7d67968.vpc-lattice-svcs.us-east-1.on.aws';

function answerQuery(names: Names, query: Query, vpcId: string | undefined): OwnAnswer | 'forward' {
  const resolution = names.resolve(query.key, query.type, vpcId);
  return resolution.outcome === 'forward' ? 'forward' : composeAnswer(resolution);
}

function zones(...args: Parameters<typeof sampleNames>): Names {
  const made = createNames(createSeededRandom(1));
  made.apply(sampleNames(...args));
  return made;
}

const two = {
  one: { services: ['quotes', 'rates'], vpcs: ['vpc-a'] },
  two: { services: ['rates'], vpcs: ['vpc-b'] },
};

/** The answer's code, records and flags, or what became of the query instead. */
function ask(own: Names, bytes: Buffer, vpcId?: string) {
  const parsed = parseQuery(bytes);
  if (parsed.kind === 'dropped') return 'dropped';
  if (parsed.kind === 'refused') return `refused ${parsed.rcode}`;
  const answer = answerQuery(own, parsed.query, vpcId);
  if (answer === 'forward') return 'forward';
  const packet = decode(encodeAnswer(parsed.query, answer, udpLimit(parsed.query)));
  const text = (record: Answer): string =>
    `${record.type} ${record.type === 'A' || record.type === 'AAAA' ? record.data : record.name}`;
  const { rcode } = packet as unknown as { rcode: string };
  return [rcode, ...(packet.answers ?? []).map(text), ...(packet.authorities ?? []).map(text)].join(', ');
}

test('a generated name has the address of its component at the door of the VPC', () => {
  const own = zones(two);
  assert.equal(ask(own, queryBytes(rates), 'vpc-a'), 'NOERROR, A 169.254.171.2');
  assert.equal(ask(own, queryBytes(rates), 'vpc-b'), 'NOERROR, A 169.254.171.1');
  assert.equal(ask(own, queryBytes(rates, 'AAAA'), 'vpc-b'), 'NOERROR, AAAA fd00:ec2:80::a9fe:ab01');
});

test('a query of no VPC gets the first address of a name', () => {
  assert.equal(ask(zones(two), queryBytes(rates)), 'NOERROR, A 169.254.171.2');
});

test('a name of a network that the VPC has no door to does not exist', () => {
  const own = zones(two);
  assert.equal(ask(own, queryBytes(generatedName('quotes')), 'vpc-b'), `NXDOMAIN, SOA ${zone}`);
  assert.equal(ask(own, queryBytes(rates), 'vpc-c'), `NXDOMAIN, SOA ${zone}`);
});

test('a VPC with doors into two networks sees the addresses of both', () => {
  const own = zones({
    one: { services: ['quotes', 'rates'], vpcs: ['vpc-a'] },
    two: { services: ['rates'], vpcs: ['vpc-a'] },
  });
  assert.equal(ask(own, queryBytes(rates), 'vpc-a'), 'NOERROR, A 169.254.171.2, A 169.254.171.1');
});

test('a name in a loopback VPC is at 127.(100+n) and has no IPv6 address', () => {
  const own = zones(two, { kind: 'loopback', n: 3 });
  assert.equal(ask(own, queryBytes(rates), 'vpc-a'), 'NOERROR, A 127.103.0.2');
  assert.equal(ask(own, queryBytes(rates, 'AAAA'), 'vpc-a'), `NOERROR, SOA ${zone}`);
});

test('other types of a name and of the zone are empty answers with an SOA', () => {
  const own = zones(two);
  assert.equal(ask(own, queryBytes(rates, 'TXT'), 'vpc-a'), `NOERROR, SOA ${zone}`);
  assert.equal(ask(own, queryBytes(zone), 'vpc-a'), `NOERROR, SOA ${zone}`);
  assert.equal(ask(own, queryBytes(zone, 'SOA'), 'vpc-a'), `NOERROR, SOA ${zone}`);
});

test('custom domain names and names outside of our zones are for other resolvers', () => {
  const own = zones(two);
  for (const name of ['rates.example.com', 'example.org', 'vpc-lattice-svcs.us-east-1.on.aws', `x${zone}`])
    assert.equal(ask(own, queryBytes(name), 'vpc-a'), 'forward', name);
});

test('generatedZone() finds the zone in any region and at its apex', () => {
  const found = (name: string): string | undefined => generatedZone(nameKey(name));
  assert.equal(found(`a.b.${zone}`), nameKey(zone));
  assert.equal(found(zone), nameKey(zone));
  const other = '7d67968.vpc-lattice-svcs.eu-west-1.on.aws';
  assert.equal(found(`a.${other}`), nameKey(other));
  assert.equal(found(`${zone}.example`), undefined);
});

test('an answer repeats the letters of the question and what EDNS asks for', () => {
  const own = zones(two);
  const mixed = rates.replace('rates', 'RaTeS').replace('aws', 'AwS');
  const bytes = queryBytes(mixed, 'A', {
    additionals: [
      {
        type: 'OPT',
        name: '.',
        udpPayloadSize: 4096,
        extendedRcode: 0,
        ednsVersion: 0,
        flags: 0,
        flag_do: false,
        options: [],
      },
    ],
  });
  const parsed = parseQuery(bytes);
  assert.ok(parsed.kind === 'query');
  const answer = answerQuery(own, parsed.query, 'vpc-a');
  assert.ok(answer !== 'forward');
  const packet = decode(encodeAnswer(parsed.query, answer, udpLimit(parsed.query)));
  assert.equal(packet.questions?.[0]?.name, mixed);
  assert.equal(packet.answers?.[0]?.name, mixed);
  const [option] = packet.additionals ?? [];
  assert.equal(option?.type === 'OPT' && option.udpPayloadSize, 1232);
  assert.ok(packet.flag_aa && packet.flag_ra && packet.flag_rd);
});

test('an unknown version of EDNS is refused with BADVERS', () => {
  const bytes = queryBytes(rates, 'A', {
    additionals: [
      {
        type: 'OPT',
        name: '.',
        udpPayloadSize: 4096,
        extendedRcode: 0,
        ednsVersion: 1,
        flags: 0,
        flag_do: false,
        options: [],
      },
    ],
  });
  const parsed = parseQuery(bytes);
  assert.ok(parsed.kind === 'query');
  const [option] = decode(encodeAnswer(parsed.query, badVersion, 512)).additionals ?? [];
  assert.equal(option?.type === 'OPT' && option.extendedRcode, 1);
});

test('an answer that does not fit is truncated', () => {
  const networks = Object.fromEntries(
    Array.from({ length: 40 }, (_, i) => [`sn-${i}`, { services: ['rates'], vpcs: ['vpc-a'] }]),
  );
  const parsed = parseQuery(queryBytes(rates));
  assert.ok(parsed.kind === 'query');
  const answer = answerQuery(zones(networks), parsed.query, 'vpc-a');
  assert.ok(answer !== 'forward');
  assert.equal(answer.answers, 40);
  const cut = encodeAnswer(parsed.query, answer, udpLimit(parsed.query));
  assert.ok(cut.length <= 512);
  assert.ok(decode(cut).flag_tc);
  assert.equal(decode(encodeAnswer(parsed.query, answer, 65_535)).answers?.length, 40);
});

test('parseQuery() drops fragments and answers and refuses what is no plain question', () => {
  const own = zones(two);
  const plain = queryBytes(rates);
  const changed = (at: number, ...values: readonly number[]): Buffer => {
    const bytes = Buffer.from(plain);
    values.forEach((value, i) => (bytes[at + i] = value));
    return bytes;
  };
  assert.equal(ask(own, plain.subarray(0, 11)), 'dropped');
  assert.equal(ask(own, changed(2, 0x80)), 'dropped');
  assert.equal(ask(own, changed(2, 0x28)), 'refused 4', 'opcode UPDATE');
  assert.equal(ask(own, changed(4, 0, 2)), 'refused 1', 'two questions');
  assert.equal(ask(own, changed(4, 0, 0)), 'refused 1', 'no question');
  assert.equal(ask(own, changed(6, 0, 1)), 'refused 1', 'an answer in a query');
  assert.equal(ask(own, changed(10, 0xff, 0xff)), 'refused 1', 'more records than bytes');
  assert.equal(ask(own, changed(12, 0xc0, 0x0c)), 'refused 1', 'a name that points at itself');
  assert.equal(ask(own, plain.subarray(0, plain.length - 1)), 'refused 1', 'cut');
  assert.equal(ask(own, changed(plain.length - 1, 3)), 'refused 4', 'class CHAOS');
  assert.equal(ask(own, queryBytes(rates, 'AXFR')), 'refused 4');
});

test('a dot inside of a label does not make a name of ours', () => {
  const bytes = queryBytes(rates);
  const at = bytes.indexOf(0x07, 13);
  assert.equal(bytes.toString('latin1', at + 1, at + 8), '7d67968');
  const length = bytes[12] ?? 0;
  bytes[12] = length + 8;
  bytes[at] = 0x2e;
  assert.equal(ask(zones(two), bytes, 'vpc-a'), 'forward');
});

test('zones follow a snapshot: what changed is found, what went is not', () => {
  const own = createNames(createSeededRandom(1));
  own.apply(sampleNames(two));
  const next = sampleNames(
    { one: { services: ['rates'], vpcs: ['vpc-a'] }, two: { services: ['quotes'], vpcs: [] } },
    undefined,
    2,
  );
  own.apply(next);
  const outcome = (name: string, vpcId: string): string => own.resolve(nameKey(name), types.a, vpcId).outcome;
  assert.equal(ask(own, queryBytes(rates), 'vpc-a'), 'NOERROR, A 169.254.171.1');
  assert.equal(outcome(rates, 'vpc-b'), 'no name');
  assert.equal(outcome(generatedName('quotes'), 'vpc-a'), 'no name');
  own.apply({ ...next, services: new Map() });
  assert.equal(outcome(rates, 'vpc-a'), 'no name');
});

test('another resolver’s answer belongs to a question only when id, flags and question fit, and carries the client’s id', () => {
  const parsed = parseQuery(queryBytes('Example.org'));
  assert.ok(parsed.kind === 'query');
  const foreign = encodeForward(parsed.query, 99, 1232);
  assert.equal(answersQuestion(foreign, parsed.query.question), false, 'still a query');
  foreign.writeUInt16BE(0x8180, 2);
  foreign.write('example', 13, 'latin1');
  assert.ok(answersQuestion(foreign, parsed.query.question));
  const other = parseQuery(queryBytes('example.net'));
  assert.ok(other.kind === 'query');
  assert.equal(answersQuestion(foreign, other.query.question), false);
  const own = relabelAnswer(parsed.query, foreign, 512);
  assert.equal(own.readUInt16BE(0), 7);
  assert.equal(own.toString('latin1', 13, 20), 'Example');
  assert.ok(decode(relabelAnswer(parsed.query, foreign, 20)).flag_tc);
});

test('parseResolvConf() takes at most three IPv4 name servers', () => {
  const text =
    'search x\nnameserver 10.0.0.1\n#nameserver 10.9.9.9\nnameserver fe80::1%eth0\n nameserver 10.0.0.2\nnameserver x\nnameserver 10.0.0.3\nnameserver 10.0.0.4\n';
  assert.deepEqual(parseResolvConf(text), ['10.0.0.1', '10.0.0.2', '10.0.0.3']);
});

test('no bytes make the name server throw or answer more than it may', () => {
  const own = zones(two);
  const check = (bytes: Buffer): void => {
    const parsed = parseQuery(bytes);
    if (parsed.kind === 'dropped') return;
    if (parsed.kind === 'refused') return assert.equal(parsed.response.length, 12);
    const answer = answerQuery(own, parsed.query, 'vpc-a');
    if (answer === 'forward') return assert.ok(encodeForward(parsed.query, 1, 1232).length <= 12 + 259 + 11);
    const limit = udpLimit(parsed.query);
    const response = encodeAnswer(parsed.query, answer, limit);
    assert.ok(response.length <= limit);
    decode(response);
  };
  fc.assert(fc.property(fc.uint8Array({ maxLength: 600 }), (bytes) => check(Buffer.from(bytes))));
  const base = queryBytes(rates, 'A', {
    additionals: [
      {
        type: 'OPT',
        name: '.',
        udpPayloadSize: 1400,
        extendedRcode: 0,
        ednsVersion: 0,
        flags: 0,
        flag_do: true,
        options: [],
      },
    ],
  });
  const flip = fc.array(fc.tuple(fc.nat(base.length - 1), fc.nat(255)), { minLength: 1, maxLength: 6 });
  fc.assert(
    fc.property(flip, (flips) => {
      const bytes = Buffer.from(base);
      for (const [at, value] of flips) bytes[at] = value;
      check(bytes);
    }),
    { numRuns: 1000 },
  );
});
