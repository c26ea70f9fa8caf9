// What functions answer, and what is no response.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatFunctionHead, parseFunctionResponse } from './response.ts';

const parse = (value: unknown) =>
  parseFunctionResponse(Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)));

test('parseFunctionResponse() drops hop-by-hop lines and its length, and writes lists as lines', () => {
  const headers = {
    'Content-Type': 'a/b',
    Connection: 'x',
    'content-length': '9',
    'Set-Cookie': ['a', 'b'],
    n: 1,
    none: null,
  };
  const response = parse({ statusCode: 200, headers, body: 'ü' });
  assert.ok(typeof response !== 'string');
  assert.equal(response.lines, 'Content-Type: a/b\r\nSet-Cookie: a\r\nSet-Cookie: b\r\nn: 1\r\n');
  assert.equal(
    formatFunctionHead(response, 'id', 'connection: close\r\n'),
    `HTTP/1.1 200 OK\r\n${response.lines}content-length: 2\r\nx-amzn-requestid: id\r\nconnection: close\r\n\r\n`,
  );
});

test('parseFunctionResponse() decodes base64, and takes a missing body for an empty one', () => {
  const bytes = (value: unknown) => {
    const response = parse(value);
    return typeof response === 'string' ? response : [...response.body];
  };
  assert.deepEqual(bytes({ statusCode: 200, body: 'AP8=', isBase64Encoded: true }), [0, 255]);
  assert.deepEqual(bytes({ statusCode: 200, isBase64Encoded: true }), []);
  assert.deepEqual(bytes({ statusCode: 204, body: null }), []);
});

test('parseFunctionResponse() drops lines whatever the case of their names, and leaves others as they are', () => {
  const headers = { 'CONTENT-Length': '9', 'Transfer-ENCODING': 'chunked', 'X-a': '1', 'x-A': '2' };
  const response = parse({ statusCode: 200, headers });
  assert.ok(typeof response !== 'string');
  assert.equal(response.lines, 'X-a: 1\r\nx-A: 2\r\n');
});

const wrong: readonly (readonly [unknown, RegExp])[] = [
  ['', /not JSON/],
  ['nope', /not JSON/],
  ['"text"', /not a JSON object/],
  ['[]', /not a JSON object/],
  ['null', /not a JSON object/],
  [{}, /statusCode/],
  [{ statusCode: '200' }, /statusCode/],
  [{ statusCode: 101 }, /statusCode/],
  [{ statusCode: 600 }, /statusCode/],
  [{ statusCode: 200.5 }, /statusCode/],
  [{ statusCode: 200, body: {} }, /body is not a string/],
  [{ statusCode: 200, body: '!', isBase64Encoded: true }, /body is not base64/],
  [{ statusCode: 200, isBase64Encoded: 'true' }, /isBase64Encoded/],
  [{ statusCode: 200, headers: [] }, /headers is not an object/],
  [{ statusCode: 200, headers: { 'a b': '1' } }, /header name "a b"/],
  [{ statusCode: 200, headers: { a: 'b\r\nc: d' } }, /control characters/],
  [{ statusCode: 200, headers: { a: ['b', {}] } }, /value of the header a is not a string/],
  [{ statusCode: 200, headers: { a: 'x'.repeat(70_000) } }, /headers are too long/],
];
for (const [value, problem] of wrong)
  test(`parseFunctionResponse() refuses ${JSON.stringify(value).slice(0, 100)}`, () => {
    const response = parse(value);
    assert.ok(typeof response === 'string');
    assert.match(response, problem);
  });
