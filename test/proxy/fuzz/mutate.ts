// Bytes that are nearly right: samples cut, joined, doubled and spoilt by a repeatable source of chance.

import type { Random } from '../../../src/base/random.ts';

/** Picks one. */
export function pick<T>(random: Random, from: readonly [T, ...T[]]): T {
  return from[Math.floor(random.fraction() * from.length)] ?? from[0];
}

function place(random: Random, text: string): number {
  return Math.floor(random.fraction() * (text.length + 1));
}

function byte(random: Random): string {
  return String.fromCharCode(Math.floor(random.fraction() * 256));
}

/** Pieces that parsers disagree about. */
const pieces = [
  ...[
    '\r\n',
    '\r\n',
    '\r',
    '\n',
    '\r\n\r\n',
    ' ',
    '\t',
    '\0',
    '\x0b',
    '\x0c',
    '\xa0',
    '\x85',
    '\x7f',
    ':',
    ';',
    ',',
    '"',
  ],
  ...['0\r\n\r\n', '5\r\nhello\r\n', '0', '5', '00', '0x5', '-1', '+5', '5;a=b', 'A', 'ffffffffffffffff', '1e1'],
  ...[
    'content-length:\xa05\r\n',
    'content-length: 5\xa0\r\n',
    'content-length: 5\t\r\n',
    'transfer-encoding:\xa0chunked\r\n',
  ],
  ...['transfer-encoding: chunked\xa0\r\n', 'transfer-encoding: chunked\t\r\n', '\n\n', '\r\r\n'],
  ...['content-length: 5\r\n', 'Content-Length:0\r\n', 'content-length : 5\r\n', 'content-length: 5, 5\r\n'],
  ...['transfer-encoding: chunked\r\n', 'Transfer-Encoding:\tchunked\r\n', 'transfer-encoding: gzip, chunked\r\n'],
  ...[
    'transfer-encoding: identity\r\n',
    'transfer_encoding: chunked\r\n',
    'chunked',
    'identity',
    ' chunked',
    'CHUNKED',
  ],
  ...[
    'connection: close\r\n',
    'connection: keep-alive\r\n',
    'connection: content-length\r\n',
    'upgrade: websocket\r\n',
  ],
  ...['expect: 100-continue\r\n', 'trailer: a\r\n', 'te: trailers\r\n', 'host: b\r\n', 'a: b\r\n', ' folded\r\n'],
  ...[
    'GET / HTTP/1.1\r\nhost: b\r\n\r\n',
    'POST / HTTP/1.1\r\n',
    'HTTP/1.1 200 OK\r\n',
    'HTTP/1.0',
    'HTTP/1.1',
    'HTTP/2.0',
  ],
] as const;

/** One to four changes of one of `samples`, or noise. */
export function mutate(random: Random, samples: readonly [string, ...string[]]): string {
  let text = pick(random, samples);
  if (random.fraction() < 0.02) text = Array.from({ length: 60 }, () => byte(random)).join('');
  for (let changes = 1 + Math.floor(random.fraction() * 4); changes > 0; changes--) {
    const at = place(random, text);
    const to = Math.min(text.length, at + Math.floor(random.fraction() * 12));
    switch (Math.floor(random.fraction() * 8)) {
      case 0:
        text = text.slice(0, at) + byte(random) + text.slice(at + 1);
        break;
      case 1:
        text = text.slice(0, at) + text.slice(to);
        break;
      case 2:
        text = text.slice(0, to) + text.slice(at);
        break;
      case 3: {
        const other = pick(random, samples);
        text = text.slice(0, at) + other.slice(place(random, other));
        break;
      }
      case 4:
        // At the start of a line, where headers and chunks begin.
        text = text.replaceAll('\r\n', (end, where: number) =>
          random.fraction() < 0.2 && where > 0 ? end + pick(random, pieces) : end,
        );
        break;
      case 5:
        text += pick(random, samples);
        break;
      default:
        text = text.slice(0, at) + pick(random, pieces) + text.slice(at);
    }
  }
  return text.slice(0, 20_000);
}

/** Places to cut `length` bytes at, ascending, the end included. */
export function cutsOf(random: Random, length: number): readonly number[] {
  const count = Math.floor(random.fraction() * 6);
  const cuts = Array.from({ length: count }, () => Math.floor(random.fraction() * length));
  return [...cuts.toSorted((a, b) => a - b), length];
}
