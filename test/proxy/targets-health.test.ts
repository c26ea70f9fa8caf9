// Health checks on real connections: what is asked, what counts as success, and when.

import assert from 'node:assert/strict';
import { createServer as createHttp1, type IncomingMessage, type RequestListener } from 'node:http';
import { createServer as createHttp2, createSecureServer } from 'node:http2';
import { createServer as createHttps } from 'node:https';
import { createServer as createTcp, type AddressInfo, type Server, type Socket } from 'node:net';
import { test } from 'node:test';
import type { HealthCheckRecord } from '../../src/snapshot/index.ts';
import { openPlane, type Plane } from './plane.ts';
import { eventually } from './raw-ends.ts';
import { ask, lastHead } from './targets-ask.ts';
import { certificate, key } from './targets-certificate.ts';

/** Settings with which a test need not wait: a schedule of 5 s becomes one of 50 ms. */
const fast = { healthCheckSpeed: 100 };

const usual: HealthCheckRecord = {
  ...{ enabled: true, protocol: 'HTTP', protocolVersion: 'HTTP1', path: '/', matcher: '200' },
  ...{ intervalSeconds: 5, timeoutSeconds: 1, healthyThreshold: 2, unhealthyThreshold: 2 },
};

interface Opened extends AsyncDisposable {
  readonly port: number;
}

/** Opens `server` on 127.0.0.1, and ends it with all its connections. */
async function open(server: Server, port = 0): Promise<Opened> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** The newest report about the group's target, as `health reason`. */
function newest({ reports }: Plane): string {
  const last = reports.at(-1);
  return last === undefined ? '' : `${last.health} ${last.reason ?? ''}`.trim();
}

const sees = (plane: Plane, what: string): Promise<void> => eventually(what, () => newest(plane) === what, 20_000);

test('a check is a GET of the path with our user agent, on a connection of its own that is closed', async () => {
  const seen: IncomingMessage[] = [];
  await using target = await open(
    createHttp1((request, response) => {
      seen.push(request);
      response.end('x'.repeat(100_000));
    }),
  );
  await using plane = await openPlane(fast);
  plane.forwardTo(target.port, { healthCheck: { ...usual, path: '/up?x=1' } });
  await sees(plane, 'healthy');
  await eventually('three checks', () => seen.length >= 3);
  const [first] = seen;
  assert.equal(first?.method, 'GET');
  assert.equal(first.url, '/up?x=1');
  assert.equal(first.headers.host, `127.0.0.1:${target.port}`);
  assert.equal(first.headers['user-agent'], 'Pergola-HealthChecker/1.0');
  assert.equal(new Set(seen.map(({ socket }) => socket)).size, seen.length);
  await eventually('the connections of checks end', () => seen.slice(0, 2).every(({ socket }) => socket.destroyed));
});

const verdicts: readonly (readonly [
  what: string,
  answer: string,
  settings: Partial<HealthCheckRecord>,
  seen: string,
])[] = [
  ['a code of the list', 'HTTP/1.1 204 No Content\r\n\r\n', { matcher: '200,204' }, 'healthy'],
  ['a code of the range', 'HTTP/1.1 404 Not Found\r\n\r\n', { matcher: '200-299,400-404' }, 'healthy'],
  ['a code of neither', 'HTTP/1.1 201 Created\r\n\r\n', {}, 'unhealthy Target.ResponseCodeMismatch'],
  ['an interim response before it', 'HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\n\r\n', {}, 'healthy'],
  ['something else than HTTP', 'SSH-2.0-OpenSSH_9.2\r\n\r\n', {}, 'unhealthy Target.FailedHealthChecks'],
  ['a head without end', `HTTP/1.1 200 OK\r\nx: ${'x'.repeat(70_000)}`, {}, 'unhealthy Target.FailedHealthChecks'],
  ['half a head', 'HTTP/1.1 200 OK\r\n', { timeoutSeconds: 1 }, 'unhealthy Target.Timeout'],
  ['silence', '', { timeoutSeconds: 1 }, 'unhealthy Target.Timeout'],
];
for (const [what, answer, settings, seen] of verdicts)
  test(`a target that answers a check with ${what} is ${seen}`, async () => {
    await using target = await open(createTcp((socket) => socket.on('data', () => socket.write(answer))));
    await using plane = await openPlane(fast);
    plane.forwardTo(target.port, { healthCheck: { ...usual, ...settings } });
    await sees(plane, seen);
  });

test('a target that closes the connection, or does not listen, is unhealthy with FailedHealthChecks', async () => {
  await using target = await open(createTcp((socket) => socket.destroy()));
  await using plane = await openPlane(fast);
  plane.forwardTo(target.port, { healthCheck: usual });
  await sees(plane, 'unhealthy Target.FailedHealthChecks');
  const gone = await open(createTcp());
  await gone[Symbol.asyncDispose]();
  await using other = await openPlane(fast);
  other.forwardTo(gone.port, { healthCheck: usual });
  await sees(other, 'unhealthy Target.FailedHealthChecks');
});

test('a source address that cannot be used is not held against the target', async () => {
  await using target = await open(createHttp1((_request, response) => response.end()));
  // TEST-NET-1 is nobody's address.
  await using plane = await openPlane(fast, 60, { sources: () => ['192.0.2.1', '127.0.0.1'] });
  plane.forwardTo(target.port, { healthCheck: usual });
  await sees(plane, 'healthy');
  await using none = await openPlane(fast, 60, { sources: () => ['192.0.2.1'] });
  none.forwardTo(target.port, { healthCheck: usual });
  await sees(none, 'unhealthy Target.FailedHealthChecks');
});

const answerOk: RequestListener = (_request, response) => response.end('ok');
const servers: readonly (readonly [string, () => Server, Partial<HealthCheckRecord>])[] = [
  ['HTTP/1.1', () => createHttp1(answerOk), {}],
  ['HTTPS with any certificate', () => createHttps({ cert: certificate, key }, answerOk), { protocol: 'HTTPS' }],
  ['HTTP/2', () => createHttp2((_request, response) => response.end('ok')), { protocolVersion: 'HTTP2' }],
  [
    'HTTP/2 over TLS',
    () => createSecureServer({ cert: certificate, key }, (_request, response) => response.end('ok')),
    { protocol: 'HTTPS', protocolVersion: 'HTTP2' },
  ],
];
for (const [what, make, settings] of servers)
  test(`a check over ${what} succeeds only where that is spoken`, async () => {
    await using right = await open(make());
    await using wrong = await open(createTcp((socket) => socket.on('data', () => socket.end('nonsense\r\n\r\n'))));
    await using plane = await openPlane(fast);
    plane.forwardTo(right.port, { healthCheck: { ...usual, ...settings } });
    await sees(plane, 'healthy');
    await using other = await openPlane(fast);
    other.forwardTo(wrong.port, { healthCheck: { ...usual, ...settings } });
    await sees(other, 'unhealthy Target.FailedHealthChecks');
  });

test('thresholds decide when a target moves, and the health port may be another than that of traffic', async () => {
  let status = 200;
  let checks = 0;
  await using check = await open(
    createHttp1((_request, response) => {
      checks++;
      response.writeHead(status).end();
    }),
  );
  await using target = await open(createHttp1(answerOk));
  await using plane = await openPlane(fast);
  const healthCheck = { ...usual, port: check.port, healthyThreshold: 3, unhealthyThreshold: 4 };
  plane.forwardTo(target.port, { healthCheck });
  await sees(plane, 'healthy');
  const turn = async (next: number, seen: string): Promise<number> => {
    status = next;
    const before = checks;
    await sees(plane, seen);
    return checks - before;
  };
  // One check may have been under way when the answer changed.
  const failures = await turn(500, 'unhealthy Target.ResponseCodeMismatch');
  assert.ok(failures >= 4, `${failures} checks`);
  const successes = await turn(200, 'healthy');
  assert.ok(successes >= 3, `${successes} checks`);
  assert.match(await ask(plane, lastHead('GET /')), /^HTTP\/1\.1 200 OK/);
});

test('a change is reported twice, for a worker that did not know the target yet, and no more', async () => {
  let checks = 0;
  await using target = await open(
    createHttp1((_request, response) => {
      checks++;
      response.end();
    }),
  );
  await using plane = await openPlane(fast);
  plane.forwardTo(target.port, { healthCheck: usual });
  await eventually('six checks', () => checks >= 6, 20_000);
  const report = { groupId: 'tg-1', target: `127.0.0.1|${target.port}`, health: 'healthy' };
  assert.deepEqual(plane.reports, [report, report]);
});

test('a change of settings is obeyed at once, and a check that is turned off makes the target unavailable', async () => {
  const paths: string[] = [];
  await using target = await open(
    createHttp1((request, response) => {
      paths.push(request.url ?? '');
      response.end();
    }),
  );
  // Real intervals: what comes within the test comes because of the change.
  await using plane = await openPlane();
  plane.forwardTo(target.port, { healthCheck: { ...usual, intervalSeconds: 300 } });
  await sees(plane, 'healthy');
  plane.forwardTo(target.port, { healthCheck: { ...usual, intervalSeconds: 300, path: '/new' } });
  await eventually('the new path is asked for', () => paths.includes('/new'));
  assert.equal(plane.plane.health()[0]?.health, 'healthy');
  plane.forwardTo(target.port);
  assert.equal(plane.plane.health()[0]?.health, 'unavailable');
  plane.forwardTo(target.port, { healthCheck: { ...usual, intervalSeconds: 300 } });
  assert.equal(plane.plane.health()[0]?.health, 'initial');
  await eventually('it is healthy again', () => plane.plane.health()[0]?.health === 'healthy');
});

test('the schedule does not move with the time that an answer takes', async () => {
  const times: number[] = [];
  await using target = await open(
    createHttp1((_request, response) => {
      times.push(performance.now());
      setTimeout(() => response.end(), 120);
    }),
  );
  await using plane = await openPlane({ healthCheckSpeed: 25 });
  plane.forwardTo(target.port, { healthCheck: usual });
  await eventually('ten checks', () => times.length >= 10, 20_000);
  // 200 ms apart; a schedule that waits for answers would be 320 ms apart. The quickest two of all show it on a busy machine too.
  const gaps = times.slice(1).map((time, i) => time - (times[i] ?? 0));
  assert.ok(Math.min(...gaps) < 300, `gaps of ${gaps.map((gap) => gap.toFixed(0)).join(', ')} ms`);
});

test('a healthy target gets the requests; when all are unhealthy, all get them', async () => {
  const seen: string[] = [];
  let failing = false;
  const make = (name: string, ok: () => boolean): Promise<Opened> =>
    open(
      createHttp1((request, response) => {
        if (request.url === '/health') response.writeHead(ok() ? 200 : 500).end();
        else {
          seen.push(name);
          response.end(name);
        }
      }),
    );
  await using good = await make('good', () => !failing);
  await using bad = await make('bad', () => false);
  await using plane = await openPlane(fast);
  plane.forwardTo([good.port, bad.port], { healthCheck: { ...usual, path: '/health' } });
  const states = (): string =>
    plane.plane
      .health()
      .map(({ health }) => health)
      .join();
  await eventually('one is healthy', () => states() === 'healthy,unhealthy', 20_000);
  for (let i = 0; i < 4; i++) await ask(plane, lastHead('GET /'));
  assert.deepEqual(seen.splice(0), ['good', 'good', 'good', 'good']);
  failing = true;
  await eventually('none is healthy', () => states() === 'unhealthy,unhealthy', 20_000);
  for (let i = 0; i < 4; i++) await ask(plane, lastHead('GET /'));
  assert.deepEqual(seen.sort(), ['bad', 'bad', 'good', 'good']);
});
