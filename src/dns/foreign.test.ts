// What other resolvers answer: how long it is kept, and how it goes on from records of ours.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decode, encode, type Answer, type Packet } from 'dns-packet';
import fc from 'fast-check';
import { createManualClock } from '../base/clock.ts';
import { createForeignCache } from './foreign-cache.ts';
import { answersQuestion, joinAnswers, readTimes, redirectQuery, relabelAnswer } from './foreign.ts';
import { parseQuery, type Query } from './message.ts';
import { queryBytes } from './sample.ts';
import { encodeKey, nameKey } from './wire-name.ts';
import { types } from './wire-record.ts';

function query(...args: Parameters<typeof queryBytes>): Query {
  const parsed = parseQuery(queryBytes(...args));
  assert.ok(parsed.kind === 'query');
  return parsed.query;
}

const soaData = { mname: 'n', rname: 'm', serial: 1, refresh: 1, retry: 1, expire: 1, minimum: 30 };
const soa: Answer = { type: 'SOA', name: 'example.org', ttl: 90, data: soaData };

/** An answer to a question about www.example.org. */
function answer(more: Partial<Packet>, flags = 0x0180): Buffer {
  const questions = [{ type: 'A', name: 'www.example.org' }] as const;
  return encode({ type: 'response', id: 1, flags, questions: [...questions], ...more });
}

const www = query('www.example.org');
const address = (ttl: number): Answer => ({ type: 'A', name: 'www.example.org', ttl, data: '192.0.2.1' });

test('readTimes() takes the shortest record, of a denial the least of its SOA record, and nothing that says no time', () => {
  const ttl = (more: Partial<Packet>, flags?: number): number => readTimes(answer(more, flags), www.question).ttl;
  assert.equal(ttl({ answers: [address(60), address(20)] }), 20);
  assert.equal(ttl({ authorities: [soa] }), 30, 'no data');
  assert.equal(ttl({ authorities: [soa] }, 0x0183), 30, 'no name');
  assert.equal(ttl({ authorities: [{ ...soa, ttl: 9 }] }, 0x0183), 9);
  assert.equal(ttl({}, 0x0183), 0, 'a denial without SOA');
  assert.equal(ttl({ answers: [address(60)] }, 0x0182), 0, 'SERVFAIL');
  assert.equal(ttl({ answers: [address(60)] }, 0x0380), 0, 'cut');
});

test('the cache gives an answer again for as long as it says, its times counted down, to queries that ask alike', () => {
  const clock = createManualClock();
  const cache = createForeignCache(clock);
  cache.put(www, false, answer({ answers: [address(60)] }));
  const ttlOf = (bytes: Buffer | undefined): number | undefined => {
    const [record] = bytes === undefined ? [] : (decode(bytes).answers ?? []);
    return record?.type === 'A' ? record.ttl : undefined;
  };
  assert.equal(ttlOf(cache.find(query('WWW.example.org'), false)), 60);
  assert.equal(cache.find(query('www.example.org', 'AAAA'), false), undefined);
  clock.advance(25_400);
  assert.equal(ttlOf(cache.find(www, false)), 35);
  clock.advance(34_600);
  assert.equal(cache.find(www, false), undefined);
});

test('the cache lets the oldest go when there are too many', () => {
  const cache = createForeignCache(createManualClock());
  const one = (i: number): Query => redirectQuery(www, nameKey(`${i.toString(36).padStart(3, '0')}.example.org`));
  const bytes = answer({ answers: [address(60)] });
  for (let i = 0; i < 10_001; i++) cache.put(one(i), false, bytes);
  assert.equal(cache.find(one(0), false), undefined);
  assert.ok(cache.find(one(10_000), false) !== undefined);
});

test('joinAnswers() puts our records before those of another resolver, names written out', () => {
  // Names that point at others, as resolvers send them.
  const foreign = Buffer.concat([
    answer({}),
    Buffer.from([0xc0, 0x0c, 0, 5, 0, 1, 0, 0, 0, 50, 0, 4, 1, 0x78, 0xc0, 0x10]),
    Buffer.from([0xc0, 0x2d, 0, 1, 0, 1, 0, 0, 0, 40, 0, 4, 192, 0, 2, 7]),
  ]);
  foreign.writeUInt16BE(2, 6);
  const asked = query('alias.corp.example');
  const before = [{ type: types.cname, ttl: 300, data: encodeKey(nameKey('www.example.org')) }];
  const joined = joinAnswers(asked, before, foreign, www.question, 512);
  assert.ok(joined !== undefined);
  const { answers = [], questions = [], id } = decode(joined);
  assert.deepEqual([id, questions[0]?.name], [7, 'alias.corp.example']);
  assert.deepEqual(
    answers.map((one) => [one.name, 'data' in one ? one.data : undefined]),
    [
      ['alias.corp.example', 'www.example.org'],
      ['www.example.org', 'x.example.org'],
      ['x.example.org', '192.0.2.7'],
    ],
  );
  assert.ok(decode(joinAnswers(asked, before, foreign, www.question, 60) ?? assert.fail()).flag_tc);
});

test('answers of other resolvers never make the name server throw or loop', () => {
  const base = Buffer.concat([
    answer({ answers: [address(60)], authorities: [soa] }),
    Buffer.from([0xc0, 0x0c, 0, 15, 0, 1, 0, 0, 0, 50, 0, 4, 0, 1, 0xc0, 0x10]),
  ]);
  base.writeUInt16BE(2, 6);
  const check = (bytes: Buffer): void => {
    if (!answersQuestion(bytes, www.question)) return;
    readTimes(bytes, www.question);
    joinAnswers(www, [], bytes, www.question, 4096);
    relabelAnswer(www, bytes, 512);
    createForeignCache(createManualClock()).put(www, false, bytes);
  };
  const at = base.length - 12 - www.question.length;
  const flip = fc.array(fc.tuple(fc.nat(at - 1), fc.nat(255)), { minLength: 1, maxLength: 8 });
  fc.assert(
    fc.property(flip, fc.nat(base.length), (flips, cut) => {
      const bytes = Buffer.from(base);
      for (const [i, value] of flips) bytes[12 + www.question.length + i] = value;
      check(bytes);
      check(bytes.subarray(0, cut));
    }),
    { numRuns: 2000 },
  );
});
