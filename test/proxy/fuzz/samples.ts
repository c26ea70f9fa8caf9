// What mutation begins with: the table of raw requests, and responses of every framing.

import { chunks } from '../raw-requests/chunks.ts';
import { headers } from '../raw-requests/headers.ts';
import { hopByHop } from '../raw-requests/hop-by-hop.ts';
import { lengths } from '../raw-requests/lengths.ts';
import { requestLines } from '../raw-requests/request-lines.ts';

const plain = 'GET / HTTP/1.1\r\nhost: a\r\n\r\n';

/** Short raw requests. */
export const requestSamples: readonly [string, ...string[]] = [
  plain,
  ...[...requestLines, ...headers, ...hopByHop, ...lengths, ...chunks]
    .map(({ send }) => send)
    .filter((send) => send.length < 1000),
];

const ok = 'HTTP/1.1 200 OK\r\n';

/** Responses to a GET. */
export const responseSamples: readonly [string, ...string[]] = [
  `${ok}content-length: 5\r\n\r\nhello`,
  `${ok}transfer-encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n`,
  `${ok}Transfer-Encoding: Chunked\r\nx: y\r\n\r\n3;a=b\r\nabc\r\nA\r\n0123456789\r\n0\r\nx-sum: 1\r\n\r\n`,
  `${ok}\r\nuntil the end`,
  `${ok}connection: close\r\n\r\nuntil the end`,
  `${ok}Content-Length: 0\r\nconnection: x-a, keep-alive\r\nx-a: b\r\n\r\n`,
  `${ok}content-length: 5\r\ncontent-length: 5\r\n\r\nhello`,
  'HTTP/1.0 200 OK\r\ncontent-length: 5\r\n\r\nhello',
  'HTTP/1.0 404 Not Found\r\n\r\nno',
  'HTTP/1.1 204 No Content\r\n\r\n',
  'HTTP/1.1 204 No Content\r\ncontent-length: 5\r\n\r\n',
  'HTTP/1.1 304 Not Modified\r\ncontent-length: 5\r\netag: "a"\r\n\r\n',
  'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok',
  'HTTP/1.1 103 Early Hints\r\nlink: a\r\n\r\nHTTP/1.1 500 \r\ncontent-length: 2\r\n\r\nno',
  'HTTP/1.1 200\r\ncontent-length: 1\r\n\r\nx',
  `${ok}upgrade: h2c\r\ncontent-length: 1\r\nserver:  x \r\nset-cookie: a\r\n\r\nx`,
  `${ok}content-length: 20\r\n\r\nHTTP/1.1 200 OK\r\n\r\nhe`,
];
