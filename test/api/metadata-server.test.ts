// The server behind the metadata addresses: connections that a worker hands on, and whatever else a socket can bring.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { createMetadataServer } from '../../src/api/index.ts';
import { systemClock } from '../../src/base/clock.ts';
import { silentLog } from '../../src/base/log.ts';

const folder = mkdtempSync(join(tmpdir(), 'pergola-metadata-'));
const path = join(folder, 'metadata.sock');
const workload = {
  id: 'wl-1',
  address: '10.0.1.10',
  vpcId: 'vpc-a',
  account: '123456789012',
  region: 'eu-west-1',
  zone: 'eu-west-1a',
};
const server = createMetadataServer({
  credentials: { held: () => undefined, problem: () => undefined, make: () => ({ problem: 'no' }) },
  find: (vpcId, address) => (vpcId === 'vpc-a' && address === '10.0.1.10' ? workload : undefined),
  takeApi: () => false,
  key: Buffer.alloc(32, 3),
  ...{ clock: systemClock, log: silentLog },
});

before(async () => {
  server.listen(path);
  await once(server, 'listening');
});
after(() => {
  server.close();
  rmSync(folder, { recursive: true });
});

const origin = (from: string, at = '169.254.169.254'): string => `${JSON.stringify({ vpcId: 'vpc-a', from, at })}\n`;
const put = 'PUT /latest/api/token HTTP/1.1\r\nhost: x\r\nx-aws-ec2-metadata-token-ttl-seconds: 60\r\n';

/** All that is answered to `parts`, each written for itself, and then the end of what is asked. */
async function send(...parts: readonly string[]): Promise<string> {
  const socket = connect(path);
  let answer = '';
  socket.setEncoding('utf8').on('data', (part: string) => (answer += part));
  socket.on('error', () => {});
  const closed = new Promise((resolve) => void socket.once('close', resolve));
  for (const part of parts) await new Promise<void>((resolve) => void socket.write(part, () => resolve()));
  socket.end();
  await closed;
  return answer;
}

test('a connection is answered for whom its first line names, in however many pieces it comes', async () => {
  assert.match(await send(origin('10.0.1.10'), `${put}\r\n`), /^HTTP\/1\.1 200 OK/);
  assert.match(await send(`${origin('10.0.1.10')}${put}\r\n`), /^HTTP\/1\.1 200 OK/);
  assert.match(await send(...`${origin('10.0.1.10')}${put}\r\n`.split('')), /^HTTP\/1\.1 200 OK/);
  const two = await send(`${origin('10.0.1.10')}${put}\r\n${put}\r\n`);
  assert.equal(two.match(/HTTP\/1\.1 200 OK/g)?.length, 2);
  assert.match(await send(origin('10.0.1.11'), `${put}\r\n`), /^HTTP\/1\.1 404/);
  assert.match(
    await send(origin('10.0.1.10', '169.254.170.2'), `GET /v2/credentials/wl-1 HTTP/1.1\r\nhost: x\r\n\r\n`),
    /NoRole/,
  );
});

test('what is no first line, no HTTP, too long or has a body does no harm', async () => {
  for (const first of ['', '\n', '{}\n', 'null\n', '[1]\n', '"x"\n', `${put}\r\n`, 'x'.repeat(100_000)])
    assert.equal(await send(first, `${put}\r\n`), '', first.slice(0, 40));
  assert.equal(await send(origin('10.0.1.10'), 'nonsense\r\n\r\n'), '');
  assert.equal(await send(origin('10.0.1.10'), put, `x: ${'y'.repeat(20_000)}\r\n\r\n`), '');
  const bodied = await send(origin('10.0.1.10'), `${put}content-length: 100000\r\n\r\n${'x'.repeat(100_000)}`);
  assert.match(bodied, /^HTTP\/1\.1 200 OK/);
  assert.match(bodied, /connection: close/i);
  assert.match(await send(origin('10.0.1.10'), `${put}\r\n`), /^HTTP\/1\.1 200 OK/);
});

test('a first line without an end is not listened to for long', async () => {
  const socket = connect(path).on('error', () => {});
  const write = (): Promise<boolean> =>
    new Promise((resolve) => void socket.write('x'.repeat(1000), (error) => resolve(!(error instanceof Error))));
  let taken = 0;
  while (taken < 5000 && (await write())) taken++;
  socket.destroy();
  // What the system holds for a socket is some hundred kilobytes.
  assert.ok(taken < 5000);
});
