// HTTPS targets: any certificate by default, verified where it is asked for, connections and sessions reused.

import assert from 'node:assert/strict';
import { createServer as createTcp, type AddressInfo, type Server, type Socket } from 'node:net';
import { createServer as createHttps } from 'node:https';
import { test } from 'node:test';
import type { TLSSocket } from 'node:tls';
import type { TargetTls } from '../../src/proxy/index.ts';
import { openPlane, type Plane } from './plane.ts';
import { eventually, outcomes } from './raw-ends.ts';
import { ask, lastHead } from './targets-ask.ts';
import { certificate, key } from './targets-certificate.ts';

interface SecureTarget extends AsyncDisposable {
  readonly port: number;
  /** Of each connection: whether its session was an earlier one's, and the SNI. */
  readonly handshakes: readonly { readonly reused: boolean; readonly name: string | false | undefined }[];
  readonly bodies: readonly string[];
  closeIdle(): void;
  /** Connections that stand. */
  open(): number;
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // A test that fails leaves it open.
  server.unref();
  return (server.address() as AddressInfo).port;
}

async function openSecure(): Promise<SecureTarget> {
  const handshakes: SecureTarget['handshakes'][number][] = [];
  const bodies: string[] = [];
  const server = createHttps({ cert: certificate, key }, (request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      bodies.push(body);
      response.end('x'.repeat(100_000));
    });
  });
  let open = 0;
  server.on('secureConnection', (socket: TLSSocket) => {
    open++;
    socket.on('close', () => open--);
    handshakes.push({
      reused: socket.isSessionReused(),
      name: (socket as TLSSocket & { servername?: string }).servername,
    });
  });
  const port = await listen(server);
  return {
    port,
    handshakes,
    bodies,
    closeIdle: () => server.closeIdleConnections(),
    open: () => open,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const openWith = (targetTls: TargetTls): Promise<Plane> => openPlane({}, 60, { targetTls });

/** What the target group has counted under one of AWS's names. */
const metric = (plane: Plane, name: string): number =>
  Object.entries(plane.counters.values()).reduce(
    (sum, [series, value]) => (series.startsWith(`AWS_VpcLattice_${name}{TargetGroup=`) ? sum + value : sum),
    0,
  );
const dialled = (plane: Plane): number => metric(plane, 'TotalConnectionCount');

test('an HTTPS target with a certificate of nobody is used, its connections and sessions are reused', async () => {
  await using target = await openSecure();
  await using plane = await openPlane({ unrepeatableReuseWindow: 60_000 });
  plane.forwardTo(target.port, { protocol: 'HTTPS' });
  const big = 'y'.repeat(200_000);
  const send = (): Promise<string> => ask(plane, `${lastHead('POST /', `content-length: ${big.length}`)}${big}`);
  for (let i = 0; i < 3; i++) {
    const got = await send();
    assert.match(got.slice(0, 100), /^HTTP\/1\.1 200 OK/);
    assert.ok(got.endsWith('x'.repeat(100_000)));
  }
  assert.deepEqual(
    target.bodies.map((body) => body === big),
    [true, true, true],
  );
  assert.equal(dialled(plane), 1);
  assert.deepEqual(target.handshakes, [{ reused: false, name: false }]);
  target.closeIdle();
  await eventually('the connection is closed', () => target.open() === 0);
  assert.match((await send()).slice(0, 100), /^HTTP\/1\.1 200 OK/);
  assert.equal(target.handshakes[1]?.reused, true);
  assert.equal(metric(plane, 'TotalTLSConnectionHandshakeCount'), 2);
  assert.equal(metric(plane, 'TLSConnectionErrorCount'), 0);
});

const verified: readonly (readonly [what: string, tls: TargetTls, status: number])[] = [
  ['an authority that is not trusted', { verify: true }, 500],
  ['its own authority', { verify: true, ca: certificate }, 200],
  ['its own authority and its name', { verify: true, ca: certificate, serverName: 'target.example' }, 200],
  ['its own authority and another name', { verify: true, ca: certificate, serverName: 'other.example' }, 500],
];
for (const [what, tls, status] of verified)
  test(`with verification a certificate of ${what} leads to ${status}`, async () => {
    await using target = await openSecure();
    await using plane = await openWith(tls);
    plane.forwardTo(target.port, { protocol: 'HTTPS' });
    const got = await ask(plane, lastHead('GET /'));
    assert.ok(got.startsWith(`HTTP/1.1 ${status} `), got.slice(0, 200));
    assert.deepEqual(outcomes(plane), [status === 200 ? '200 -' : '500 TargetConnectionError']);
    assert.equal(metric(plane, 'TLSConnectionErrorCount'), status === 200 ? 0 : 1);
    assert.equal(metric(plane, 'TotalTLSConnectionHandshakeCount'), status === 200 ? 1 : 0);
    if (status === 200) assert.equal(target.handshakes[0]?.name, tls.serverName ?? false);
  });

test('a load balancer is told its name, which its certificate must be for when that is asked for', async () => {
  for (const [dnsName, status] of [
    ['target.example', 200],
    ['other.example', 500],
  ] as const) {
    await using target = await openSecure();
    await using plane = await openPlane({}, 60, {
      targetTls: { verify: true, ca: certificate },
      resolve: () => Promise.resolve({ addresses: ['127.0.0.1'], ttl: 60 }),
    });
    const targets = [{ id: dnsName, dnsName, port: target.port, draining: false }];
    plane.forwardTo(target.port, { protocol: 'HTTPS', type: 'ALB', targets });
    await eventually('the name is known', () => plane.plane.health().length === 1);
    const got = await ask(plane, lastHead('GET /'));
    assert.ok(got.startsWith(`HTTP/1.1 ${status} `), got.slice(0, 200));
    if (status === 200) assert.equal(target.handshakes[0]?.name, dnsName);
  }
});

const broken: readonly (readonly [what: string, answer: (socket: Socket) => void])[] = [
  ['speaks no TLS', (socket) => void socket.end('HTTP/1.1 200 OK\r\n\r\n')],
  ['closes in the handshake', (socket) => void socket.end()],
  ['resets in the handshake', (socket) => void socket.resetAndDestroy()],
];
for (const [what, answer] of broken)
  test(`a target that ${what} is a connection error, and another target gets the request`, async () => {
    const bad = createTcp((socket) => {
      socket.on('error', () => {});
      socket.once('data', () => answer(socket));
    });
    const port = await listen(bad);
    await using target = await openSecure();
    await using plane = await openPlane();
    plane.forwardTo(port, { protocol: 'HTTPS' });
    assert.match(await ask(plane, lastHead('GET /')), /^HTTP\/1\.1 500 /);
    plane.forwardTo([port, target.port], { protocol: 'HTTPS' });
    for (let i = 0; i < 2; i++) assert.match(await ask(plane, lastHead('GET /')), /^HTTP\/1\.1 200 OK/);
    assert.deepEqual(outcomes(plane), ['500 TargetConnectionError', '200 -', '200 -']);
    await new Promise((resolve) => bad.close(resolve));
  });

test('a target that never finishes the handshake is given up after the time limit', async () => {
  const silent = createTcp((socket) => socket.on('error', () => {}));
  const sockets = new Set<Socket>();
  silent.on('connection', (socket) => sockets.add(socket));
  const port = await listen(silent);
  await using plane = await openPlane({ upstreamConnectTimeout: 200 });
  plane.forwardTo(port, { protocol: 'HTTPS' });
  assert.match(await ask(plane, lastHead('GET /')), /^HTTP\/1\.1 500 /);
  assert.deepEqual(outcomes(plane), ['500 TargetConnectionError']);
  assert.equal(metric(plane, 'ConnectionTimeoutCount'), 1);
  for (const socket of sockets) socket.destroy();
  await new Promise((resolve) => silent.close(resolve));
});
