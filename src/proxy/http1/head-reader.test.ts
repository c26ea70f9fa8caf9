// Where heads end in what a connection brings.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { HeadReader } from './head-reader.ts';
import { MAX_HEAD_BYTES } from './request-head.ts';
import { refusals } from './rules.ts';

const bytes = (text: string): Buffer => Buffer.from(text, 'latin1');

test('HeadReader.look() finds heads one after the other, and what follows them', () => {
  const reader = new HeadReader();
  const first = reader.look(bytes('\r\n\r\nGET /1\r\na: b\r\n\r\nbodyGET /2\r\n\r\n'));
  assert.ok(first.kind === 'whole');
  assert.equal(first.text, 'GET /1\r\na: b\r\n');
  assert.equal(first.bytes.toString('latin1', first.bodyStart), 'bodyGET /2\r\n\r\n');
  assert.equal(reader.holds, false);
  reader.hold(first.bytes.subarray(first.bodyStart + 4));
  assert.equal(reader.holds, true);
  const second = reader.look();
  assert.ok(second.kind === 'whole');
  assert.equal(second.text, 'GET /2\r\n');
  assert.equal(reader.look().kind, 'nothing');
  assert.equal(reader.look(bytes('\r\n')).kind, 'nothing');
});

test('HeadReader.look() finds the same head however its bytes are cut, also a long one', () => {
  const heads = fc.tuple(fc.constantFrom('', '\r\n', '\r\n\r\n'), fc.nat(8000)).map(([empty, length]) => ({
    text: `${empty}GET /\r\na: ${'x'.repeat(length)}\r\n\r\n`,
    head: `GET /\r\na: ${'x'.repeat(length)}\r\n`,
  }));
  fc.assert(
    fc.property(heads, fc.array(fc.nat(9000), { maxLength: 6 }), ({ text, head }, places) => {
      const reader = new HeadReader();
      const cuts = [...new Set(places.map((place) => place % text.length)), 0, text.length].sort((a, b) => a - b);
      const looks = cuts.slice(1).map((cut, i) => reader.look(bytes(text.slice(cuts[i], cut))));
      const last = looks.pop();
      assert.ok(last?.kind === 'whole');
      assert.equal(last.text, head);
      assert.ok(looks.every(({ kind }) => kind === 'part' || kind === 'nothing'));
    }),
  );
});

test('HeadReader.look() refuses early what cannot become a head, wherever it is cut', () => {
  for (const text of ['\nGET', 'GET /\n', 'GET /\r\na\n', 'GET /\0', 'GET /\r\na: b\r\n\n'])
    for (let cut = 0; cut < text.length; cut++) {
      const reader = new HeadReader();
      const looks = [reader.look(bytes(text.slice(0, cut)))];
      if (looks[0]?.kind !== 'bad') looks.push(reader.look(bytes(text.slice(cut))));
      assert.equal(looks.at(-1)?.kind, 'bad', `${JSON.stringify(text)} at ${cut}`);
    }
});

test('HeadReader.look() holds 60 KB and no more', () => {
  const reader = new HeadReader();
  assert.equal(reader.look(Buffer.alloc(MAX_HEAD_BYTES, 97)).kind, 'part');
  assert.equal(reader.size, MAX_HEAD_BYTES);
  assert.deepEqual(reader.look(bytes('a')), {
    kind: 'bad',
    refusal: refusals.requestLineLong,
    size: MAX_HEAD_BYTES + 1,
  });
});

test('HeadReader.look() tells a long request line from long headers, whether the end is there or not', () => {
  const sizes = { maxRequestHead: 100, maxRequestLine: 20 };
  for (const tail of ['', '\r\n\r\n']) {
    const look = (text: string): unknown => {
      const found = new HeadReader(sizes).look(bytes(text + tail));
      return found.kind === 'bad' ? found.refusal : found.kind;
    };
    const short = tail === '' ? 'part' : 'whole';
    assert.equal(look('a'.repeat(20)), short);
    assert.equal(look('a'.repeat(21)), refusals.requestLineLong);
    assert.equal(look(`a\r\n${'b'.repeat(97 - (tail === '' ? 0 : 2))}`), short);
    assert.equal(look(`a\r\n${'b'.repeat(98)}`), refusals.headLong);
  }
});

test('HeadReader.take() gives away what is held', () => {
  const reader = new HeadReader();
  reader.hold(bytes('a'));
  reader.hold(bytes('b'));
  assert.equal(reader.take()?.toString(), 'ab');
  assert.equal(reader.holds, false);
});
