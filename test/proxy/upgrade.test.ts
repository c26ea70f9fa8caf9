// WebSocket: the change of protocol, bytes both ways after it, and how it ends.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { test } from 'node:test';
import { sampleSnapshot } from '../../src/proxy/snapshot-sample.ts';
import { openPlane } from './plane.ts';
import { eventually, head, openConnections, openRawClient, openRawTarget, outcomes, type RawPeer } from './raw-ends.ts';

const asking = head('GET /chat', 'Connection: keep-alive, Upgrade', 'Upgrade: WebSocket', 'sec-websocket-key: abc');
const switching =
  'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nsec-websocket-accept: xyz\r\n\r\n';

/** Answers a whole head with `switching` and then speaks through `onData`. */
function switcher(onData: (peer: RawPeer) => void): (peer: RawPeer) => void {
  const open = new Set<RawPeer>();
  return (peer) => {
    if (open.has(peer)) onData(peer);
    else if (peer.got.includes('\r\n\r\n')) {
      open.add(peer);
      peer.got = peer.got.slice(peer.got.indexOf('\r\n\r\n') + 4);
      peer.socket.write(`${switching}hello`);
      if (peer.got !== '') onData(peer);
    }
  };
}

test('a WebSocket passes: 101, then bytes both ways, also those that came with the heads', async () => {
  await using target = await openRawTarget(switcher(() => {}));
  await using plane = await openPlane();
  plane.forwardTo(target.port);
  const client = openRawClient(plane, `${asking}early`);
  await eventually('the switch', () => client.got.endsWith('hello'));
  assert.match(
    client.got,
    /^HTTP\/1\.1 101 Switching Protocols\r\nsec-websocket-accept: xyz\r\nupgrade: websocket\r\nconnection: upgrade\r\nx-amzn-requestid: .*\r\n\r\nhello$/,
  );
  const [peer] = target.peers;
  assert.ok(peer !== undefined);
  await eventually('what came early', () => peer.got === 'early');
  client.socket.write('GET /hidden HTTP/1.1\r\n\r\n');
  await eventually('bytes to the target', () => peer.got === 'earlyGET /hidden HTTP/1.1\r\n\r\n');
  peer.socket.write('\0\xff', 'latin1');
  await eventually('bytes to the client', () => client.got.endsWith('hello\0\xff'));
  peer.socket.end('bye');
  await eventually('the end', () => client.end === 'fin');
  assert.match(client.got, /bye$/);
  await eventually('nothing is left', () => openConnections(plane) === 0);
  assert.deepEqual(outcomes(plane), ['101 -']);
  assert.ok(Number(plane.log[0]?.['bytesReceived']) > 'earlyGET /hidden HTTP/1.1\r\n\r\n'.length + 100);
});

test('a client that ends its WebSocket still gets what the target says, and a reset is passed on', async () => {
  await using target = await openRawTarget(switcher(() => {}));
  await using plane = await openPlane();
  plane.forwardTo(target.port);
  const client = openRawClient(plane, asking);
  await eventually('the switch', () => client.got.endsWith('hello'));
  client.socket.end('bye');
  await eventually('the target is told', () => target.peers[0]?.closed === true);
  await eventually('the end', () => client.end === 'fin');
  const hasty = openRawClient(plane);
  hasty.socket.end(`${asking}all`);
  await eventually(
    'the end of a client that had ended before',
    () => hasty.end === 'fin' && hasty.got.endsWith('hello'),
  );
  assert.equal(target.peers[1]?.got, 'all');
  const second = openRawClient(plane, asking);
  await eventually('the switch', () => second.got.endsWith('hello'));
  second.socket.resetAndDestroy();
  await eventually('the target is told', () => target.peers[2]?.closed === true);
  await eventually('nothing is left', () => openConnections(plane) === 0);
  assert.deepEqual(outcomes(plane), ['101 -', '101 -', '101 ClientConnectionClosed']);
});

test('a side of a WebSocket that reads nothing holds the other back', async () => {
  let written = 0;
  await using target = await openRawTarget(
    switcher((peer) => {
      const more = (): void => {
        written += 1_000_000;
        if (written < 300_000_000) peer.socket.write(Buffer.alloc(1_000_000), (error) => void (error ?? more()));
      };
      if (peer.got === 'go') more();
      else peer.socket.pause();
    }),
  );
  await using plane = await openPlane();
  plane.forwardTo(target.port);
  for (const way of ['target', 'client']) {
    const client = openRawClient(plane, asking);
    await eventually('the switch', () => client.got.endsWith('hello'));
    written = 0;
    if (way === 'target') {
      client.socket.write('go');
      await eventually('bytes come', () => client.got.length > 1000);
      client.socket.pause();
    } else {
      client.socket.write('stop');
      const more = (): void => {
        written += 1_000_000;
        if (written < 300_000_000) client.socket.write(Buffer.alloc(1_000_000), (error) => void (error ?? more()));
      };
      more();
    }
    let last = -1;
    let since = 0;
    await eventually('the writer stands', () => {
      if (written !== last) since = performance.now();
      last = written;
      return written > 0 && performance.now() - since > 300;
    });
    assert.ok(written < 100_000_000, `${written} bytes were taken for a ${way} that is not read`);
    client.socket.destroy();
  }
});

test('an idle WebSocket ends, and so does one at the longest duration of a connection', async () => {
  for (const [limits, idle, reason] of [
    [{}, 0.3, 'TargetDataTimeout'],
    [{ maxConnectionDuration: 300 }, 60, 'ConnectionDurationExceeded'],
  ] as const) {
    await using target = await openRawTarget(switcher(() => {}));
    await using plane = await openPlane(limits, idle);
    plane.forwardTo(target.port);
    const client = openRawClient(plane, asking);
    await eventually('the end', () => client.end === 'fin');
    assert.match(client.got, /hello$/);
    await eventually('the target is told', () => target.peers[0]?.closed === true);
    assert.deepEqual(outcomes(plane), [`101 ${reason}`]);
  }
});

test('a target that refuses a WebSocket answers as ever, and one that switches unasked or otherwise is 502', async () => {
  const cases: readonly (readonly [string, string, RegExp])[] = [
    [asking, 'HTTP/1.1 426 Upgrade Required\r\nupgrade: foo\r\ncontent-length: 2\r\n\r\nno', /^HTTP\/1\.1 426 .*no$/s],
    [head('GET /'), switching, /^HTTP\/1\.1 502 /],
    [asking, switching.replace('websocket', 'h2c'), /^HTTP\/1\.1 502 /],
    [asking.replace('WebSocket', 'h2c'), switching, /^HTTP\/1\.1 502 /],
    [asking.replace('Upgrade\r\n', 'close\r\n'), switching, /^HTTP\/1\.1 502 /],
    [asking.replace('GET', 'POST'), switching, /^HTTP\/1\.1 502 /],
    [asking.replace('HTTP/1.1', 'HTTP/1.0'), switching, /^HTTP\/1\.1 502 /],
  ];
  let answer = '';
  await using target = await openRawTarget((peer) => void peer.socket.write(answer));
  await using plane = await openPlane();
  plane.forwardTo(target.port);
  for (const [request, response, expected] of cases) {
    answer = response;
    const client = openRawClient(plane, request);
    await eventually('the response', () => /\n$|no$/.test(client.got) && client.got.includes('\r\n\r\n'));
    assert.match(client.got, expected, request);
    client.socket.destroy();
  }
});

test("Node's WebSocket client speaks through the plane with a server that echoes", async () => {
  const server = createServer();
  const sockets: Duplex[] = [];
  server.on('upgrade', (request, socket) => {
    sockets.push(socket);
    const key = `${request.headers['sec-websocket-key'] ?? ''}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`;
    const accept = createHash('sha1').update(key).digest('base64');
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
    );
    socket.on('error', () => {});
    // One short masked text frame comes; the same text goes back unmasked.
    socket.on('data', (frame: Buffer) => {
      const length = (frame[1] ?? 0) & 127;
      const text = Buffer.from(frame.subarray(6, 6 + length).map((byte, i) => byte ^ (frame[2 + (i % 4)] ?? 0)));
      socket.write(Buffer.concat([Buffer.from([frame[0] ?? 0, length]), text]));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  await using plane = await openPlane();
  const { port } = server.address() as AddressInfo;
  const action = { kind: 'forward' as const, targetGroups: [{ id: 'tg-1', weight: 1 }] };
  const snapshot = sampleSnapshot(plane.port, [{ id: 'default', action }], { 'tg-1': [port] }, 1);
  // This client lets nobody set Host: the service has the address for a name.
  const services = [...snapshot.services.values()].map(
    (one) => [one.id, { ...one, domainNames: ['127.190.0.1'] }] as const,
  );
  plane.plane.apply({ ...snapshot, services: new Map(services) });
  const client = new WebSocket(`ws://127.190.0.1:${plane.port}/chat`);
  await Promise.race([once(client, 'open'), once(client, 'error').then(() => assert.fail('refused'))]);
  client.send('hello');
  const [message] = (await once(client, 'message')) as [MessageEvent];
  assert.equal(message.data, 'hello');
  const closed = once(client, 'close');
  client.close();
  for (const socket of sockets) socket.end();
  await closed;
  server.closeAllConnections();
  server.close();
});
