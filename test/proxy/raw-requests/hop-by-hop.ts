// Headers of one hop: Connection and what it names, TE, Upgrade, Expect.

import { HOST } from '../../../src/proxy/snapshot-sample.ts';
import { head, pass, refuse, type Row } from './row.ts';

const plain = head('GET /');
const webSocket = ['upgrade: websocket', 'connection: upgrade'];

/** Rows about headers that end at the proxy. */
export const hopByHop: readonly Row[] = [
  pass('Connection: keep-alive', head('GET /', 'connection: keep-alive', 'keep-alive: timeout=5'), plain, {
    rules: ['hopByHop'],
  }),
  pass('Connection: close', head('GET /', 'a: b', 'connection: close', 'c: d'), head('GET /', 'a: b', 'c: d'), {
    rules: ['hopByHop'],
    ends: true,
  }),
  pass('Connection: Close among others', head('GET /', 'connection: a,\tClose ,b'), plain, { ends: true }),
  pass('Connection twice', head('GET /', 'connection: x-a', 'x-b: 1', 'connection: close, x-b'), plain, { ends: true }),
  pass(
    'a header that Connection names',
    head('GET /', 'x-a: 1', 'Connection: X-A', 'x-A: 2', 'x-b: 3'),
    head('GET /', 'x-b: 3'),
    {
      rules: ['hopByHop'],
    },
  ),
  pass('Connection that names what is not there', head('GET /', 'connection: x-none, , "x"'), plain),
  pass('an empty Connection', head('GET /', 'connection:'), plain),
  pass(
    'Connection that names an identity',
    head('GET /', 'connection: x-forwarded-for, x-amzn-lattice-identity'),
    plain,
  ),
  pass('Proxy-Connection', head('GET /', 'Proxy-Connection: keep-alive'), plain, { rules: ['hopByHop'] }),
  pass('Trailer, which is no header of one hop', head('GET /', 'trailer: x-sum')),
  pass(
    'TE: trailers',
    head('GET /', 'te: trailers', 'connection: te'),
    head('GET /', 'te: trailers', 'connection: te'),
    {
      rules: ['te'],
    },
  ),
  pass(
    'TE without its Connection',
    head('GET /', 'TE: gzip;q=0.5, Trailers'),
    head('GET /', 'te: trailers', 'connection: te'),
    {
      rules: ['te'],
    },
  ),
  pass('TE of codings', head('GET /', 'te: gzip, deflate;q=0.5', 'a: b'), head('GET /', 'a: b'), { rules: ['te'] }),
  pass(
    'WebSocket',
    head('GET /', ...webSocket, 'sec-websocket-key: x'),
    head('GET /', 'sec-websocket-key: x', ...webSocket),
    {
      rules: ['upgrade'],
    },
  ),
  pass(
    'WebSocket among other protocols',
    head('GET /', 'Upgrade: foo/1, WebSocket', 'Connection: Upgrade'),
    head('GET /', ...webSocket),
    {
      rules: ['upgrade'],
    },
  ),
  pass(
    'WebSocket with TE',
    head('GET /', 'upgrade: websocket', 'connection: upgrade, te', 'te: trailers'),
    head('GET /', ...webSocket, 'te: trailers', 'connection: te'),
    {
      rules: ['upgrade', 'te'],
    },
  ),
  pass(
    'h2c',
    head('GET /', 'upgrade: h2c', 'connection: upgrade, http2-settings', 'http2-settings: AAMAAABkAAQAAP__'),
    plain,
    {
      rules: ['upgrade'],
    },
  ),
  pass('Upgrade that Connection does not name', head('GET /', 'upgrade: websocket'), plain, { rules: ['upgrade'] }),
  pass('Connection: upgrade alone', head('GET /', 'connection: upgrade'), plain),
  pass(
    'WebSocket with a body',
    `${head('POST /', 'content-length: 5', ...webSocket)}hello`,
    `${head('POST /', 'content-length: 5')}hello`,
    { rules: ['upgrade'] },
  ),
  pass(
    'a GET for WebSocket with a body',
    `${head('GET /', 'content-length: 5', ...webSocket)}hello`,
    `${head('GET /', 'content-length: 5')}hello`,
    { rules: ['upgrade'] },
  ),
  pass('WebSocket in HTTP/1.0', `GET / HTTP/1.0\r\nhost: ${HOST}\r\n${webSocket.join('\r\n')}\r\n\r\n`, plain, {
    rules: ['upgrade', 'version'],
    ends: true,
  }),
  pass('Expect with a body', `${head('POST /', 'content-length: 5', 'Expect: 100-Continue')}hello`),
  pass('Expect without a body', head('GET /', 'expect: 100-continue')),
  pass('an empty Expect', head('GET /', 'expect: '), plain, { rules: ['expectOld'] }),
  pass(
    'Expect in HTTP/1.0',
    `POST / HTTP/1.0\r\nhost: ${HOST}\r\nexpect: 100-continue\r\ncontent-length: 5\r\n\r\nhello`,
    `${head('POST /', 'content-length: 5')}hello`,
    { rules: ['expectOld', 'version'], ends: true },
  ),

  refuse('Connection that names Host', head('GET /', 'connection: host'), 'connectionOption'),
  refuse(
    'Connection that names Content-Length',
    `${head('POST /', 'connection: close, Content-Length', 'content-length: 5')}hello`,
    'connectionOption',
  ),
  refuse(
    'Connection that names Transfer-Encoding',
    `${head('POST /', 'transfer-encoding: chunked', 'connection: transfer-encoding')}0\r\n\r\n`,
    'connectionOption',
  ),
  refuse('another expectation', head('GET /', 'expect: 200-ok'), 'expectation'),
  refuse('another expectation beside the known one', head('GET /', 'expect: 100-continue, x'), 'expectation'),
];
