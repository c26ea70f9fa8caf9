// Heads of requests: what is refused, what goes to the target, and that no other parser reads another message.

import assert from 'node:assert/strict';
import { createServer, type IncomingMessage } from 'node:http';
import { Duplex } from 'node:stream';
import { test } from 'node:test';
import fc from 'fast-check';
import { ChunkedBody, emptyBody, LengthBody } from './body.ts';
import { findHeader } from './header-lines.ts';
import { parseRequestHead } from './request-head.ts';

const start = 'GET / HTTP/1.1\r\nhost: a\r\n';

function good(text: string) {
  const head = parseRequestHead(text);
  assert.ok(!('reason' in head), JSON.stringify({ text, head }));
  return head;
}

const refused: readonly (readonly [string, number, string])[] = [
  ['', 400, 'malformed request line'],
  ['GET\r\n', 400, 'malformed request line'],
  ['GET /\r\n', 400, 'malformed request line'],
  ['GET  / HTTP/1.1\r\nhost: a\r\n', 400, 'malformed request line'],
  ['GET / HTTP/1.1 \r\nhost: a\r\n', 400, 'malformed request line'],
  [' GET / HTTP/1.1\r\nhost: a\r\n', 400, 'malformed request line'],
  ['GET / http/1.1\r\nhost: a\r\n', 400, 'malformed request line'],
  ['GET / HTTP/11\r\nhost: a\r\n', 400, 'malformed request line'],
  ['G(T / HTTP/1.1\r\nhost: a\r\n', 400, 'malformed request line'],
  ['GET /\x7f HTTP/1.1\r\nhost: a\r\n', 400, 'malformed request line'],
  ['GET /\xe4 HTTP/1.1\r\nhost: a\r\n', 400, 'malformed request line'],
  ['PRI * HTTP/2.0\r\n', 505, 'a version other than HTTP/1.0 and HTTP/1.1'],
  ['GET / HTTP/0.9\r\nhost: a\r\n', 505, 'a version other than HTTP/1.0 and HTTP/1.1'],
  ['CONNECT / HTTP/1.1\r\nhost: a\r\n', 501, 'CONNECT is not for services'],
  ['CONNECT a:443 HTTP/1.1\r\nhost: a\r\n', 501, 'CONNECT is not for services'],
  ['GET a HTTP/1.1\r\nhost: a\r\n', 400, 'malformed request target'],
  ['GET * HTTP/1.1\r\nhost: a\r\n', 400, 'target * is for OPTIONS'],
  ['GET ftp://a/ HTTP/1.1\r\nhost: a\r\n', 400, 'malformed request target'],
  ['GET http:/// HTTP/1.1\r\nhost: a\r\n', 400, 'malformed request target'],
  ['GET http://u@a/ HTTP/1.1\r\nhost: a\r\n', 400, 'malformed request target'],
  ['GET /#x HTTP/1.1\r\nhost: a\r\n', 400, 'fragment in the request target'],
  ['GET / HTTP/1.1\r\n', 400, 'Host missing'],
  ['GET / HTTP/1.0\r\n', 400, 'Host missing'],
  [`${start}HOST: a\r\n`, 400, 'Host given twice'],
  ['GET / HTTP/1.1\r\nhost: a b\r\n', 400, 'malformed Host'],
  ['GET / HTTP/1.1\r\nhost: a/b\r\n', 400, 'malformed Host'],
  ['GET / HTTP/1.1\r\nhost: a\xa0\r\n', 400, 'malformed Host'],
  [`${start}a\r\n`, 400, 'malformed header line'],
  [`${start}: b\r\n`, 400, 'malformed header line'],
  [`${start}a : b\r\n`, 400, 'malformed header line'],
  [`${start}a\tb: c\r\n`, 400, 'malformed header line'],
  [`${start} a: b\r\n`, 400, 'malformed header line'],
  [`${start}a: b\r\n c\r\n`, 400, 'malformed header line'],
  [`${start}a: b\rc\r\n`, 400, 'malformed header line'],
  [`${start}a: b\nc: d\r\n`, 400, 'malformed head'],
  [`${start}a: b\0\r\n`, 400, 'malformed head'],
  [`${start}a: \x7f\r\n`, 400, 'malformed header line'],
  [`${start}\xe4: b\r\n`, 400, 'malformed header line'],
  [`${start}${'a: b\r\n'.repeat(100)}`, 400, 'too many headers'],
  [`${start}expect: 200-ok\r\n`, 417, 'unknown expectation'],
  [`${start}expect: 100-continue\r\nconnection: Expect\r\n`, 400, 'Connection names a header that must stay'],
  [`${start}content-length: 1\r\ncontent-length: 1\r\n`, 400, 'Content-Length given twice'],
  [`${start}content-length: 1, 1\r\n`, 400, 'malformed Content-Length'],
  [`${start}content-length: +1\r\n`, 400, 'malformed Content-Length'],
  [`${start}content-length: 0x1\r\n`, 400, 'malformed Content-Length'],
  [`${start}content-length: 1\xa0\r\n`, 400, 'malformed Content-Length'],
  [`${start}content-length:\r\n`, 400, 'malformed Content-Length'],
  [`${start}content-length: 9999999999999999\r\n`, 400, 'malformed Content-Length'],
  [`${start}content-length: 1\r\ntransfer-encoding: chunked\r\n`, 400, 'both Content-Length and Transfer-Encoding'],
  [`${start}transfer-encoding: chunked\r\ntransfer-encoding: chunked\r\n`, 400, 'Transfer-Encoding given twice'],
  [`${start}transfer-encoding: chunked\xa0\r\n`, 501, 'transfer coding other than chunked'],
  [`${start}transfer-encoding: gzip, chunked\r\n`, 501, 'transfer coding other than chunked'],
  [`${start}transfer-encoding: identity\r\n`, 501, 'transfer coding other than chunked'],
  [`${start}transfer-encoding:\r\n`, 501, 'transfer coding other than chunked'],
  ['GET / HTTP/1.0\r\nhost: a\r\ntransfer-encoding: chunked\r\n', 400, 'Transfer-Encoding in HTTP/1.0'],
  [`${start}connection: close, content-length\r\n`, 400, 'Connection names a header that must stay'],
  [`${start}connection: Transfer-Encoding\r\n`, 400, 'Connection names a header that must stay'],
];

test('parseRequestHead() refuses what could be read in two ways', () => {
  for (const [text, status, reason] of refused)
    assert.partialDeepStrictEqual(parseRequestHead(text), { status, reason }, JSON.stringify(text));
});

/** Header lines after `host: a`, and those of them that reach the target. */
const forwarded: readonly (readonly [string, string])[] = [
  ['', ''],
  ['Accept:  x \r\nA:\r\n', 'Accept:  x \r\nA:\r\n'],
  ['content-length: 5\r\n', 'content-length: 5\r\n'],
  ['Transfer-Encoding:chunked\r\n', 'Transfer-Encoding:chunked\r\n'],
  ['Transfer-Encoding: Chunked\r\nz: 1\r\n', 'z: 1\r\ntransfer-encoding: chunked\r\n'],
  ['content-length: 007\t\r\nz: 1\r\n', 'z: 1\r\ncontent-length: 7\r\n'],
  ['expect: 100-continue\r\n', 'expect: 100-continue\r\n'],
  ['a: 1\r\nConnection: close\r\nb: 2\r\n', 'a: 1\r\nb: 2\r\n'],
  ['connection: x-a, X-B , keep-alive\r\nx-a: 1\r\nX-b: 2\r\nx-c: 3\r\n', 'x-c: 3\r\n'],
  ['connection: x-a\r\nconnection: x-b\r\nx-a: 1\r\nx-b: 2\r\n', ''],
  [
    'Keep-Alive: timeout=5\r\nProxy-Connection: close\r\nTE: gzip\r\nTrailer: a\r\nUpgrade: h2c\r\nz: 1\r\n',
    'Trailer: a\r\nz: 1\r\n',
  ],
  ['X-Forwarded-For: 1.1.1.1\r\nx-forwarded-proto: https\r\nx-forwarded-port: 1\r\n', ''],
  ['x-forwarded-for-port: 1\r\nx-forwarded-for-proto: 1\r\nx-forwarded-host: kept\r\n', 'x-forwarded-host: kept\r\n'],
  ['X-Amzn-Lattice-Identity: Principal=root\r\nx-amzn-lattice-identity-tags: a\r\n', ''],
  ['x-amzn-lattice-network: a\r\nx-amzn-lattice-target: a\r\nX-AMZN-SOURCE-VPC: a\r\nx-amzn-requestid: 1\r\n', ''],
  ['X_Amzn_Lattice_Identity: Principal=root\r\nx-amzn-lattice_identity-tags: a\r\nX_AMZN_SOURCE_VPC: a\r\n', ''],
  [
    'x_forwarded_for: 1.1.1.1\r\nx_forwarded-proto: https\r\nx_amzn_requestid: 1\r\nx_amzn: kept\r\n',
    'x_amzn: kept\r\n',
  ],
  ['x-amzn-requestidx: kept\r\nxxamzn-requestid: kept\r\n', 'x-amzn-requestidx: kept\r\nxxamzn-requestid: kept\r\n'],
  ['cookie: \xe4\xff\t\r\n', 'cookie: \xe4\xff\t\r\n'],
];

test('parseRequestHead() forwards the lines as they came but for those of one hop and those of the proxy', () => {
  for (const [lines, expected] of forwarded) {
    assert.equal(good(start + lines).forward, `host: a\r\n${expected}`, JSON.stringify(lines));
    // The same with Host last; a framing line that is written anew comes after it.
    const { forward } = good(`GET / HTTP/1.1\r\n${lines}host: a\r\n`);
    const sorted = (text: string): string => text.split('\r\n').sort().join();
    assert.equal(sorted(forward), sorted(`${expected}host: a\r\n`), JSON.stringify(lines));
  }
});

test('parseRequestHead() takes the authority of an absolute target for Host, also where rules look for it', () => {
  const head = good('GET HTTP://b:80?x=1 HTTP/1.1\r\nhost: a\r\nz: 1\r\n');
  assert.equal(head.host, 'b:80');
  assert.equal(head.target, '/?x=1');
  assert.equal(head.path, '/');
  assert.equal(head.forward, 'host: b:80\r\nz: 1\r\n');
  assert.equal(findHeader(head.lines, 'host'), 'b:80');
});

test('parseRequestHead() says what the engine must know', () => {
  const head = good(
    'POST /a?b#'.slice(0, -1) +
      ' HTTP/1.1\r\nHost:\ta \r\nUser-Agent: x\r\nContent-Length: 007\r\nExpect: 100-Continue\r\nx-amzn-requestid: ' +
      `${'r'.repeat(600)}\r\nx-forwarded-for: 1\r\nX-Forwarded-For: 2\r\n`,
  );
  const { method, target, path, minor, host, contentLength, chunked, keepAlive, expectContinue, userAgent } = head;
  assert.deepEqual(
    { method, target, path, minor, host, contentLength, chunked, keepAlive, expectContinue, userAgent },
    {
      ...{ method: 'POST', target: '/a?b', path: '/a', minor: 1, host: 'a', contentLength: 7, chunked: false },
      ...{ keepAlive: true, expectContinue: true, userAgent: 'x' },
    },
  );
  assert.equal(head.requestId.length, 512);
  assert.equal(head.forwardedFor, '1, 2');
  const kept = (line: string): boolean => good(line).keepAlive;
  assert.equal(kept('GET / HTTP/1.0\r\nhost: a\r\n'), false);
  assert.equal(kept('GET / HTTP/1.0\r\nhost: a\r\nconnection: Keep-Alive\r\n'), true);
  assert.equal(kept(`${start}connection: foo,\tClose\r\n`), false);
  assert.equal(good('GET / HTTP/1.0\r\nhost: a\r\nexpect: 100-continue\r\n').expectContinue, false);
});

interface Message {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly body: string;
}

/** What node:http reads in `bytes`: its requests, and whether it was content with all of them. */
async function readByNode(bytes: string): Promise<{ readonly messages: readonly Message[]; readonly clean: boolean }> {
  const messages: Message[] = [];
  let clean = true;
  const server = createServer({ requireHostHeader: false }, (request: IncomingMessage, response) => {
    let body = '';
    request.on('data', (data: Buffer) => (body += data.toString('latin1')));
    request.on('end', () => {
      messages.push({ method: request.method, url: request.url, body });
      response.end();
    });
  });
  server.on('checkContinue', (request, response) => server.emit('request', request, response));
  server.on('clientError', (_error, socket) => {
    clean = false;
    socket.destroy();
  });
  const stream = new Duplex({ read() {}, write: (_chunk, _encoding, done) => done() });
  server.emit('connection', stream);
  stream.push(Buffer.from(bytes, 'latin1'));
  stream.push(null);
  for (let turn = 0; turn < 8; turn++) await new Promise(setImmediate);
  stream.destroy();
  return { messages, clean };
}

const pieces = fc.constantFrom(
  ...['content-length', 'Content-Length', 'transfer-encoding', 'Transfer-Encoding', 'connection', 'x', 'Expect'],
  ...[': ', ':', ' : ', ':\t', '\r\n', '\r\n', '\r\n', '\n', '\r', ' ', '\t', '\xa0', '\0', ',', '\x0b', '\x0c'],
  ...['5', '0', '5', 'chunked', 'Chunked', 'identity', 'gzip', 'close', 'keep-alive', 'content-length', '100-continue'],
);
const line = fc
  .tuple(
    fc.constantFrom('content-length', 'Transfer-Encoding', 'connection', 'x', 'Content-Length', 'transfer-encoding'),
    fc.constantFrom(':', ': ', ' :', ':\t', ':\xa0'),
    fc.constantFrom(
      '5',
      'chunked',
      '0',
      'close',
      '5 ',
      'chunked\xa0',
      '5\x0b',
      '5, 5',
      'x',
      ' chunked\t',
      'cHUNKED',
      '',
    ),
    fc.constantFrom('\r\n', '\r\n', '\r\n', '\n', '\r', '\r\n '),
  )
  .map((parts) => parts.join(''));
const heads = fc
  .array(fc.oneof({ weight: 3, arbitrary: line }, { weight: 1, arbitrary: pieces }), { maxLength: 5 })
  .map((parts) => parts.join(''));

test('what parseRequestHead() accepts is the same message, and no second one, for node:http', async () => {
  let accepted = 0;
  await fc.assert(
    fc.asyncProperty(
      heads,
      fc.constantFrom('hello', '5\r\nhello\r\n0\r\n\r\n', '0\r\n\r\n', ''),
      async (lines, payload) => {
        const text = `POST /first HTTP/1.1\r\nhost: a\r\n${lines.endsWith('\r\n') || lines === '' ? lines : `${lines}\r\n`}`;
        const head = parseRequestHead(text);
        if ('reason' in head) return;
        const body = head.chunked
          ? new ChunkedBody()
          : head.contentLength > 0
            ? new LengthBody(head.contentLength)
            : emptyBody;
        const bytes = Buffer.from(payload);
        const end = body.consume(bytes, 0);
        if (end < 0 || !body.done) return;
        accepted++;
        const sent = `POST /first HTTP/1.1\r\n${head.forward}\r\n${bytes.toString('latin1', 0, end)}`;
        const { messages, clean } = await readByNode(`${sent}GET /second HTTP/1.1\r\nhost: a\r\n\r\n`);
        const data = head.chunked && end > 5 ? 'hello' : head.contentLength > 0 ? payload.slice(0, end) : '';
        assert.deepEqual(messages[0], { method: 'POST', url: '/first', body: data }, JSON.stringify(text));
        assert.deepEqual(messages.slice(1), [{ method: 'GET', url: '/second', body: '' }], JSON.stringify(text));
        assert.ok(clean);
      },
    ),
    { numRuns: 400 },
  );
  assert.ok(accepted > 20, `only ${accepted} heads were accepted`);
});
