// Which connection to a target a request gets, and what is sent again when that one turns out to be closed.

import assert from 'node:assert/strict';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { openPlane } from './plane.ts';
import { eventually, openRawTarget, outcomes } from './raw-ends.ts';
import { ask, lastHead } from './targets-ask.ts';

const ok = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok';
const post = (): string => `${lastHead('POST /', 'content-length: 3')}abc`;

/** Opens a target that answers the first request of each connection and resets at the second. */
const openOnce = () =>
  openRawTarget((peer) => {
    if (peer.got.split(' / HTTP/1.1').length === 2) peer.socket.write(ok);
    else peer.socket.resetAndDestroy();
  });

async function listen(server: Server, port = 0): Promise<number> {
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  // A test that fails leaves it open.
  server.unref();
  return (server.address() as AddressInfo).port;
}

test('a GET on a reused connection that breaks is sent once more on a fresh one', async () => {
  await using target = await openOnce();
  await using plane = await openPlane();
  plane.forwardTo(target.port);
  for (let i = 0; i < 2; i++) assert.match(await ask(plane, lastHead('GET /')), /^HTTP\/1\.1 200 OK/);
  assert.equal(target.peers.length, 2);
  assert.deepEqual(outcomes(plane), ['200 -', '200 -']);
});

test('a POST, or a PUT with a body, on a reused connection that breaks is not sent again', async () => {
  for (const method of ['POST', 'PUT']) {
    await using target = await openOnce();
    await using plane = await openPlane({ unrepeatableReuseWindow: 60_000 });
    plane.forwardTo(target.port);
    assert.match(await ask(plane, lastHead('GET /')), /^HTTP\/1\.1 200 OK/);
    assert.match(await ask(plane, `${lastHead(`${method} /`, 'content-length: 3')}abc`), /^HTTP\/1\.1 502 /);
    assert.equal(target.peers.length, 1);
    assert.deepEqual(outcomes(plane), ['200 -', '502 TargetConnectionClosed']);
  }
});

test('a POST takes a fresh connection when the unused ones are not used quite recently', async () => {
  await using target = await openRawTarget((peer) => void peer.socket.write(ok));
  await using plane = await openPlane({ unrepeatableReuseWindow: 300 });
  plane.forwardTo(target.port);
  assert.match(await ask(plane, lastHead('GET /')), /^HTTP\/1\.1 200 OK/);
  await delay(400);
  assert.match(await ask(plane, post()), /^HTTP\/1\.1 200 OK/);
  assert.equal(target.peers.length, 2);
  // What can be sent again takes whatever is there.
  await delay(400);
  assert.match(await ask(plane, lastHead('GET /')), /^HTTP\/1\.1 200 OK/);
  assert.equal(target.peers.length, 2);
});

test('a long answer leaves nobody sure how long its connection was unused: a POST does not get it', async () => {
  await using target = await openRawTarget((peer) => void setTimeout(() => peer.socket.write(ok), 500));
  await using plane = await openPlane({ unrepeatableReuseWindow: 300 });
  plane.forwardTo(target.port);
  assert.match(await ask(plane, lastHead('GET /')), /^HTTP\/1\.1 200 OK/);
  assert.match(await ask(plane, post()), /^HTTP\/1\.1 200 OK/);
  assert.equal(target.peers.length, 2);
});

test('a target that announces how long it keeps connections is believed, by half', async () => {
  for (const [seconds, connections] of [
    [40, 1],
    [1, 2],
  ] as const) {
    const answer = ok.replace('\r\n\r\n', `\r\nkeep-alive: timeout=${seconds}, max=100\r\n\r\n`);
    await using target = await openRawTarget((peer) => void peer.socket.write(answer));
    await using plane = await openPlane({ unrepeatableReuseWindow: 1 });
    plane.forwardTo(target.port);
    assert.match(await ask(plane, post()), /^HTTP\/1\.1 200 OK/);
    await delay(600);
    assert.match(await ask(plane, post()), /^HTTP\/1\.1 200 OK/);
    assert.equal(target.peers.length, connections, `timeout=${seconds}`);
  }
});

test('a target that was seen to close unused connections early gets no POST on one that may be next', async () => {
  let connections = 0;
  let closed = 0;
  const server = createServer((socket) => {
    connections++;
    socket.on('error', () => {});
    socket.on('close', () => closed++);
    socket.on('data', () => {
      socket.write(ok);
      setTimeout(() => socket.end(), 150);
    });
  });
  const port = await listen(server);
  await using plane = await openPlane({ unrepeatableReuseWindow: 60_000 });
  plane.forwardTo(port);
  assert.match(await ask(plane, post()), /^HTTP\/1\.1 200 OK/);
  await eventually('the connection ends', () => closed === 1);
  // From here on it is known that about 150 ms is all: half of it is trusted.
  assert.match(await ask(plane, post()), /^HTTP\/1\.1 200 OK/);
  await delay(100);
  assert.match(await ask(plane, post()), /^HTTP\/1\.1 200 OK/);
  assert.equal(connections, 3);
  assert.deepEqual(outcomes(plane), ['200 -', '200 -', '200 -']);
  await new Promise((resolve) => server.close(resolve));
});

test('a refused connection sends the request, its body included, to another target; three are enough', async () => {
  const gone = createServer();
  const dead = await listen(gone);
  await new Promise((resolve) => gone.close(resolve));
  await using target = await openRawTarget((peer) => void (peer.got.endsWith('abc') && peer.socket.write(ok)));
  await using plane = await openPlane();
  plane.forwardTo([dead, target.port]);
  for (let i = 0; i < 4; i++) assert.match(await ask(plane, post()), /^HTTP\/1\.1 200 OK/);
  assert.deepEqual(outcomes(plane), ['200 -', '200 -', '200 -', '200 -']);
  for (const line of plane.log) assert.equal(line['targetIpPort'], `127.0.0.1:${target.port}`);
});

test('a target that drains gets nothing new, loses its unused connections, and ends what runs', async () => {
  const sockets: Socket[] = [];
  const answers: (() => void)[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => {});
    socket.on('data', (data: Buffer) => {
      if (data.toString().startsWith('GET /slow')) answers.push(() => socket.write(ok));
      else socket.write(ok);
    });
  });
  const port = await listen(server);
  await using plane = await openPlane();
  plane.forwardTo(port);
  const slow = ask(plane, lastHead('GET /slow'));
  await eventually('the slow request is there', () => answers.length === 1);
  assert.match(await ask(plane, lastHead('GET /')), /^HTTP\/1\.1 200 OK/);
  assert.equal(sockets.length, 2);
  plane.forwardTo(port, {
    targets: [{ id: '127.0.0.1', address: '127.0.0.1', port, draining: true }],
  });
  await eventually(
    'the unused connection ends',
    () => sockets[1]?.destroyed === true || sockets[1]?.readableEnded === true,
  );
  assert.match(await ask(plane, lastHead('GET /')), /^HTTP\/1\.1 503 /);
  plane.forwardTo(port, { targets: [] });
  for (const answer of answers) answer();
  assert.match(await slow, /^HTTP\/1\.1 200 OK/);
  assert.deepEqual(outcomes(plane).toSorted(), ['200 -', '200 -', '503 -']);
  server.close();
  for (const socket of sockets) socket.destroy();
});

test('a target on ::1 is reached, and logged with brackets', async (t) => {
  const server = createServer((socket) => socket.on('error', () => {}).on('data', () => socket.write(ok)));
  const opened = await new Promise<boolean>((resolve) => {
    server.once('error', () => resolve(false));
    server.listen(0, '::1', () => resolve(true));
  });
  if (!opened) {
    t.skip('this machine has no ::1');
    return;
  }
  const { port } = server.address() as AddressInfo;
  await using plane = await openPlane({}, 60, { sources: () => ['127.90.255.254'] });
  plane.forwardTo(port, { targets: [{ id: '::1', address: '::1', port, draining: false }] });
  assert.match(await ask(plane, lastHead('GET /')), /^HTTP\/1\.1 200 OK/);
  assert.equal(plane.log[0]?.['targetIpPort'], `[::1]:${port}`);
  server.close();
});

test('the addresses behind the name of a load balancer take turns', async () => {
  const seen: string[] = [];
  const hosts = ['127.0.0.1', '127.0.0.2', '127.0.0.3'];
  const servers = hosts.map((host) =>
    createServer((socket) => {
      socket.on('error', () => {});
      socket.on('data', () => {
        seen.push(host);
        socket.write(ok);
      });
    }),
  );
  let shared = 0;
  for (const [i, server] of servers.entries()) {
    await new Promise<void>((resolve) => server.listen(shared, hosts[i], resolve));
    shared = (server.address() as AddressInfo).port;
  }
  await using plane = await openPlane({}, 60, { resolve: () => Promise.resolve({ addresses: hosts, ttl: 60 }) });
  const id = 'arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/app/web/1';
  plane.forwardTo(shared, { type: 'ALB', targets: [{ id, dnsName: 'lb.test', port: shared, draining: false }] });
  await eventually('the name is known', () => plane.plane.health().length === 3);
  for (let i = 0; i < 6; i++) await ask(plane, lastHead('GET /'));
  assert.deepEqual(seen, [...hosts, ...hosts]);
  for (const server of servers) server.close();
});

test('a connection that is unused for upstreamIdleTimeout is closed, whatever the idle timeout of the service', async () => {
  for (const [upstreamIdleTimeout, idle, closes] of [
    [300, 60, true],
    [60_000, 0.3, false],
  ] as const) {
    await using target = await openRawTarget((peer) => void peer.socket.write(ok));
    await using plane = await openPlane({ upstreamIdleTimeout }, idle);
    plane.forwardTo(target.port);
    assert.match(await ask(plane, lastHead('GET /')), /^HTTP\/1\.1 200 OK/);
    if (closes) await eventually('it is closed', () => target.peers[0]?.closed === true, 20_000);
    else {
      await delay(2000);
      assert.match(await ask(plane, lastHead('GET /')), /^HTTP\/1\.1 200 OK/);
      assert.equal(target.peers.length, 1);
    }
  }
});

test('of the unused connections to a target maxIdlePerTarget are kept', async () => {
  await using target = await openRawTarget((peer) => {
    if (target.peers.length === 5) for (const { socket } of target.peers) socket.write(ok);
    return peer;
  });
  await using plane = await openPlane({ maxIdlePerTarget: 2 });
  plane.forwardTo(target.port);
  // None is answered before all have come.
  await Promise.all(Array.from({ length: 5 }, () => ask(plane, lastHead('GET /'))));
  const closed = (): number => target.peers.filter((peer) => peer.closed).length;
  await eventually('three are closed', () => closed() === 3, 20_000);
  await delay(200);
  assert.equal(closed(), 3);
});
