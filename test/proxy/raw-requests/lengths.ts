// Content-Length and Transfer-Encoding, and requests that are hidden where they disagree.

import { HOST } from '../../../src/proxy/snapshot-sample.ts';
import { chunked, head, pass, refuse, type Row } from './row.ts';

const hidden = head('GET /hidden');

/** Rows about which body a head announces. */
export const lengths: readonly Row[] = [
  pass('a body', `${head('POST /', 'content-length: 5')}hello`),
  pass('no body', head('POST /', 'content-length: 0')),
  pass('a POST that says nothing of a body', head('POST /')),
  pass('a GET with a body', `${head('GET /', 'content-length: 5')}hello`),
  pass('a DELETE with a body', `${head('DELETE /', 'content-length: 1')}x`),
  pass('a HEAD with a body', `${head('HEAD /', 'content-length: 1')}x`),
  pass('a body of every byte', `${head('POST /', 'content-length: 256')}${String.fromCharCode(...Array(256).keys())}`),
  pass('a body that looks like a head', `${head('POST /', `content-length: ${hidden.length}`)}${hidden}`),
  pass('a body that looks like the end of chunks', `${head('POST /', 'content-length: 5')}0\r\n\r\n`),
  pass('a body of 50 KB', `${head('PUT /', 'content-length: 50000')}${'x'.repeat(50_000)}`),
  pass('a hidden request in a chunk', chunked(`${hidden.length.toString(16)}\r\n${hidden}\r\n0\r\n\r\n`)),
  pass(
    'zeros before the length',
    `${head('POST /', 'content-length: 0005', 'a: b')}hello`,
    `${head('POST /', 'a: b', 'content-length: 5')}hello`,
    {
      rules: ['framing'],
    },
  ),
  pass(
    'a tab before the length',
    `${head('POST /', 'content-length:\t5')}hello`,
    `${head('POST /', 'content-length: 5')}hello`,
    {
      rules: ['framing'],
    },
  ),
  pass(
    'blanks around the length',
    `${head('POST /', 'content-length:  5 ')}hello`,
    `${head('POST /', 'content-length: 5')}hello`,
    {
      rules: ['framing'],
    },
  ),
  pass('Content-Length in capitals', `${head('POST /', 'CONTENT-LENGTH:5')}hello`),
  pass(
    'a coding in capitals',
    `${head('POST /', 'Transfer-Encoding: CHUNKED', 'a: b')}0\r\n\r\n`,
    `${head('POST /', 'a: b', 'transfer-encoding: chunked')}0\r\n\r\n`,
    {
      rules: ['framing'],
    },
  ),
  pass(
    'a coding after a tab',
    `${head('POST /', 'Transfer-Encoding:\tchunked ')}0\r\n\r\n`,
    `${head('POST /', 'transfer-encoding: chunked')}0\r\n\r\n`,
    {
      rules: ['framing'],
    },
  ),
  pass('a GET in chunks', `${head('GET /', 'transfer-encoding: chunked')}1\r\na\r\n0\r\n\r\n`),
  pass(
    'a body in HTTP/1.0',
    `POST / HTTP/1.0\r\nhost: ${HOST}\r\ncontent-length: 5\r\n\r\nhello`,
    `${head('POST /', 'content-length: 5')}hello`,
    {
      ends: true,
    },
  ),

  refuse(
    'both framings, chunked last',
    `${head('POST /', 'content-length: 5', 'transfer-encoding: chunked')}0\r\n\r\n${hidden}`,
    'codingAndLength',
  ),
  refuse(
    'both framings, the length last',
    `${head('POST /', 'transfer-encoding: chunked', 'content-length: 5')}0\r\n\r\n${hidden}`,
    'codingAndLength',
  ),
  refuse(
    'both framings, a length of 0',
    `${head('POST /', 'transfer-encoding: chunked', 'content-length: 0')}0\r\n\r\n`,
    'codingAndLength',
  ),
  refuse('two lengths', `${head('POST /', 'content-length: 5', 'content-length: 0')}hello`, 'lengthTwice'),
  refuse('one length twice', `${head('POST /', 'content-length: 5', 'Content-Length: 5')}hello`, 'lengthTwice'),
  refuse('a list of lengths', `${head('POST /', 'content-length: 5, 5')}hello`, 'length'),
  refuse('an empty length', head('POST /', 'content-length:'), 'length'),
  refuse('a length with a plus', `${head('POST /', 'content-length: +5')}hello`, 'length'),
  refuse('a negative length', head('POST /', 'content-length: -1'), 'length'),
  refuse('a negative length of 27 digits', head('POST /', 'content-length: -123456789123456789123456789'), 'length'),
  refuse('a length that overflows', head('POST /', 'content-length: 18446744073709551616'), 'length'),
  refuse('a length of 16 digits', head('POST /', 'content-length: 1000000000000000'), 'length'),
  refuse('a hexadecimal length', head('POST /', 'content-length: 0x5'), 'length'),
  refuse('a length with a point', head('POST /', 'content-length: 5.0'), 'length'),
  refuse('a length with an exponent', head('POST /', 'content-length: 1e1'), 'length'),
  refuse('words for a length', head('POST /', 'content-length: abc'), 'length'),
  refuse('a length with a no-break space', head('POST /', 'content-length: 5\xa0'), 'length'),
  refuse('a length with a space within', head('POST /', 'content-length: 5 5'), 'length'),
  refuse('a space before the colon of a length', head('POST /', 'content-length : 5'), 'headerLine'),
  refuse(
    'a space before the colon of a coding',
    `${head('POST /', 'transfer-encoding : chunked')}0\r\n\r\n`,
    'headerLine',
  ),
  refuse('gzip', head('POST /', 'transfer-encoding: gzip'), 'coding'),
  refuse('gzip, chunked', `${head('POST /', 'transfer-encoding: gzip, chunked')}0\r\n\r\n`, 'coding'),
  refuse('chunked, identity', `${head('POST /', 'transfer-encoding: chunked, identity')}0\r\n\r\n`, 'coding'),
  refuse('identity', head('POST /', 'transfer-encoding: identity'), 'coding'),
  refuse('xchunked', `${head('POST /', 'transfer-encoding: xchunked')}0\r\n\r\n`, 'coding'),
  refuse('chunked in quotes', `${head('POST /', 'transfer-encoding: "chunked"')}0\r\n\r\n`, 'coding'),
  refuse('chunked with a parameter', `${head('POST /', 'transfer-encoding: chunked;a=b')}0\r\n\r\n`, 'coding'),
  refuse('chunked after a comma', `${head('POST /', 'transfer-encoding: ,chunked')}0\r\n\r\n`, 'coding'),
  refuse('chunked with a no-break space', `${head('POST /', 'transfer-encoding: chunked\xa0')}0\r\n\r\n`, 'coding'),
  refuse('chunked with a vertical tab', `${head('POST /', 'transfer-encoding: \x0bchunked')}0\r\n\r\n`, 'headerLine'),
  refuse('a tab after the coding', `${head('POST /', 'transfer-encoding: chunked\t')}0\r\n\r\n`, 'coding'),
  refuse('an empty coding', head('POST /', 'transfer-encoding:'), 'coding'),
  refuse('chunked twice in a line', `${head('POST /', 'transfer-encoding: chunked, chunked')}0\r\n\r\n`, 'coding'),
  refuse(
    'chunked on two lines',
    `${head('POST /', 'transfer-encoding: chunked', 'transfer-encoding: chunked')}0\r\n\r\n`,
    'codingTwice',
  ),
  refuse(
    'chunked, then identity',
    `${head('POST /', 'transfer-encoding: chunked', 'Transfer-Encoding: identity')}0\r\n\r\n`,
    'codingTwice',
  ),
  refuse(
    'chunked in HTTP/1.0',
    `POST / HTTP/1.0\r\nhost: ${HOST}\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n`,
    'codingOld',
  ),
];
