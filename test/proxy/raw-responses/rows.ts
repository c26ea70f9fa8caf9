// The table of raw responses.

import type { responseNormalisations, responseRefusals } from '../../../src/proxy/http1/rules.ts';
import { HOST } from '../../../src/proxy/snapshot-sample.ts';
import { head } from '../raw-requests/row.ts';

/** The id that every request gets. */
export const ID = '00000000-0000-4000-8000-000000000000';
/** Its line. */
export const id = `x-amzn-requestid: ${ID}\r\n`;
const close = 'connection: close\r\n';
/** The beginning of most responses. */
export const ok = 'HTTP/1.1 200 OK\r\n';

/** One response and what becomes of it. */
export interface Row {
  readonly name: string;
  readonly request?: string;
  readonly send: string;
  /** Whether the target closes after `send`. */
  readonly closes?: true;
  /** What the client gets; `undefined`: a refusal by `refused`. */
  readonly gets?: string;
  readonly refused?: keyof typeof responseRefusals;
  readonly shows?: keyof typeof responseNormalisations;
  /** How the client's connection ends; without it another request is answered on it. */
  readonly end?: 'fin' | 'reset';
}

/** The request of most rows. */
export const get = head('GET /');
const old = `GET / HTTP/1.0\r\nhost: ${HOST}\r\n\r\n`;

/** A response that passes but for the request id. */
function same(name: string, lines: string, body: string, request = get): Row {
  return { name, request, send: `${ok}${lines}\r\n${body}`, gets: `${ok}${lines}${id}\r\n${body}` };
}

function refused(name: string, send: string, rule: keyof typeof responseRefusals): Row {
  return { name, send, refused: rule, closes: true };
}

/** The table. */
export const rows: readonly Row[] = [
  same('a length', 'content-length: 2\r\n', 'ok'),
  same('no body', 'Content-Length: 0\r\n', ''),
  same('names, blanks and repeats as they are', 'Set-Cookie:  a \r\nset-cookie:b\r\ncontent-length: 1\r\n', 'x'),
  same('bytes beyond ASCII', 'server: \xe4\r\ncontent-length: 3\r\n', '\0\xff\n'),
  same('a body that looks like a response', 'content-length: 19\r\n', 'HTTP/1.1 500 Bad\r\n\r'),
  same('chunks', 'transfer-encoding: chunked\r\n', '1;a=b\r\nx\r\nA\r\n0123456789\r\n0\r\n\r\n'),
  same('trailers', 'trailer: x-sum\r\ntransfer-encoding: chunked\r\n', '0\r\nx-sum: 1\r\n\r\n'),
  same('HEAD with a length', 'content-length: 5000\r\n', '', head('HEAD /')),
  same('HEAD with chunks', 'transfer-encoding: chunked\r\n', '', head('HEAD /')),
  same('a body of 30 KB', 'content-length: 30000\r\n', 'x'.repeat(30_000)),
  {
    name: 'no reason',
    send: 'HTTP/1.1 200\r\ncontent-length: 0\r\n\r\n',
    gets: `HTTP/1.1 200 \r\ncontent-length: 0\r\n${id}\r\n`,
  },
  {
    name: 'a status nobody knows',
    send: 'HTTP/1.1 799 \xe4 b\r\ncontent-length: 0\r\n\r\n',
    gets: `HTTP/1.1 799 \xe4 b\r\ncontent-length: 0\r\n${id}\r\n`,
  },
  {
    name: '304 with the length of what is not sent',
    send: 'HTTP/1.1 304 Not Modified\r\ncontent-length: 5\r\n\r\n',
    gets: `HTTP/1.1 304 Not Modified\r\ncontent-length: 5\r\n${id}\r\n`,
  },
  {
    name: '204 with a length',
    send: 'HTTP/1.1 204 No Content\r\ncontent-length: 0\r\na: b\r\n\r\n',
    gets: `HTTP/1.1 204 No Content\r\na: b\r\n${id}\r\n`,
    shows: 'noContent',
  },
  {
    name: 'one length twice',
    send: `${ok}content-length: 2\r\na: b\r\nContent-Length: 2\r\n\r\nok`,
    gets: `${ok}content-length: 2\r\na: b\r\n${id}\r\nok`,
    shows: 'lengthTwice',
  },
  {
    name: 'hop-by-hop headers',
    send: `${ok}Connection: x-a, keep-alive\r\nx-a: 1\r\nkeep-alive: timeout=5\r\nproxy-connection: close\r\nte: a\r\nupgrade: h2c\r\ncontent-length: 0\r\n\r\n`,
    gets: `${ok}content-length: 0\r\n${id}\r\n`,
    shows: 'hopByHop',
  },
  {
    name: 'Connection that names the length',
    send: `${ok}connection: content-length\r\ncontent-length: 2\r\n\r\nok`,
    gets: `${ok}content-length: 2\r\n${id}\r\nok`,
  },
  {
    name: 'Connection: close of the target alone',
    send: `${ok}connection: close\r\ncontent-length: 2\r\n\r\nok`,
    gets: `${ok}content-length: 2\r\n${id}\r\nok`,
    shows: 'hopByHop',
    closes: true,
  },
  {
    name: 'a request id of the target',
    send: `${ok}X-Amzn-RequestId: theirs\r\ncontent-length: 0\r\n\r\n`,
    gets: `${ok}content-length: 0\r\n${id}\r\n`,
    shows: 'requestId',
  },
  {
    name: 'HTTP/1.0 with a length',
    send: 'HTTP/1.0 200 OK\r\ncontent-length: 2\r\n\r\nok',
    gets: `${ok}content-length: 2\r\n${id}\r\nok`,
    shows: 'version',
  },
  {
    name: 'until the end',
    send: `${ok}\r\nall there is`,
    closes: true,
    gets: `${ok}${id}${close}\r\nall there is`,
    end: 'fin',
  },
  {
    name: 'HTTP/1.0 until the end',
    send: 'HTTP/1.0 200 OK\r\n\r\nall',
    closes: true,
    gets: `${ok}${id}${close}\r\nall`,
    shows: 'version',
    end: 'fin',
  },
  {
    name: '103',
    send: `HTTP/1.1 103 Early Hints\r\nlink: a\r\n\r\n${ok}content-length: 0\r\n\r\n`,
    gets: `HTTP/1.1 103 Early Hints\r\nlink: a\r\n\r\n${ok}content-length: 0\r\n${id}\r\n`,
  },
  {
    name: '100 that nobody expects',
    send: `HTTP/1.1 100 Continue\r\n\r\n${ok}content-length: 0\r\n\r\n`,
    gets: `${ok}content-length: 0\r\n${id}\r\n`,
    shows: 'interim',
  },
  {
    name: '103 with a length',
    send: `HTTP/1.1 103 Early Hints\r\ncontent-length: 5\r\n\r\n${ok}content-length: 0\r\n\r\n`,
    gets: `HTTP/1.1 103 Early Hints\r\n\r\n${ok}content-length: 0\r\n${id}\r\n`,
    shows: 'noContent',
  },
  {
    name: '103 for HTTP/1.0',
    request: old,
    send: `HTTP/1.1 103 Early Hints\r\n\r\n${ok}content-length: 0\r\n\r\n`,
    gets: `${ok}content-length: 0\r\n${id}${close}\r\n`,
    shows: 'interim',
    end: 'fin',
  },
  {
    name: 'chunks for HTTP/1.0',
    request: old,
    send: `${ok}Trailer: x\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n2;x=y\r\nbc\r\n0\r\nx: 1\r\n\r\n`,
    gets: `${ok}${id}${close}\r\nabc`,
    shows: 'chunksOld',
    end: 'fin',
  },
  {
    name: 'bytes behind the response',
    send: `${ok}content-length: 2\r\n\r\nokHTTP/1.1 500 Smuggled\r\n\r\n`,
    gets: `${ok}content-length: 2\r\n${id}\r\nok`,
  },
  {
    name: 'a second response at once',
    send: `${ok}content-length: 0\r\n\r\n${ok}content-length: 3\r\n\r\nbad`,
    gets: `${ok}content-length: 0\r\n${id}\r\n`,
  },
  {
    name: 'a body that breaks off',
    send: `${ok}content-length: 5\r\n\r\nab`,
    closes: true,
    gets: `${ok}content-length: 5\r\n${id}\r\nab`,
    end: 'reset',
  },
  {
    name: 'chunks that break off',
    send: `${ok}transfer-encoding: chunked\r\n\r\n5\r\nab`,
    closes: true,
    gets: `${ok}transfer-encoding: chunked\r\n${id}\r\n5\r\nab`,
    end: 'reset',
  },

  refused('no HTTP', 'SSH-2.0-OpenSSH\r\n\r\n', 'statusLine'),
  refused('HTTP/2', 'HTTP/2 200\r\n\r\n', 'statusLine'),
  refused('a status of two digits', 'HTTP/1.1 20 OK\r\n\r\n', 'statusLine'),
  refused('a bare LF', 'HTTP/1.1 200 OK\ncontent-length: 0\r\n\r\n', 'headBytes'),
  refused('bare LFs alone', 'HTTP/1.1 200 OK\ncontent-length: 0\n\n', 'headBytes'),
  refused('a NUL', `${ok}a: \0\r\n\r\n`, 'headBytes'),
  refused('a folded line', `${ok}a: b\r\n c\r\n\r\n`, 'headerLine'),
  refused('a space before the colon', `${ok}content-length : 0\r\n\r\n`, 'headerLine'),
  refused('headers of 62 KB', `${ok}a: ${'x'.repeat(62_000)}\r\n\r\n`, 'headLong'),
  refused('two lengths', `${ok}content-length: 1\r\ncontent-length: 2\r\n\r\nok`, 'length'),
  refused('a list of lengths', `${ok}content-length: 2, 2\r\n\r\nok`, 'length'),
  refused('gzip', `${ok}transfer-encoding: gzip\r\n\r\n`, 'coding'),
  refused('a tab after the coding', `${ok}transfer-encoding: chunked\t\r\n\r\n0\r\n\r\n`, 'coding'),
  refused(
    'two codings',
    `${ok}transfer-encoding: chunked\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n`,
    'codingTwice',
  ),
  refused('both framings', `${ok}transfer-encoding: chunked\r\ncontent-length: 5\r\n\r\n0\r\n\r\n`, 'codingAndLength'),
  refused('chunks in HTTP/1.0', 'HTTP/1.0 200 OK\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n', 'codingOld'),
  refused('101 unasked', 'HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\n\r\n', 'switched'),
  refused(
    'interim responses without end',
    `HTTP/1.1 102 Processing\r\na: ${'b'.repeat(1000)}\r\n\r\n`.repeat(65),
    'interimMany',
  ),
];

/** Rows whose body breaks: 502 when it comes in one piece, a cut connection when its head has gone on already. */
export const broken: readonly (readonly [name: string, body: string])[] = [
  ['a size in words', 'five\r\nhello\r\n'],
  ['an extension without a name', '5;\r\nhello\r\n'],
  ['no CRLF after data', '1\r\nab\r\n0\r\n\r\n'],
  ['a length as a trailer', '0\r\ncontent-length: 5\r\n\r\n'],
  ['a cookie as a trailer', '0\r\nset-cookie: a=b\r\n\r\n'],
  ['a request id as a trailer', '0\r\nx-amzn-requestid: theirs\r\n\r\n'],
];
