// The table of raw requests: each sent whole, byte by byte, and behind a good request; what the target gets is compared byte for byte.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemRandom } from '../../src/base/random.ts';
import { normalisations, refusals } from '../../src/proxy/http1/rules.ts';
import { openPlane, type Plane } from './plane.ts';
import { eventually, head, openRawClient, openRawTarget, type RawClient, type RawPeer } from './raw-ends.ts';
import { chunks } from './raw-requests/chunks.ts';
import { headers } from './raw-requests/headers.ts';
import { hopByHop } from './raw-requests/hop-by-hop.ts';
import { lengths } from './raw-requests/lengths.ts';
import { requestLines } from './raw-requests/request-lines.ts';
import type { ForwardedRow, Row } from './raw-requests/row.ts';

const rows: readonly Row[] = [...requestLines, ...headers, ...hopByHop, ...lengths, ...chunks];
const ID = '00000000-0000-4000-8000-000000000000';
const CLIENT = '127.0.0.1';

const good = head('GET /good', 'a: b');
const after = head('GET /after', 'c: d');

/** What the target must get, in order, and what it got. */
interface Script {
  expected: string[];
  got: string;
}

/** The lines that the proxy adds to every request, and the end of the head. */
function added(plane: Plane, row: Partial<ForwardedRow> = {}): string {
  const arn = 'arn:aws:vpc-lattice:us-east-1:123456789012';
  return [
    `x-forwarded-for: ${row.forwardedFor === undefined ? '' : `${row.forwardedFor}, `}${CLIENT}`,
    `x-forwarded-port: ${plane.port}`,
    `x-forwarded-for-port: ${plane.port}`,
    'x-forwarded-proto: http',
    'x-forwarded-for-proto: http',
    'x-amzn-lattice-network: SourceVpcArn=arn:aws:ec2:us-east-1:123456789012:vpc/vpc-1',
    `x-amzn-lattice-target: ServiceArn=${arn}:service/svc-1; ServiceNetworkArn=${arn}:servicenetwork/sn-1; TargetGroupArn=${arn}:targetgroup/tg-1`,
    'x-amzn-source-vpc: vpc-1',
    `x-amzn-requestid: ${row.requestId ?? ID}`,
    '',
    '',
  ].join('\r\n');
}

/** A plain request as the target gets it. */
function arrived(plane: Plane, request: string): string {
  return request.slice(0, -2) + added(plane);
}

function statuses(client: RawClient): readonly string[] {
  return [...client.got.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status = '']) => status);
}

/** Sends `text` in pieces that arrive apart: single bytes, or larger ones when it is long. */
async function dribble(client: RawClient, text: string): Promise<void> {
  const size = text.length > 2000 ? 977 : 1;
  client.socket.setNoDelay(true);
  for (let at = 0; at < text.length && client.end === 'open'; at += size) {
    client.socket.write(text.slice(at, at + size), 'latin1');
    await new Promise(setImmediate);
  }
}

const ways = ['whole', 'byte by byte', 'behind a good request'] as const;

async function send(client: RawClient, row: Row, way: (typeof ways)[number]): Promise<void> {
  if (way === 'behind a good request') client.socket.write(good + row.send + after, 'latin1');
  else if (way === 'whole') client.socket.write(row.send + after, 'latin1');
  else {
    await dribble(client, row.send);
    client.socket.write(after, 'latin1');
  }
}

async function check(plane: Plane, script: Script, row: Row, way: (typeof ways)[number]): Promise<void> {
  const before = way === 'behind a good request' ? [arrived(plane, good)] : [];
  script.got = '';
  const wanted: string[] = before.map(() => '200');
  let most = '';
  let ends = true;
  if (row.kind === 'forwarded') {
    ends = row.ends === true;
    const own = row.message.head + added(plane, row) + row.message.body;
    script.expected = ends ? [...before, own] : [...before, own, arrived(plane, after)];
    wanted.push(...(ends ? ['200'] : ['200', '200']));
  } else {
    script.expected = [...before];
    wanted.push(String(refusals[row.rule].status));
    if (row.most !== undefined) most = row.most.head + added(plane) + row.most.body;
  }
  const client = openRawClient(plane);
  await send(client, row, way);
  try {
    await eventually('the answers', () => statuses(client).length >= wanted.length && (!ends || client.end !== 'open'));
  } catch {
    assert.fail(JSON.stringify({ got: script.got, expected: script.expected, client: client.got }, undefined, 1));
  }
  client.socket.destroy();
  assert.deepEqual(statuses(client), wanted);
  assert.deepEqual(script.expected, [], 'the target did not get everything');
  assert.ok(most.startsWith(script.got) && script.got.length < Math.max(1, most.length), JSON.stringify(script.got));
  if (row.kind === 'refused') assert.ok(client.got.endsWith(`\r\n\r\n${refusals[row.rule].reason}\n`), client.got);
}

test('every raw request has its verdict, and the target gets exactly its bytes', async (t) => {
  const script: Script = { expected: [], got: '' };
  await using target = await openRawTarget((peer: RawPeer) => {
    script.got += peer.got;
    peer.got = '';
    const [next] = script.expected;
    if (script.got !== next) return;
    script.expected.shift();
    script.got = '';
    peer.socket.write(`HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n${next.startsWith('HEAD') ? '' : 'ok'}`);
  });
  await using plane = await openPlane({}, 60, { random: { ...systemRandom, uuid: () => ID } });
  plane.forwardTo(target.port);
  for (const way of ways)
    await t.test(way, async (each) => {
      for (const row of rows) await each.test(row.name, () => check(plane, script, row, way));
    });
});

test('the table has a row for every rule that bytes alone can break, and no row twice', () => {
  /** These need time or a limit; bounds.test.ts and late-ends.test.ts have them. */
  const others = new Set(['bodyLong', 'headSlow', 'bodySlow', 'connectionsMany']);
  const shown = new Set<string>();
  for (const row of rows) {
    if (row.kind === 'refused') shown.add(row.rule);
    else for (const rule of row.rules ?? []) shown.add(rule);
  }
  for (const name of [...Object.keys(refusals), ...Object.keys(normalisations)])
    assert.equal(shown.has(name), !others.has(name), name);
  assert.equal(new Set(rows.map(({ name }) => name)).size, rows.length);
  assert.equal(new Set(rows.map(({ send: bytes }) => bytes)).size, rows.length);
  assert.ok(rows.length >= 150, `${rows.length} rows`);
  assert.ok(rows.filter(({ kind }) => kind === 'forwarded').length >= 100, 'odd requests that pass');
});
