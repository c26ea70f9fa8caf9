// Heads of responses: what is refused of a target, and what its client gets.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseResponseHead, type ResponseHead } from './response-head.ts';

function good(text: string): ResponseHead {
  const head = parseResponseHead(text);
  return 'reason' in head ? assert.fail(`${head.reason}: ${JSON.stringify(text)}`) : head;
}

const ok = 'HTTP/1.1 200 OK\r\n';

test('parseResponseHead() refuses what could be read in two ways', () => {
  const refused: readonly (readonly [string, string])[] = [
    ['', 'malformed status line'],
    ['HTTP/1.1 20 OK\r\n', 'malformed status line'],
    ['HTTP/1.1 2000 OK\r\n', 'malformed status line'],
    ['HTTP/1.1  200 OK\r\n', 'malformed status line'],
    ['HTTP/1.1 099 OK\r\n', 'malformed status line'],
    ['HTTP/2 200\r\n', 'malformed status line'],
    ['SSH-2.0-OpenSSH\r\n', 'malformed status line'],
    ['HTTP/1.1 200 a\nb\r\n', 'malformed head'],
    [`${ok}a : b\r\n`, 'malformed header line'],
    [`${ok}a: b\r\n c\r\n`, 'malformed header line'],
    [`${ok}a: b\nc: d\r\n`, 'malformed head'],
    [`${ok}a: b\0\r\n`, 'malformed head'],
    [`${ok}content-length: 5\r\ncontent-length: 6\r\n`, 'malformed Content-Length'],
    [`${ok}content-length: 5, 5\r\n`, 'malformed Content-Length'],
    [`${ok}content-length: 5\xa0\r\n`, 'malformed Content-Length'],
    [`${ok}content-length: -5\r\n`, 'malformed Content-Length'],
    [`${ok}transfer-encoding: gzip\r\n`, 'transfer coding other than chunked'],
    [`${ok}transfer-encoding: chunked\xa0\r\n`, 'transfer coding other than chunked'],
    [`${ok}transfer-encoding: chunked\r\ntransfer-encoding: chunked\r\n`, 'Transfer-Encoding given twice'],
    [`${ok}transfer-encoding: chunked\r\ncontent-length: 5\r\n`, 'both Content-Length and Transfer-Encoding'],
    ['HTTP/1.0 200 OK\r\ntransfer-encoding: chunked\r\n', 'Transfer-Encoding in HTTP/1.0'],
  ];
  for (const [text, reason] of refused)
    assert.partialDeepStrictEqual(parseResponseHead(text), { status: 502, reason }, JSON.stringify(text));
});

test('parseResponseHead() forwards the lines as they came but for those of one hop and the request id', () => {
  const forwarded: readonly (readonly [string, string])[] = [
    ['', ''],
    ['Server:  x \r\nSet-Cookie: a\r\nset-cookie: b\r\n', 'Server:  x \r\nSet-Cookie: a\r\nset-cookie: b\r\n'],
    ['a: 1\r\nConnection: x-a\r\nX-A: 1\r\nKeep-Alive: timeout=5\r\nb: 2\r\n', 'a: 1\r\nb: 2\r\n'],
    ['connection: content-length, transfer-encoding\r\ncontent-length: 5\r\n', 'content-length: 5\r\n'],
    ['content-length: 5\r\na: 1\r\nContent-Length: 5\r\nb: 2\r\n', 'content-length: 5\r\na: 1\r\nb: 2\r\n'],
    ['transfer-encoding: Chunked\r\n', 'transfer-encoding: Chunked\r\n'],
    ['Upgrade: h2c\r\nTE: trailers\r\nProxy-Connection: close\r\nX-Amzn-RequestId: 1\r\n', ''],
    ['x-amzn-requestidx: 1\r\n', 'x-amzn-requestidx: 1\r\n'],
  ];
  for (const [lines, expected] of forwarded) assert.equal(good(ok + lines).forward, expected, JSON.stringify(lines));
  assert.equal(
    good('HTTP/1.1 204 No Content\r\ncontent-length: 5\r\na: 1\r\ntransfer-encoding-x: 1\r\n').forward,
    'a: 1\r\ntransfer-encoding-x: 1\r\n',
  );
});

test('parseResponseHead() says what the engine must know', () => {
  const of = (text: string): unknown[] => {
    const { status, statusText, minor, contentLength, chunked, keepAlive } = good(text);
    return [status, statusText, minor, contentLength, chunked, keepAlive];
  };
  assert.deepEqual(of('HTTP/1.1 200\r\n'), [200, '200 ', 1, -1, false, true]);
  assert.deepEqual(of('HTTP/1.1 404 \xe4 b\r\ncontent-length: 0\r\n'), [404, '404 \xe4 b', 1, 0, false, true]);
  assert.deepEqual(of('HTTP/1.0 200 OK\r\n'), [200, '200 OK', 0, -1, false, false]);
  assert.deepEqual(of('HTTP/1.0 200 OK\r\nconnection: Keep-Alive\r\n'), [200, '200 OK', 0, -1, false, true]);
  assert.deepEqual(of(`${ok}connection: a, close\r\ntransfer-encoding:\tchunked\r\n`), [
    200,
    '200 OK',
    1,
    -1,
    true,
    false,
  ]);
});
