// Chunked bodies: sizes, extensions, ends and trailers.

import { chunked, head, pass, refuse, type Row } from './row.ts';

const hidden = head('GET /hidden');
/** A chunked head and `good` of its body may have gone on before `bad` is seen. */
function broken(name: string, good: string, bad: string, rule: Parameters<typeof refuse>[2]): Row {
  return refuse(name, chunked(good + bad), rule, chunked(good + bad));
}

/** Rows about bodies in chunks. */
export const chunks: readonly Row[] = [
  pass('no chunk but the last', chunked('0\r\n\r\n')),
  pass('one chunk', chunked('5\r\nhello\r\n0\r\n\r\n')),
  pass('three chunks', chunked('1\r\na\r\n2\r\nbc\r\n3\r\ndef\r\n0\r\n\r\n')),
  pass('sizes in capitals', chunked('A\r\n0123456789\r\n0\r\n\r\n')),
  pass('sizes with zeros', chunked('0005\r\nhello\r\n000\r\n\r\n')),
  pass('13 digits of a size', chunked('0000000000005\r\nhello\r\n0\r\n\r\n')),
  pass('data that looks like the end', chunked('5\r\n0\r\n\r\n\r\n0\r\n\r\n')),
  pass('data that looks like a chunk', chunked('f\r\n5\r\nhello\r\n0\r\n\r\n\r\n0\r\n\r\n')),
  pass('an extension', chunked('5;a=b\r\nhello\r\n0\r\n\r\n')),
  pass('an extension in quotes', chunked('5;a="b;c"\r\nhello\r\n0;z\r\n\r\n')),
  pass('an empty extension', chunked('5;\r\nhello\r\n0\r\n\r\n')),
  pass('a trailer', chunked('5\r\nhello\r\n0\r\nx-sum: 1\r\n\r\n', 'trailer: x-sum')),
  pass('trailers', chunked('0\r\na: 1\r\nB:2\r\nc: \r\n\r\n')),
  pass('a trailer beyond ASCII', chunked('0\r\na: \xe4\r\n\r\n')),
  pass('a trailer named like the head but for a letter', chunked('0\r\nhosts: x\r\ncontent-lengths: 5\r\n\r\n')),
  pass('a chunk of 20 KB', chunked(`4e20\r\n${'x'.repeat(20_000)}\r\n0\r\n\r\n`)),

  broken('no size', '', '\r\nhello\r\n0\r\n\r\n', 'chunkSize'),
  broken('a size in words', '', 'five\r\nhello\r\n', 'chunkSize'),
  broken('a size with 0x', '', '0x5\r\nhello\r\n0\r\n\r\n', 'chunkSize'),
  broken('a negative size', '', '-1\r\n\r\n', 'chunkSize'),
  broken('a size with a plus', '', '+5\r\nhello\r\n0\r\n\r\n', 'chunkSize'),
  broken('a size of 14 digits', '', '00000000000005\r\nhello\r\n0\r\n\r\n', 'chunkSize'),
  broken('a size that overflows', '', 'fffffffffffffffff\r\nhello\r\n', 'chunkSize'),
  broken('a space before a size', '', ' 5\r\nhello\r\n0\r\n\r\n', 'chunkSize'),
  broken('a space after a size', '', '5 \r\nhello\r\n0\r\n\r\n', 'chunkSize'),
  broken('a tab before an extension', '', '5\t;a\r\nhello\r\n0\r\n\r\n', 'chunkSize'),
  broken('a bare LF after a size', '', '5\nhello\r\n0\r\n\r\n', 'chunkSize'),
  broken('a bare CR after a size', '', '5\rhello\r\n0\r\n\r\n', 'chunkSize'),
  broken('a bare LF in an extension', '', `5;a\nhello\r\n0\r\n\r\n${hidden}`, 'chunkExtension'),
  broken('a NUL in an extension', '', '5;\0\r\nhello\r\n', 'chunkExtension'),
  broken('an extension of 300 bytes', '', `5;${'a'.repeat(300)}\r\nhello\r\n`, 'chunkExtension'),
  broken('a bare CR in an extension', '', '5;a\rb\r\nhello\r\n', 'chunkSize'),
  broken('no CRLF after data', '5\r\nhello', '0\r\n\r\n', 'chunkEnd'),
  broken('a bare LF after data', '5\r\nhello', '\n0\r\n\r\n', 'chunkEnd'),
  broken('a bare CR after data', '5\r\nhello\r', '0\r\n\r\n', 'chunkEnd'),
  broken('a chunk longer than its size', '5\r\nhello', `world\r\n0\r\n\r\n${hidden}`, 'chunkEnd'),
  broken('a bare LF at the end', '0\r\n', '\nGET', 'trailerLine'),
  broken('a bare CR at the end', '0\r\n\r', 'GET / HTTP/1.1', 'trailerLine'),
  broken('a trailer without a colon', '0\r\n', 'abc\r\n\r\n', 'trailerLine'),
  broken('a trailer with a space before the colon', '0\r\n', 'a : b\r\n\r\n', 'trailerLine'),
  broken('a folded trailer', '0\r\na: b\r\n', ' c\r\n\r\n', 'trailerLine'),
  broken('a bare LF in a trailer', '0\r\n', 'a: b\nc: d\r\n\r\n', 'trailerLine'),
  broken('a bare CR in a trailer', '0\r\n', 'a: b\rc\r\n\r\n', 'trailerLine'),
  broken('a request for a trailer', '0\r\n', `GET /hidden HTTP/1.1\r\n\r\n`, 'trailerLine'),
  broken('Content-Length as a trailer', '0\r\n', `Content-Length: ${hidden.length}\r\n\r\n${hidden}`, 'trailerField'),
  broken('Transfer-Encoding as a trailer', '0\r\n', 'transfer-encoding: chunked\r\n\r\n', 'trailerField'),
  broken('Host as a trailer', '0\r\na: b\r\n', 'HOST: other.example\r\n\r\n', 'trailerField'),
  broken('Connection as a trailer', '0\r\n', 'connection: close\r\n\r\n', 'trailerField'),
  broken('Authorization as a trailer', '0\r\n', 'authorization: x\r\n\r\n', 'trailerField'),
  broken('Cookie as a trailer', '0\r\n', 'Cookie: a=b\r\n\r\n', 'trailerField'),
  broken('Content-Encoding as a trailer', '0\r\n', 'content-encoding: gzip\r\n\r\n', 'trailerField'),
  broken('Expect as a trailer', '0\r\n', 'expect: 100-continue\r\n\r\n', 'trailerField'),
  broken('an identity as a trailer', '0\r\n', 'x-amzn-lattice-identity: Principal=root\r\n\r\n', 'trailerField'),
  broken('x-forwarded-for as a trailer', '0\r\n', 'x-forwarded-for: 1.2.3.4\r\n\r\n', 'trailerField'),
  broken('a trailer of 9 KB', '0\r\n', `a: ${'x'.repeat(9000)}\r\n\r\n`, 'trailersLong'),
  broken('a trailer name of 9 KB', '0\r\n', `${'x'.repeat(9000)}: a\r\n\r\n`, 'trailersLong'),
];
