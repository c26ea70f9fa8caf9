// Bodies: where they end, however their bytes are cut.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ChunkedBody, closingBody, emptyBody, LengthBody, LimitedBody, type BodyReader } from './body.ts';
import { refusals } from './rules.ts';

/** Reads `bytes` cut at `cuts`; the end of the body in all of them (-1: broken, undefined: not there), and its data without framing. */
function read(
  body: BodyReader,
  bytes: Buffer,
  cuts: readonly number[] = [],
): { readonly end: number | undefined; readonly data: string } {
  let data = '';
  let start = 0;
  for (const stop of [...cuts, bytes.length]) {
    const part = bytes.subarray(start, stop);
    const end = body.consume(part, 0);
    if (end < 0) return { end, data };
    for (const [from, to] of body.pieces ?? []) data += part.toString('latin1', from, to);
    if (body.done) return { end: start + end, data };
    assert.equal(end, part.length, 'a body that is not done takes all');
    start = stop;
  }
  return { end: undefined, data };
}

const chunked = (text: string) => read(new ChunkedBody(true), Buffer.from(text, 'latin1'));

test('ChunkedBody finds data and end', () => {
  const whole: readonly (readonly [string, string])[] = [
    ['0\r\n\r\n', ''],
    ['3\r\nabc\r\n0\r\n\r\n', 'abc'],
    ['A\r\n0123456789\r\n00\r\n\r\n', '0123456789'],
    ['3;ext="a b"\r\nabc\r\n0;x\r\n\r\n', 'abc'],
    ['1\r\n\r\r\n1\r\n\n\r\n0\r\n\r\n', '\r\n'],
    ['0\r\nx-sum: 1\r\nX-Other:\t\xe4\r\n\r\n', ''],
  ];
  for (const [text, data] of whole) {
    assert.deepEqual(chunked(text), { end: text.length, data }, JSON.stringify(text));
    assert.deepEqual(chunked(`${text}GET /`), { end: text.length, data }, JSON.stringify(text));
  }
});

test('ChunkedBody refuses every other framing', () => {
  const broken = [
    ...['\r\n', 'x\r\n', '-1\r\n', '+1\r\n', '0x1\r\n', ' 1\r\n', '1 \r\n', '1\n', '1\rx', '1\t\r\n', ';a\r\n'],
    ...['1\r\nab\r\n', '1\r\na\n', '1\r\na\rx', '0\r\n\n', '0\r\n\rx', '0\n\r\n', '1;\0\r\n', '1;a\nb\r\n'],
    ...['0\r\n a: b\r\n', '0\r\n: b\r\n', '0\r\na b: c\r\n', '0\r\na: b\n', '0\r\na: \0\r\n'],
    ...[
      '10000000000000\r\n',
      `1;${'x'.repeat(300)}\r\n`,
      `0\r\na: ${'x'.repeat(9000)}\r\n`,
      `0\r\n${'a:\r\n'.repeat(9000)}`,
    ],
    ...['host', 'Content-Length', 'transfer-encoding', 'connection', 'trailer', 'X_Amzn_Lattice_Identity'].map(
      (name) => `0\r\n${name}: 1\r\n`,
    ),
    ...['X-Amzn-Lattice-Identity', 'x-forwarded-for', 'x-amzn-source-vpc'].map((name) => `0\r\n${name}: 1\r\n`),
  ];
  for (const text of broken) assert.equal(chunked(text).end, -1, JSON.stringify(text.slice(0, 40)));
});

const bodies = fc
  .tuple(
    fc.array(
      fc.tuple(fc.uint8Array({ minLength: 1, maxLength: 40 }), fc.constantFrom('', ';a', ';a=b'), fc.boolean()),
      { maxLength: 5 },
    ),
    fc.constantFrom('', 'a: b\r\n', 'a:\r\nb-c: d e\r\n'),
  )
  .map(([chunks, trailers]) => {
    const parts = chunks.map(([data, extension, upper]) => {
      const size = upper ? data.length.toString(16).toUpperCase() : data.length.toString(16);
      return `${size}${extension}\r\n${Buffer.from(data).toString('latin1')}\r\n`;
    });
    const data = chunks.map(([one]) => Buffer.from(one).toString('latin1')).join('');
    return { text: `${parts.join('')}0\r\n${trailers}\r\n`, data };
  });

test('a chunked body that is cut anywhere has the same end and the same data', () => {
  fc.assert(
    fc.property(bodies, fc.array(fc.nat(300), { maxLength: 6 }), fc.string(), ({ text, data }, places, after) => {
      const bytes = Buffer.from(text + after, 'latin1');
      const cuts = places.map((place) => place % bytes.length).sort((a, b) => a - b);
      assert.deepEqual(read(new ChunkedBody(true), bytes, cuts), { end: text.length, data });
    }),
  );
});

test('bytes that are cut anywhere are a broken body, an unfinished one or the same one', () => {
  const alphabet = fc.constantFrom('0', '1', 'a', ';', '\r', '\n', '\r\n', ':', ' ', 'x', '0\r\n\r\n');
  fc.assert(
    fc.property(fc.array(alphabet, { maxLength: 12 }), fc.nat(30), (parts, place) => {
      const bytes = Buffer.from(parts.join(''));
      const once = read(new ChunkedBody(true), bytes);
      const cut = read(new ChunkedBody(true), bytes, [place % (bytes.length + 1)]);
      assert.equal(cut.end, once.end);
    }),
    { numRuns: 1000 },
  );
});

test('LengthBody takes its bytes and no more, emptyBody none, closingBody all', () => {
  const body = new LengthBody(5);
  assert.equal(body.consume(Buffer.from('xxabc'), 2), 5);
  assert.equal(body.done, false);
  assert.equal(body.consume(Buffer.from('defg'), 0), 2);
  assert.equal(body.done, true);
  assert.deepEqual([emptyBody.done, emptyBody.consume(Buffer.from('abc'), 1)], [true, 1]);
  assert.deepEqual([closingBody.done, closingBody.consume(Buffer.from('abc'), 1)], [false, 3]);
});

test('LimitedBody breaks a body at the first byte beyond its limit, and is the body itself before', () => {
  const bytes = Buffer.from('3\r\nabc\r\n0\r\n\r\nGET');
  const whole = new LimitedBody(new ChunkedBody(true), 13);
  assert.equal(whole.consume(bytes, 0), 13);
  assert.equal(whole.done, true);
  assert.equal(whole.fault, undefined);
  assert.deepEqual(whole.pieces, [[3, 6]]);
  const long = new LimitedBody(new ChunkedBody(), 12);
  assert.equal(long.consume(bytes.subarray(0, 12), 0), 12);
  assert.equal(long.fault, undefined);
  assert.equal(long.consume(bytes.subarray(12, 13), 0), -1);
  assert.equal(long.fault, refusals.bodyLong);
  const broken = new LimitedBody(new ChunkedBody(), 12);
  assert.equal(broken.consume(Buffer.from('x'), 0), -1);
  assert.equal(broken.fault, refusals.chunkSize);
});
