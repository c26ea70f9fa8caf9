// Every limit of the engine by name, shortened: what a client gets that goes beyond it.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { ProxyLimits } from '../../src/proxy/index.ts';
import { openPlane, type Plane } from './plane.ts';
import { eventually, head, openConnections, openRawClient, openRawTarget, outcomes } from './raw-ends.ts';

const ok = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok';

/** A plane with `limits` before a target that answers every whole head or last chunk. */
async function openWith(limits: Partial<ProxyLimits>): Promise<{ readonly plane: Plane } & AsyncDisposable> {
  const target = await openRawTarget((peer) => {
    if (!peer.got.endsWith('\r\n\r\n')) return;
    peer.got = '';
    peer.socket.write(ok);
  });
  const plane = await openPlane(limits);
  plane.forwardTo(target.port);
  return {
    plane,
    async [Symbol.asyncDispose]() {
      await plane[Symbol.asyncDispose]();
      await target[Symbol.asyncDispose]();
    },
  };
}

/** The status that `request` is answered with. */
async function ask(plane: Plane, request: string): Promise<string> {
  const client = openRawClient(plane, request);
  await eventually('an answer', () => client.got.includes('\r\n\r\n') && /\n$|ok$/.test(client.got));
  client.socket.destroy();
  return client.got.slice(9, 12);
}

describe('limits', { concurrency: true }, () => {
  test('maxRequestLine, maxRequestHead and maxRequestHeaders bound a head: 414, 400, 400', async () => {
    await using open = await openWith({ maxRequestLine: 100, maxRequestHead: 300, maxRequestHeaders: 5 });
    const { plane } = open;
    assert.equal(await ask(plane, head(`GET /${'a'.repeat(80)}`)), '200');
    assert.equal(await ask(plane, head(`GET /${'a'.repeat(90)}`)), '414');
    assert.equal(await ask(plane, `GET /${'a'.repeat(200)}`), '414');
    assert.equal(await ask(plane, head('GET /', `x: ${'a'.repeat(200)}`)), '200');
    assert.equal(await ask(plane, head('GET /', `x: ${'a'.repeat(300)}`)), '400');
    assert.equal(await ask(plane, head('GET /', 'a:', 'b:', 'c:', 'd:')), '200');
    assert.equal(await ask(plane, head('GET /', 'a:', 'b:', 'c:', 'd:', 'e:')), '400');
    assert.deepEqual(
      plane.log.filter((line) => line['responseCode'] === 414).map((line) => line['bytesReceived']),
      [head(`GET /${'a'.repeat(90)}`).length, 205],
    );
  });

  test('the limits of a head are 60 KB and 100 lines unless they are set', async () => {
    await using open = await openWith({});
    const { plane } = open;
    const fixed = head('GET /').length;
    assert.equal(await ask(plane, head('GET /', `x: ${'a'.repeat(61_442 - fixed - 5)}`)), '200');
    assert.equal(await ask(plane, head('GET /', `x: ${'a'.repeat(61_443 - fixed - 5)}`)), '400');
    assert.equal(await ask(plane, head('GET /', ...Array.from({ length: 99 }, () => 'a: b'))), '200');
    assert.equal(await ask(plane, head('GET /', ...Array.from({ length: 100 }, () => 'a: b'))), '400');
  });

  test('maxRequestBody is told by 413: before a byte is forwarded where the length says so, else when it is passed', async () => {
    await using open = await openWith({ maxRequestBody: 100 });
    const { plane } = open;
    assert.equal(await ask(plane, `${head('POST /', 'content-length: 101')}a`), '413');
    const chunked = head('POST /', 'transfer-encoding: chunked');
    assert.equal(await ask(plane, `${chunked}5\r\nhello\r\n0\r\n\r\n`), '200');
    assert.equal(await ask(plane, `${chunked}65\r\n${'a'.repeat(101)}\r\n0\r\n\r\n`), '413');
    const client = openRawClient(plane, `${chunked}64\r\n`);
    await eventually('the target has a connection', () => openConnections(plane) > 0);
    client.socket.write('a'.repeat(100));
    await eventually('the answer', () => client.got.includes('413'));
    assert.deepEqual(
      outcomes(plane).filter((text) => !text.startsWith('200')),
      ['413 ClientProtocolError', '413 ClientProtocolError', '413 ClientProtocolError'],
    );
    client.socket.destroy();
  });

  test('maxDiscard bounds what is read of a body that nobody wants', async () => {
    await using plane = await openPlane({ maxDiscard: 1000 });
    plane.apply([{ id: 'fixed', action: { kind: 'fixed', status: 404 } }], {});
    const client = openRawClient(plane, head('POST /', 'content-length: 5000'));
    await eventually('the answer', () => client.got.startsWith('HTTP/1.1 404'));
    assert.equal(client.end, 'open');
    client.socket.write('a'.repeat(900));
    await eventually('a second request would be waited for', () => openConnections(plane) === 1);
    client.socket.write('a'.repeat(200));
    await eventually('the end', () => client.end === 'fin');
  });

  test('a target that reads nothing holds its client back instead of filling memory', async () => {
    await using target = await openRawTarget((peer) => void peer.socket.pause());
    await using plane = await openPlane();
    plane.forwardTo(target.port);
    const client = openRawClient(plane, head('POST /', 'content-length: 900000000'));
    let taken = 0;
    let since = performance.now();
    const more = (): void => {
      taken += 1_000_000;
      since = performance.now();
      if (taken < 900_000_000) client.socket.write(Buffer.alloc(1_000_000), (error) => void (error ?? more()));
    };
    more();
    await eventually('the client stands', () => performance.now() - since > 500, 20_000);
    assert.ok(taken < 100_000_000, `${taken} bytes were taken`);
    // As much as the kernel holds on both ways, and no more within the process.
    assert.ok(process.memoryUsage().external < 200_000_000);
    client.socket.destroy();
  });

  test('lingerPause and lingerTime bound how long an ended connection is read on', async () => {
    for (const limits of [{ lingerPause: 100 }, { lingerPause: 60_000, lingerTime: 500 }]) {
      await using plane = await openPlane(limits);
      plane.forwardTo(1);
      const client = openRawClient(plane, 'BAD\r\n\r\n');
      // A client that keeps its side open, and in the second round goes on sending.
      client.socket.removeAllListeners('end');
      const timer =
        limits.lingerPause > 1000 ? setInterval(() => client.socket.write('more'), 20) : setTimeout(() => {}, 1);
      await eventually('nothing is left', () => client.got !== '' && openConnections(plane) === 0, 20_000);
      clearInterval(timer);
      client.socket.destroy();
    }
  });

  test('maxConnectionsPerDoor: one more is told 503, beyond twice as many are reset, and both are counted', async () => {
    await using open = await openWith({ maxConnectionsPerDoor: 3, lingerPause: 60_000, lingerTime: 60_000 });
    const { plane } = open;
    const refused = (): number => plane.counters.counter('pergola_client_connections_refused_total').value;
    const clients = [];
    for (let i = 0; i < 3; i++) clients.push(openRawClient(plane));
    await eventually('three are served', () => openConnections(plane) === 3);
    for (let i = 0; i < 3; i++) {
      const client = openRawClient(plane, head('GET /'));
      client.socket.removeAllListeners('end');
      clients.push(client);
      await eventually('the answer', () => client.got.includes('too many connections'));
      assert.match(client.got, /^HTTP\/1\.1 503 .*connection: close/s);
    }
    assert.equal(refused(), 3);
    const seventh = openRawClient(plane, head('GET /'));
    await eventually('the reset', () => seventh.end === 'reset');
    assert.equal(refused(), 4);
    for (const client of clients) client.socket.destroy();
    await eventually('nothing is left', () => openConnections(plane) === 0);
    assert.equal(await ask(plane, head('GET /')), '200');
    assert.deepEqual(outcomes(plane).slice(0, 3), Array(3).fill('503 ClientRateLimited'));
  });

  test('maxConnectionDuration: no further request, and a response that does not end is cut after clientIdleTimeout more', async () => {
    await using target = await openRawTarget((peer) => {
      const slow = peer.got.includes('/slow');
      const silent = peer.got.includes('/silent');
      peer.got = '';
      if (silent) return;
      if (!slow) peer.socket.write(ok);
      else {
        peer.socket.write('HTTP/1.1 200 OK\r\ncontent-length: 999999\r\n\r\n');
        const timer = setInterval(() => peer.socket.write('a'), 50);
        peer.socket.on('close', () => clearInterval(timer));
      }
    });
    await using plane = await openPlane({ maxConnectionDuration: 500, clientIdleTimeout: 1000 });
    plane.forwardTo(target.port);
    const used = openRawClient(plane, head('GET /'));
    const slow = openRawClient(plane, head('GET /slow'));
    const silent = openRawClient(plane, head('GET /silent'));
    await eventually('an idle one is closed', () => used.end === 'fin');
    assert.match(used.got, /ok$/);
    await eventually('a slow one is cut', () => slow.end === 'reset');
    await eventually('a silent one is answered for', () => silent.end === 'fin');
    assert.match(silent.got, /^HTTP\/1\.1 504 /);
    assert.deepEqual(outcomes(plane).toSorted(), [
      '200 -',
      '200 ConnectionDurationExceeded',
      '504 ConnectionDurationExceeded',
    ]);
  });
});
