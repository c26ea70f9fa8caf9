// The API's edges on real sockets: sizes, time limits, foreign hosts, broken HTTP, clients that go away.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { after, test } from 'node:test';
import { createAwsServer, ServiceError, type InternalRequest, type OperationHandler } from '../../src/aws/index.ts';
import { cloudTrailDefinition } from '../../src/api/cloudtrail/definition.ts';
import { ec2Definition } from '../../src/api/ec2/definition.ts';
import { latticeDefinition } from '../../src/api/lattice/definition.ts';
import { stsDefinition } from '../../src/api/sts/definition.ts';
import { taggingDefinition } from '../../src/api/tagging/definition.ts';
import { systemClock } from '../../src/base/clock.ts';
import { createLog } from '../../src/base/log.ts';
import { systemRandom } from '../../src/base/random.ts';
import { sha256, signHeaders } from '../../src/sigv4/index.ts';

const limits = { apiHeaderTimeout: 200, apiBodyTimeout: 200, apiIdleTimeout: 60_000, apiBodySize: 1_048_576 };
const logged: string[] = [];
const internal: InternalRequest[] = [];

const server = createAwsServer(
  {
    services: [
      {
        definition: latticeDefinition,
        operations: new Map<string, OperationHandler>([
          ['ListServices', () => Promise.resolve({ output: { items: [] } })],
          ['CreateService', () => Promise.reject(new Error('a bug'))],
        ]),
      },
      { definition: ec2Definition, operations: new Map() },
      { definition: stsDefinition, operations: new Map() },
      { definition: cloudTrailDefinition, operations: new Map() },
      { definition: taggingDefinition, operations: new Map() },
    ],
    regions: ['us-east-1'],
    defaultAccount: '123456789012',
    open: false,
    hostNames: ['pergola.test'],
    limits,
  },
  {
    clock: systemClock,
    random: systemRandom,
    log: createLog((line) => logged.push(line), Date.now),
    findCredential: (id) =>
      id === 'AKID'
        ? { secret: 'secret', account: '111122223333', principalArn: 'arn:aws:iam::111122223333:root' }
        : undefined,
    internal: (request, response, call) => {
      internal.push(request);
      if (request.path === '/-/teapot') throw new ServiceError('ValidationException', 'no coffee', { status: 400 });
      response.end(`internal ${call?.account ?? 'nobody'}`);
      return Promise.resolve();
    },
    page: (_request, response) => void response.end('<html>'),
  },
);
server.listen(0, '127.0.0.1');
await once(server, 'listening');
const { port } = server.address() as AddressInfo;
const host = `127.0.0.1:${port}`;
after(() => {
  server.close();
  server.closeAllConnections();
});

interface Reply {
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
}

function parseReply(text: string): Reply {
  const [head = '', body = ''] = text.split(/\r\n\r\n(.*)/s);
  const [first = '', ...lines] = head.split('\r\n');
  const headers = new Map(
    lines.map((line) => {
      const at = line.indexOf(':');
      return [line.slice(0, at).toLowerCase(), line.slice(at + 1).trim()] as const;
    }),
  );
  return { status: Number(first.split(' ')[1]), headers, body };
}

function open(): { socket: Socket; closed: Promise<string> } {
  const socket = connect(port, '127.0.0.1');
  let text = '';
  socket.on('data', (chunk: Buffer) => (text += chunk.toString()));
  // A reset after the answer is the server's right.
  socket.on('error', () => undefined);
  return { socket, closed: once(socket, 'close').then(() => text) };
}

/** Sends `text` and collects what comes until the connection closes. */
async function exchange(text: string): Promise<Reply> {
  const { socket, closed } = open();
  socket.write(text);
  return parseReply(await closed);
}

function signed(method: string, target: string, body = '', more: readonly string[] = []): string {
  const [path = '', query = ''] = target.split('?');
  const request = { method, path, query, headers: new Map([['host', host]]) };
  const signer = { accessKeyId: 'AKID', secret: 'secret', region: 'us-east-1', service: 'vpc-lattice' };
  const headers = { host, ...signHeaders(request, signer, { now: Date.now(), bodyHash: sha256(body) }) };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  return `${method} ${target} HTTP/1.1\r\n${[...lines, ...more, `content-length: ${Buffer.byteLength(body)}`].join('\r\n')}\r\n\r\n${body}`;
}

const close = ['connection: close'];

async function assertAlive(): Promise<void> {
  const { status } = await exchange(signed('GET', '/services', '', close));
  assert.equal(status, 200);
}

function assertRefused(reply: Reply, status: number, type: string): void {
  assert.deepEqual([reply.status, reply.headers.get('x-amzn-errortype')], [status, type]);
  assert.match(reply.headers.get('x-amzn-requestid') ?? '', /^[0-9a-f-]{36}$/);
  assert.equal(typeof (JSON.parse(reply.body) as { message: unknown }).message, 'string');
}

test('a signed call over a socket is answered with a request id', async () => {
  const reply = await exchange(signed('GET', '/services', '', close));
  assert.equal(reply.status, 200);
  assert.deepEqual(JSON.parse(reply.body), { items: [] });
  assert.match(reply.headers.get('x-amzn-requestid') ?? '', /^[0-9a-f-]{36}$/);
});

test('a connection is kept and answers calls in order', async () => {
  const { socket, closed } = open();
  socket.write(signed('GET', '/services') + signed('GET', '/nothing') + signed('GET', '/services', '', close));
  const text = await closed;
  assert.deepEqual(
    [...text.matchAll(/HTTP\/1\.1 (\d+)/g)].map((match) => match[1]),
    ['200', '400', '200'],
  );
});

test('a body over 1 MB that is announced is refused and the connection closed', async () => {
  const body = 'x'.repeat(limits.apiBodySize + 1);
  assertRefused(await exchange(signed('POST', '/services', body)), 413, 'RequestEntityTooLargeException');
  await assertAlive();
});

test('a body over 1 MB that comes in chunks is refused and the connection closed', async () => {
  const { socket, closed } = open();
  socket.write(`POST /services HTTP/1.1\r\nhost: ${host}\r\ntransfer-encoding: chunked\r\n\r\n`);
  const chunk = `10000\r\n${'x'.repeat(0x10000)}\r\n`;
  for (let i = 0; i < 20; i++) socket.write(chunk);
  assertRefused(parseReply(await closed), 413, 'RequestEntityTooLargeException');
});

test('EC2 and STS refuse in their own form what is turned away before it is read', async () => {
  const forms = {
    ec2: /^<\?xml .*\n<Response><Errors><Error><Code>(\w+)<\/Code><Message>.+<\/Message><\/Error><\/Errors><RequestID>(.+)<\/RequestID><\/Response>$/,
    sts: /^<\?xml .*\n<ErrorResponse xmlns="\S+"><Error><Type>Sender<\/Type><Code>(\w+)<\/Code><Message>.+<\/Message><\/Error><RequestId>(.+)<\/RequestId><\/ErrorResponse>$/,
  };
  for (const service of ['ec2', 'sts'] as const) {
    const scope = `authorization: AWS4-HMAC-SHA256 Credential=AKID/20260101/us-east-1/${service}/aws4_request, SignedHeaders=host, Signature=${'0'.repeat(64)}\r\nx-amz-date: 20260101T000000Z\r\n`;
    const post = (name: string, rest: string): Promise<Reply> =>
      exchange(`POST / HTTP/1.1\r\nhost: ${name}\r\n${scope}connection: close\r\n${rest}`);
    const large = 'x'.repeat(limits.apiBodySize + 1);
    const chunked = `transfer-encoding: chunked\r\n\r\n${large.length.toString(16)}\r\n${large}\r\n`;
    for (const [sent, status, code] of [
      [post(host, `content-length: ${large.length}\r\n\r\n${large}`), 413, 'RequestEntityTooLarge'],
      [post(host, chunked), 413, 'RequestEntityTooLarge'],
      [post(host, 'content-length: 10\r\n\r\nAction'), 408, 'RequestTimeout'],
      [post(host, 'transfer-encoding: chunked\r\n\r\nrubbish\r\n'), 400, 'BadRequest'],
      [post('evil.example', 'content-length: 0\r\n\r\n'), 403, 'AccessDenied'],
    ] as const) {
      const reply = await sent;
      const [, told, requestId] = forms[service].exec(reply.body) ?? [];
      assert.deepEqual([reply.status, told], [status, code], `${service}: ${reply.body}`);
      assert.equal(requestId, reply.headers.get('x-amzn-requestid'));
      assert.equal(reply.headers.get('content-type'), 'text/xml;charset=UTF-8');
    }
  }
  await assertAlive();
});

test('CloudTrail and the tagging API refuse in their own form what is turned away before it is read', async () => {
  for (const [service, target] of [
    ['cloudtrail', 'CloudTrail_20131101.LookupEvents'],
    ['tagging', 'ResourceGroupsTaggingAPI_20170126.GetResources'],
  ] as const) {
    const head = `host: ${host}\r\nx-amz-target: ${target}\r\nconnection: close\r\n`;
    const post = (rest: string, lines = head): Promise<Reply> => exchange(`POST / HTTP/1.1\r\n${lines}${rest}`);
    const large = 'x'.repeat(limits.apiBodySize + 1);
    const nested = '['.repeat(1_000_000);
    for (const [sent, status, type] of [
      [post(`content-length: ${large.length}\r\n\r\n${large}`), 413, 'RequestEntityTooLargeException'],
      [post('content-length: 10\r\n\r\n{"a"'), 408, 'RequestTimeoutException'],
      [post('content-length: 0\r\n\r\n', head.replace(host, 'evil.example')), 403, 'AccessDeniedException'],
      [post(`content-length: ${nested.length}\r\n\r\n${nested}`), 400, 'MissingAuthenticationTokenException'],
    ] as const) {
      const reply = await sent;
      const body = JSON.parse(reply.body) as Record<string, unknown>;
      assert.deepEqual([reply.status, body['__type'], typeof body['message']], [status, type, 'string'], service);
      assert.equal(reply.headers.get('content-type'), 'application/x-amz-json-1.1');
      assert.match(reply.headers.get('x-amzn-requestid') ?? '', /^[0-9a-f-]{36}$/);
    }
  }
  await assertAlive();
});

test('headers that do not end in time are answered with 408', async () => {
  assertRefused(await exchange(`GET / HTTP/1.1\r\nhost: ${host}\r\n`), 408, 'RequestTimeoutException');
});

test('a body that does not end in time is answered with 408', async () => {
  const reply = await exchange(`POST /services HTTP/1.1\r\nhost: ${host}\r\ncontent-length: 10\r\n\r\n{`);
  assertRefused(reply, 408, 'RequestTimeoutException');
  await assertAlive();
});

test('broken HTTP and oversized headers are answered, not dropped', async () => {
  assertRefused(await exchange('rubbish\r\n\r\n'), 400, 'BadRequestException');
  assertRefused(
    await exchange(`GET / HTTP/1.1\r\nhost: ${host}\r\nx: ${'y'.repeat(40_000)}\r\n\r\n`),
    431,
    'RequestHeaderSectionTooLargeException',
  );
  const both = `POST / HTTP/1.1\r\nhost: ${host}\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n`;
  assertRefused(await exchange(both), 400, 'BadRequestException');
});

test('a Host that is not ours, an absent Host and a foreign Origin are refused before anything else', async () => {
  const get = (lines: string): Promise<Reply> =>
    exchange(`GET / HTTP/1.1\r\n${lines}accept: text/html\r\nconnection: close\r\n\r\n`);
  for (const lines of [
    'host: evil.example\r\n',
    `host: evil.example:${port}\r\n`,
    `host: 127.0.0.1:${port + 1}\r\n`,
    '',
    `host: ${host}\r\norigin: http://evil.example\r\n`,
    `host: ${host}\r\norigin: null\r\n`,
  ])
    assertRefused(await get(lines), 403, 'AccessDeniedException');
  for (const lines of [
    `host: ${host}\r\n`,
    `host: localhost:${port}\r\n`,
    'host: pergola.test\r\n',
    'host: Pergola.test:7171\r\n',
    `host: ${host}\r\norigin: http://localhost:${port}\r\n`,
  ])
    assert.deepEqual((await get(lines)).body, '<html>', lines);
});

test('a page is only for an unsigned GET of / that accepts HTML', async () => {
  const other = await exchange(`GET / HTTP/1.1\r\nhost: ${host}\r\naccept: */*\r\nconnection: close\r\n\r\n`);
  assertRefused(other, 403, 'MissingAuthenticationTokenException');
  const signedPage = await exchange(signed('GET', '/', '', ['accept: text/html', ...close]));
  assertRefused(signedPage, 400, 'ValidationException');
  const head = await exchange(`HEAD /services HTTP/1.1\r\nhost: ${host}\r\nconnection: close\r\n\r\n`);
  assert.deepEqual([head.status, head.body], [403, '']);
});

test('own paths need a signature except ready and metrics', async () => {
  const unsigned = (path: string): Promise<Reply> =>
    exchange(`GET ${path} HTTP/1.1\r\nhost: ${host}\r\nconnection: close\r\n\r\n`);
  assert.equal((await unsigned('/-/ready')).body, 'internal nobody');
  assert.equal((await unsigned('/-/metrics?x=1')).body, 'internal nobody');
  assertRefused(await unsigned('/-/status'), 403, 'MissingAuthenticationTokenException');
  assertRefused(await unsigned('/-/ready/'), 403, 'MissingAuthenticationTokenException');
  const wait = await exchange(signed('GET', '/-/wait?revision=3', '', close));
  assert.equal(wait.body, 'internal 111122223333');
  assert.equal(internal.at(-1)?.query.get('revision'), '3');
  assertRefused(await exchange(signed('POST', '/-/teapot', '', close)), 400, 'ValidationException');
});

test('a bug in an operation is a 500 whose request id is in the log, and the server stays up', async () => {
  const reply = await exchange(signed('POST', '/services', '{"name":"abc"}', close));
  assertRefused(reply, 500, 'InternalServerException');
  const id = reply.headers.get('x-amzn-requestid') ?? '';
  assert.ok(logged.some((line) => line.includes(id) && line.includes('a bug')));
  await assertAlive();
});

test('clients that go away in the middle leave the server up', async () => {
  const texts = [
    'GET / HT',
    `POST /services HTTP/1.1\r\nhost: ${host}\r\ncontent-length: 100\r\n\r\n{"na`,
    `POST /services HTTP/1.1\r\nhost: ${host}\r\ntransfer-encoding: chunked\r\n\r\n5\r\nab`,
    signed('GET', '/services'),
  ];
  for (const text of texts) {
    const { socket, closed } = open();
    socket.write(text);
    await new Promise((resolve) => setTimeout(resolve, 10));
    socket.resetAndDestroy();
    await closed;
  }
  await assertAlive();
});
