// The 33 cases of h1spec (github.com/uNetworking/h1spec), with the service's name for a host: a server waits for the rest, echoes the body, or refuses.

import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { HOST } from '../../src/proxy/snapshot-sample.ts';
import { openPlane } from '../proxy/plane.ts';
import { eventually, openRawClient } from '../proxy/raw-ends.ts';

/** What must come: nothing yet, or a first status within one of the ranges. */
type Expected = 'wait' | readonly (readonly [number, number])[];

const success: Expected = [[200, 299]];
const clientError: Expected = [[400, 499]];
const anyError: Expected = [[400, 599]];

const line = 'GET /hello HTTP/1.1';
const start = `GET / HTTP/1.1\r\nHost: ${HOST}\r\n`;
const post = `POST / HTTP/1.1\r\nHost: ${HOST}\r\n`;

const cases: readonly (readonly [name: string, bytes: string, expected: Expected, body?: string])[] = [
  ['Fragmented method', 'G', 'wait'],
  ['Fragmented URL 1', 'GET ', 'wait'],
  ['Fragmented URL 2', 'GET /hello', 'wait'],
  ['Fragmented URL 3', 'GET /hello ', 'wait'],
  ['Fragmented HTTP version', 'GET /hello HTTP', 'wait'],
  ['Fragmented request line', line, 'wait'],
  ['Fragmented request line newline 1', `${line}\r`, 'wait'],
  ['Fragmented request line newline 2', `${line}\r\n`, 'wait'],
  ['Fragmented field name', `${line}\r\nHos`, 'wait'],
  ['Fragmented field value 1', `${line}\r\nHost:`, 'wait'],
  ['Fragmented field value 2', `${line}\r\nHost: `, 'wait'],
  ['Fragmented field value 3', `${line}\r\nHost: ${HOST}`, 'wait'],
  ['Fragmented field value 4', `${line}\r\nHost: ${HOST}\r`, 'wait'],
  ['Fragmented request', `${line}\r\nHost: ${HOST}\r\n`, 'wait'],
  ['Fragmented request termination', `${line}\r\nHost: ${HOST}\r\n\r`, 'wait'],
  ['Request without HTTP version', 'GET / \r\n\r\n', anyError],
  [
    'Request with Expect header',
    `${start}Expect: 100-continue\r\n\r\n`,
    [
      [100, 100],
      [200, 299],
    ],
  ],
  ['Valid GET request', `${start}\r\n`, success],
  ['Valid GET request with edge cases', `GET / HTTP/1.1\r\nhoSt:\t${HOST}\r\nempty:\r\n\r\n`, success],
  ['Invalid header characters', `${start}X-Invalid[]: test\r\n\r\n`, clientError],
  ['Missing Host header', 'GET / HTTP/1.1\r\nContent-Length: 5\r\n\r\n', clientError],
  ['Multiple Host headers', `${start}Host: example.org\r\n\r\n`, clientError],
  [
    'Overflowing negative Content-Length header',
    `${start}Content-Length: -123456789123456789123456789\r\n\r\n`,
    clientError,
  ],
  ['Negative Content-Length header', `${start}Content-Length: -1234\r\n\r\n`, clientError],
  ['Non-numeric Content-Length header', `${start}Content-Length: abc\r\n\r\n`, clientError],
  ['Empty header value', `${start}X-Empty-Header: \r\n\r\n`, success],
  ['Header containing invalid control character', `${start}X-Bad-Control-Char: test\x07\r\n\r\n`, clientError],
  ['Invalid HTTP version', `GET / HTTP/9.9\r\nHost: ${HOST}\r\n\r\n`, anyError],
  ['Invalid prefix of request', `Extra line${start}\r\n`, anyError],
  ['Invalid line ending', `${start}\rSome-Header: Test\r\n\r\n`, clientError],
  [
    'Valid POST request with body',
    `${post}Content-Length: 5\r\n\r\nhello`,
    [
      [200, 299],
      [404, 404],
    ],
    'hello',
  ],
  [
    'Chunked Transfer-Encoding',
    `${post}Transfer-Encoding: chunked\r\n\r\nc\r\nHellO world1\r\n0\r\n\r\n`,
    success,
    'HellO world1',
  ],
  [
    'Conflicting Transfer-Encoding and Content-Length in varying case',
    `${post}content-LengtH: 5\r\nTransFer-Encoding: chunked\r\n\r\nc\r\nHellO world1\r\n0\r\n\r\n`,
    [
      [400, 499],
      [200, 299],
    ],
    'HellO world1',
  ],
];

/** How long a server that must wait is watched, in milliseconds; h1spec's own time. */
const WATCH = 500;

describe('h1spec', { concurrency: true }, () => {
  for (const [name, bytes, expected, body] of cases)
    test(name, async () => {
      const server = createServer((request, response) => void request.pipe(response));
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      await using plane = await openPlane();
      plane.forwardTo((server.address() as AddressInfo).port);
      const client = openRawClient(plane, bytes);
      try {
        if (expected === 'wait') {
          await delay(WATCH);
          assert.deepEqual([client.got, client.end], ['', 'open']);
          return;
        }
        await eventually('a response', () => client.got.includes('\r\n\r\n'), 10_000);
        const status = Number(/^HTTP\/1\.1 (\d{3}) /.exec(client.got)?.[1]);
        assert.ok(
          expected.some(([low, high]) => status >= low && status <= high),
          client.got,
        );
        if (status !== 200 || body === undefined) return;
        // The target echoes what it got, in chunks of its own.
        await eventually(
          'the body',
          () => client.got.endsWith(`${body}\r\n0\r\n\r\n`) || client.got.endsWith(`\r\n\r\n${body}`),
        );
      } finally {
        client.socket.destroy();
        server.closeAllConnections();
        server.close();
      }
    });
});
