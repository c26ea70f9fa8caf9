// The HTTP/1.1 engine with real sockets: routing, framing, keep-alive, back-pressure, refusals.

import assert from 'node:assert/strict';
import { createServer, request, Agent, type IncomingMessage, type Server } from 'node:http';
import { createServer as createTcpServer, type AddressInfo } from 'node:net';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { HOST } from '../../src/proxy/snapshot-sample.ts';
import { openPlane, talk, type Plane } from './plane.ts';

interface Seen {
  readonly method: string;
  readonly url: string;
  readonly headers: NodeJS.Dict<string | string[]>;
  readonly body: string;
}

async function openTarget(
  answer?: (seen: Seen) => { status?: number; headers?: Record<string, string>; body?: string },
): Promise<{ port: number; seen: Seen[]; server: Server } & AsyncDisposable> {
  const seen: Seen[] = [];
  const server = createServer((req, res) => {
    let body = '';
    req.on('data', (data: Buffer) => (body += data.toString('latin1')));
    req.on('end', () => {
      const one = { method: req.method ?? '', url: req.url ?? '', headers: req.headers, body };
      seen.push(one);
      const { status = 200, headers = {}, body: text = 'hello' } = answer?.(one) ?? {};
      res.writeHead(status, headers).end(text);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    seen,
    server,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const forward = (...groups: readonly (readonly [string, number])[]) => ({
  kind: 'forward' as const,
  targetGroups: groups.map(([id, weight]) => ({ id, weight })),
});

function get(
  plane: Plane,
  path: string,
  options: { agent?: Agent; method?: string; headers?: Record<string, string>; body?: string | Buffer } = {},
): Promise<{ status: number; headers: IncomingMessage['headers']; body: string }> {
  return new Promise((resolve, reject) => {
    const req = request(
      {
        host: '127.190.0.1',
        port: plane.port,
        path,
        method: options.method ?? 'GET',
        headers: { host: HOST, ...options.headers },
        agent: options.agent ?? false,
      },
      (res) => {
        const parts: Buffer[] = [];
        res.on('data', (data: Buffer) => parts.push(data));
        res.on('end', () =>
          resolve({ status: res.statusCode ?? 0, headers: res.headers, body: Buffer.concat(parts).toString('latin1') }),
        );
        res.on('error', reject);
      },
    );
    req.on('error', reject);
    req.end(options.body);
  });
}

test('a request reaches its target with the headers of the user guide and is logged', async () => {
  await using target = await openTarget();
  await using plane = await openPlane();
  plane.apply([{ id: 'default', action: forward(['tg-1', 100]) }], { 'tg-1': [target.port] });
  const response = await get(plane, '/a?b=1', {
    headers: {
      'x-amzn-lattice-identity': 'Principal=root',
      'x-forwarded-for': '1.2.3.4',
      'x-amzn-requestid': 'abc',
      'x-mine': 'kept',
    },
  });
  assert.equal(response.status, 200);
  assert.equal(response.body, 'hello');
  assert.equal(response.headers['x-amzn-requestid'], 'abc');
  const headers = target.seen[0]?.headers ?? {};
  assert.equal(target.seen[0]?.url, '/a?b=1');
  assert.equal(headers['x-amzn-lattice-identity'], undefined);
  assert.match(String(headers['x-forwarded-for']), /^1\.2\.3\.4, 127\./);
  assert.equal(headers['x-forwarded-proto'], 'http');
  assert.equal(headers['x-forwarded-port'], String(plane.port));
  assert.equal(headers['x-amzn-source-vpc'], 'vpc-1');
  assert.equal(headers['x-mine'], 'kept');
  assert.equal(headers['host'], HOST);
  assert.match(
    String(headers['x-amzn-lattice-target']),
    /^ServiceArn=.*svc-1; ServiceNetworkArn=.*sn-1; TargetGroupArn=.*tg-1$/,
  );
  const record = plane.log[0] ?? {};
  assert.equal(record['responseCode'], 200);
  assert.equal(record['requestId'], 'abc');
  assert.equal(record['ruleId'], 'default');
  assert.equal(record['targetIpPort'], `127.0.0.1:${target.port}`);
  assert.equal(record['requestPath'], '/a?b=1');
});

test('weights split exactly over 1,000 requests of one worker', async () => {
  await using first = await openTarget(() => ({ body: '1' }));
  await using second = await openTarget(() => ({ body: '2' }));
  await using plane = await openPlane();
  plane.apply([{ id: 'default', action: forward(['tg-1', 90], ['tg-2', 10]) }], {
    'tg-1': [first.port],
    'tg-2': [second.port],
  });
  const agent = new Agent({ keepAlive: true, maxSockets: 8 });
  const bodies = await Promise.all(Array.from({ length: 1000 }, () => get(plane, '/', { agent })));
  agent.destroy();
  assert.equal(bodies.filter(({ body }) => body === '2').length, 100);
});

test('a large chunked body passes both ways unchanged', async () => {
  const big = Buffer.alloc(3_000_000, 'abcdefghij').toString('latin1');
  await using target = await openTarget((seen) => ({ body: seen.body, headers: { 'transfer-encoding': 'chunked' } }));
  await using plane = await openPlane();
  plane.apply([{ id: 'default', action: forward(['tg-1', 100]) }], { 'tg-1': [target.port] });
  const response = await get(plane, '/', { method: 'POST', body: big, headers: { 'transfer-encoding': 'chunked' } });
  assert.equal(response.body === big, true);
});

test('a reader that is slow holds the target back instead of filling memory', async () => {
  let written = 0;
  const server = createServer((_req, res) => {
    const chunk = Buffer.alloc(64 * 1024);
    const more = (): void => {
      while (written < 200 * 1024 * 1024) {
        written += chunk.length;
        if (!res.write(chunk)) {
          res.once('drain', more);
          return;
        }
      }
      res.end();
    };
    more();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  await using plane = await openPlane();
  plane.apply([{ id: 'default', action: forward(['tg-1', 100]) }], {
    'tg-1': [(server.address() as AddressInfo).port],
  });
  const req = request({ host: '127.190.0.1', port: plane.port, headers: { host: HOST }, agent: false });
  req.end();
  const res = await new Promise<IncomingMessage>((resolve) => req.on('response', resolve));
  res.pause();
  await delay(400);
  const before = written;
  await delay(200);
  assert.equal(written, before);
  assert.ok(written < 50 * 1024 * 1024, `${written} bytes were taken for a reader that reads nothing`);
  req.destroy();
  server.closeAllConnections();
  server.close();
});

test('requests on one connection are answered in order when they are pipelined', async () => {
  await using target = await openTarget((seen) => ({ body: seen.url }));
  await using plane = await openPlane();
  plane.apply([{ id: 'default', action: forward(['tg-1', 100]) }], { 'tg-1': [target.port] });
  const one = (path: string, body = ''): string =>
    `POST ${path} HTTP/1.1\r\nhost: ${HOST}\r\ncontent-length: ${body.length}\r\n\r\n${body}`;
  const got = await talk(plane, one('/a') + one('/b', 'xyz') + one('/c'));
  assert.deepEqual([...got.matchAll(/^\/\w/gm)].map(String), ['/a', '/b', '/c']);
});

test('a reused connection that the target closed costs no request when it is idempotent', async () => {
  const server = createServer((_req, res) => res.end('ok'));
  server.keepAliveTimeout = 1;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  await using plane = await openPlane();
  plane.apply([{ id: 'default', action: forward(['tg-1', 100]) }], {
    'tg-1': [(server.address() as AddressInfo).port],
  });
  const agent = new Agent({ keepAlive: true });
  for (let i = 0; i < 20; i++) {
    const response = await get(plane, '/', { agent });
    assert.equal(response.status, 200);
    // At once, and at moments around the target's own time-out.
    await delay(i);
  }
  agent.destroy();
  server.closeAllConnections();
  server.close();
});

test('what cannot be forwarded is answered with the status of the reference', async () => {
  await using plane = await openPlane();
  const closed = createTcpServer();
  await new Promise<void>((resolve) => closed.listen(0, '127.0.0.1', resolve));
  const { port: nobody } = closed.address() as AddressInfo;
  await new Promise((resolve) => closed.close(resolve));
  const rude = createTcpServer((socket) => {
    socket.on('error', () => {});
    socket.once('data', (data: Buffer) => socket.end(data.includes('/nonsense') ? 'nonsense\r\n\r\n' : ''));
  });
  await new Promise<void>((resolve) => rude.listen(0, '127.0.0.1', resolve));
  plane.apply(
    [
      {
        id: 'fixed',
        match: { path: { kind: 'exact', value: '/fixed', caseSensitive: true } },
        action: { kind: 'fixed', status: 404 },
      },
      {
        id: 'none',
        match: { path: { kind: 'exact', value: '/none', caseSensitive: true } },
        action: forward(['tg-none', 1]),
      },
      {
        id: 'dead',
        match: { path: { kind: 'exact', value: '/dead', caseSensitive: true } },
        action: forward(['tg-dead', 1]),
      },
      { id: 'default', action: forward(['tg-rude', 1]) },
    ],
    { 'tg-none': [], 'tg-dead': [nobody], 'tg-rude': [(rude.address() as AddressInfo).port] },
  );
  const results: Record<string, number> = {};
  for (const path of ['/fixed', '/none', '/dead', '/nonsense', '/closed'])
    results[path] = (await get(plane, path)).status;
  results['other host'] = (await get(plane, '/', { headers: { host: 'other.example' } })).status;
  assert.deepEqual(results, {
    '/fixed': 404,
    '/none': 503,
    '/dead': 500,
    '/nonsense': 502,
    '/closed': 502,
    'other host': 404,
  });
  const reasons = plane.log.map((record) => record['failureReason']);
  assert.deepEqual(reasons, ['-', '-', 'TargetConnectionError', 'TargetProtocolError', 'TargetConnectionClosed', '-']);
  rude.close();
});

const refused: Readonly<Record<string, string>> = {
  'both lengths': 'content-length: 3\r\ntransfer-encoding: chunked\r\n\r\nabc',
  'differing lengths': 'content-length: 3\r\ncontent-length: 4\r\n\r\nabcd',
  'a signed length': 'content-length: +3\r\n\r\nabc',
  'a folded header': 'a: b\r\n c\r\n\r\n',
  'a bare LF': 'a: b\n\r\n\r\n',
  'a bare CR': 'a: b\rc\r\n\r\n',
  'a NUL': 'a: b\0c\r\n\r\n',
  'a space in a name': 'a b: c\r\n\r\n',
  'a space before the colon': 'a : c\r\n\r\n',
  'an empty name': ': c\r\n\r\n',
  'a second Host': `host: ${HOST}\r\n\r\n`,
  'a bad chunk size': 'transfer-encoding: chunked\r\n\r\nx\r\n',
  'a chunk that is too long for its size': 'transfer-encoding: chunked\r\n\r\n1\r\nab\r\n0\r\n\r\n',
  'a coding before chunked': 'transfer-encoding: gzip, chunked\r\n\r\n',
  'over 100 headers': `${'a: b\r\n'.repeat(101)}\r\n`,
  'over 60 KB of headers': `a: ${'x'.repeat(62_000)}\r\n\r\n`,
};

test('malformed requests get 400 (or 501 for an unknown coding) and a closed connection, and reach no target', async () => {
  await using target = await openTarget();
  await using plane = await openPlane();
  plane.apply([{ id: 'default', action: forward(['tg-1', 1]) }], { 'tg-1': [target.port] });
  for (const [name, rest] of Object.entries(refused)) {
    const got = await talk(
      plane,
      `POST / HTTP/1.1\r\nhost: ${HOST}\r\n${rest}GET /smuggled HTTP/1.1\r\nhost: ${HOST}\r\n\r\n`,
      50,
    );
    assert.match(got, name === 'a coding before chunked' ? /^HTTP\/1\.1 501 / : /^HTTP\/1\.1 400 /, name);
    assert.equal(got.match(/^HTTP\/1\.1 /gm)?.length, 1, name);
    assert.match(got, /connection: close/, name);
  }
  for (const line of ['GET / HTTP/1.1\r\n\r\n', `GET  / HTTP/1.1\r\nhost: ${HOST}\r\n\r\n`, `GET /\r\n\r\n`])
    assert.match(await talk(plane, line, 50), /^HTTP\/1\.1 400 /, line);
  assert.equal(
    target.seen.some((seen) => seen.url === '/smuggled'),
    false,
  );
});

test('a request that comes byte by byte is the same request', async () => {
  await using target = await openTarget();
  await using plane = await openPlane();
  plane.apply([{ id: 'default', action: forward(['tg-1', 1]) }], { 'tg-1': [target.port] });
  const text = `POST /x HTTP/1.1\r\nhost: ${HOST}\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n`;
  const got = await talk(plane, text.split(''));
  assert.match(got, /^HTTP\/1\.1 200 OK/);
  assert.equal(target.seen[0]?.body, 'abc');
});
