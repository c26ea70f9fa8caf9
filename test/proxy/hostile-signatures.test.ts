// A thousand hostile Authorization heads after the other: each is refused, others are served meanwhile, nothing of them is kept, and none costs much more than its bytes.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { parseRequestHead } from '../../src/proxy/http1/request-head.ts';
import { authenticate } from '../../src/proxy/identity/authenticate.ts';
import { signer, signRequest, withSigner } from '../../src/proxy/identity/signer-sample.ts';
import { HOST, sampleSnapshot } from '../../src/proxy/snapshot-sample.ts';
import { createWorldCompiler } from '../../src/proxy/world.ts';
import { formatTimestamp } from '../../src/sigv4/index.ts';
import { openPlane } from './plane.ts';
import { eventually, openRawClient, openRawTarget } from './raw-ends.ts';

const LONG = 56_000;
const zeros = '0'.repeat(64);

/** A request with this Authorization; `i` makes it one of its own. */
function headOf(i: number, authorization: string, lines = '', target = '/'): string {
  const timestamp = formatTimestamp(Date.now());
  return `GET ${target} HTTP/1.1\r\nhost: ${HOST}\r\nx-number: ${i}\r\nx-amz-date: ${timestamp}\r\nx-amz-content-sha256: UNSIGNED-PAYLOAD\r\n${lines}authorization: ${authorization}\r\n\r\n`;
}

const own = 'host;x-amz-content-sha256;x-amz-date';
const day = (): string => formatTimestamp(Date.now()).slice(0, 8);
const credential = (id: string = signer.accessKeyId): string =>
  `Credential=${id}/${day()}/us-east-1/vpc-lattice-svcs/aws4_request`;
const unsigned = (names = own, id = signer.accessKeyId): string =>
  `AWS4-HMAC-SHA256 ${credential(id)}, SignedHeaders=${names}, Signature=${zeros}`;
const unsignedV4A = (names: string): string =>
  `AWS4-ECDSA-P256-SHA256 Credential=${signer.accessKeyId}/${day()}/vpc-lattice-svcs/aws4_request, SignedHeaders=${names}, Signature=3044${'0220'.padEnd(68, '52').repeat(2)}`;
const ascending = Array.from({ length: LONG / 5 - 1 }, (_, n) => `a${n.toString(36).padStart(3, '0')}`).join(';');
const distinctLines = Array.from({ length: 85 }, (_, n) => `a${n.toString(36).padStart(3, '0')}: 1\r\n`).join('');

/** Heads of as many bytes as there may be, or with as much to do as there may be. */
const hostile: Readonly<Record<string, (i: number) => string>> = {
  commas: (i) => headOf(i, `AWS4-HMAC-SHA256 ${i}${','.repeat(LONG)}`),
  'thousands of parts': (i) =>
    headOf(i, `AWS4-HMAC-SHA256 ${Array.from({ length: LONG / 8 }, (_, n) => `${i + n}=1`).join(',')}`),
  'a part thousands of times': (i) => headOf(i, `AWS4-HMAC-SHA256 ${`a=${i},`.repeat(LONG / 8)}`),
  'nothing but blanks': (i) => headOf(i, `AWS4-HMAC-SHA256 ${' '.repeat(LONG)}${i}`),
  'blanks between parts': (i) => headOf(i, `AWS4-HMAC-SHA256 ${credential()},${' '.repeat(LONG)}${i}`),
  'thousands of signed names': (i) => headOf(i, unsigned(`${ascending};b${i};${own}`)),
  'thousands of signed names, and lines to look up': (i) =>
    headOf(i, unsigned(`${ascending};b${i};${own}`), distinctLines),
  'an access key of its own': (i) => headOf(i, unsigned(own, `AKIA${i}${'A'.repeat(LONG)}`)),
  'a session token of its own': (i) =>
    headOf(i, unsigned(`${own};x-amz-security-token`, `ASIA${i}`), `x-amz-security-token: ${i}${'A'.repeat(LONG)}\r\n`),
  'signed blanks': (i) =>
    headOf(i, unsigned(`${own};x-amz-meta`), `x-amz-meta: ${i}${'a  '.repeat(Math.floor(LONG / 3))}\r\n`),
  'a query of thousands of parameters': (i) => headOf(i, unsigned(), '', `/?${i}${'&%2f+=%ff'.repeat(800)}`),
  'a query of parameters and nothing else': (i) => headOf(i, unsigned(), '', `/?${i}${'&a'.repeat(LONG / 2)}`),
  'a path of thousands of escapes': (i) => headOf(i, unsigned(), '', `/${i}${'%2f../'.repeat(1200)}`),
  'SigV4A, two ways to read the target': (i) =>
    headOf(i, unsignedV4A(`${own};x-amz-region-set`), 'x-amz-region-set: *\r\n', `/a%2fb/${i}?b+c=%20`),
  'SigV4A, stars in the region set': (i) =>
    headOf(i, unsignedV4A(`${own};x-amz-region-set`), `x-amz-region-set: ${'*a*'.repeat(LONG / 4)}\r\n`),
};

test('a thousand hostile heads are refused, others are served meanwhile, and nothing of them is kept', async () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  await using target = await openRawTarget(({ socket }) =>
    socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok'),
  );
  await using plane = await openPlane();
  plane.forwardTo(target.port, {}, (snapshot) => withSigner(snapshot));
  const answerTo = async (text: string): Promise<number> => {
    const client = openRawClient(plane, text);
    await eventually('an answer', () => /\r\n\r\n/.test(client.got), 60_000);
    client.socket.destroy();
    return Number(client.got.slice(9, 12));
  };
  const kinds = Object.entries(hostile);
  /** Sends `count` heads of every kind, each another, and an honest request with each. */
  const round = async (from: number, count: number): Promise<number> => {
    for (let i = from; i < from + count; i++) {
      const [honest, ...answers] = await Promise.all([
        answerTo(signRequest({ path: `/${i}` })),
        ...kinds.map(([, make]) => answerTo(make(i))),
      ]);
      assert.equal(honest, 200);
      for (const [n, status] of answers.entries()) assert.equal(status, 403, kinds[n]?.[0] ?? '');
    }
    plane.log.length = 0;
    for (const peer of target.peers) peer.got = '';
    collect();
    return process.memoryUsage().heapUsed;
  };
  const before = await round(0, 12);
  const after = await round(12, Math.ceil(1000 / kinds.length));
  // A thousand heads are 50 MB.
  assert.ok(after - before < 5_000_000, `${after - before} bytes more are held`);
});

test('no hostile head costs much more than reading its bytes', () => {
  const now = Date.now();
  const world = createWorldCompiler(0).compile(withSigner(sampleSnapshot(80, [], {}, 1), now));
  const clock = { now: () => Date.now() };
  /** Microseconds for one of the heads, the least of some batches: whatever else runs takes time away from the others. */
  const costOf = (make: (i: number) => string): number => {
    const batches = Array.from({ length: 20 }, (_, batch) => {
      const heads = Array.from({ length: 6 }, (_unused, i) => make(batch * 6 + i).slice(0, -2));
      const start = performance.now();
      for (const text of heads) {
        const head = parseRequestHead(text);
        assert.ok(!('source' in head), JSON.stringify(head));
        authenticate(world, { region: signer.region }, head, clock);
      }
      return ((performance.now() - start) * 1000) / heads.length;
    });
    return Math.min(...batches);
  };
  const plain = costOf((i) => headOf(i, `Bearer ${'A'.repeat(LONG)}`));
  // Thousands of parts cost 30 times as much when every one of them was read.
  for (const [what, make] of Object.entries(hostile)) {
    const cost = costOf(make);
    assert.ok(cost < 15 * plain, `${what}: ${cost.toFixed(0)} µs, where plain bytes cost ${plain.toFixed(0)}`);
  }
});
