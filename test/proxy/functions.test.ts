// Requests to functions, byte for byte, with a process of functions that is this test.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { ProxyLimits } from '../../src/proxy/index.ts';
import { signerArn, signRequest, withSigner } from '../../src/proxy/identity/signer-sample.ts';
import { HOST } from '../../src/proxy/snapshot-sample.ts';
import { connectPlane, openPlane } from './plane.ts';
import { eventually, openConnections, openRawClient } from './raw-ends.ts';

const arn = 'arn:aws:lambda:us-east-1:123456789012:function:quote';

interface Event {
  readonly raw_path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly query_string_parameters: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A plane whose only target is a function; `answer` gets each event. Absent: the event's path is the response's body. */
async function open(
  answer = (event: Event, response: ServerResponse): void =>
    void response.end(JSON.stringify({ statusCode: 200, body: event.raw_path })),
  limits: Partial<ProxyLimits> = {},
  idle = 60,
) {
  const stack = new AsyncDisposableStack();
  const directory = mkdtempSync(join(tmpdir(), 'pergola-invoke-'));
  stack.defer(() => rmSync(directory, { recursive: true, force: true }));
  const events: Event[] = [];
  const socket = join(directory, 'functions.sock');
  let gone = 0;
  const server = createServer((request, response) => {
    response.on('close', () => (gone += response.writableFinished ? 0 : 1));
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const event = JSON.parse(Buffer.concat(chunks).toString()) as Event;
      events.push(event);
      answer(event, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(socket, resolve));
  stack.defer(() => {
    server.close();
    server.closeAllConnections();
  });
  const plane = stack.use(await openPlane(limits, idle, { functionSocket: socket }));
  plane.forwardTo(0, { type: 'LAMBDA', targets: [{ id: arn, port: 0, draining: false }] });
  return {
    plane,
    events,
    gone: () => gone,
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

const head = (line: string, more = ''): string => `${line} HTTP/1.1\r\nHost: ${HOST}\r\n${more}\r\n`;
const count = (text: string, part: string): number => text.split(part).length - 1;

test('requests that are pipelined behind one for a function are answered in their order', async () => {
  await using one = await open();
  const client = openRawClient(one.plane, head('GET /1') + head('GET /2') + head('GET /3', 'Connection: close\r\n'));
  await eventually('three answers', () => client.end === 'fin');
  assert.deepEqual(
    [...client.got.matchAll(/\r\n\r\n(\/\d)/g)].map(([, path]) => path),
    ['/1', '/2', '/3'],
  );
});

test('HEAD has the length and no body; 204 and 304 have neither, and the connection goes on', async () => {
  await using one = await open((event, response) => {
    const statusCode = Number(event.raw_path.slice(1));
    response.end(JSON.stringify({ statusCode, body: 'body' }));
  });
  const client = openRawClient(
    one.plane,
    head('HEAD /200') + head('GET /204') + head('GET /304') + head('GET /201', 'Connection: close\r\n'),
  );
  await eventually('the end', () => client.end === 'fin');
  const heads = client.got.split('\r\n\r\n');
  assert.deepEqual(
    heads.map((text) => [/^HTTP\/1\.1 (\d+)/.exec(text)?.[1], /content-length: (\d+)/.exec(text)?.[1]]),
    [
      ['200', '4'],
      ['204', undefined],
      ['304', undefined],
      ['201', '4'],
      [undefined, undefined],
    ],
  );
  assert.equal(heads.at(-1), 'body');
});

test('a client that expects 100 is told to go on, once, and not when its body is too large', async () => {
  await using one = await open();
  const expect = (length: number) =>
    `Expect: 100-continue\r\nContent-Type: text/plain\r\nContent-Length: ${length}\r\n`;
  const client = openRawClient(one.plane, head('POST /', expect(5)));
  await eventually('100', () => client.got === 'HTTP/1.1 100 Continue\r\n\r\n');
  client.socket.write('hello');
  await eventually('200', () => client.got.includes('HTTP/1.1 200 OK'));
  assert.equal(one.events[0]?.body, 'hello');
  client.socket.end();
  const other = openRawClient(one.plane, head('POST /', expect(7_000_000)));
  await eventually('413', () => other.got.startsWith('HTTP/1.1 413 ') && other.end === 'fin');
});

test('a body of many chunks is put together; 6 MB in all is the most', async () => {
  await using one = await open();
  const more = 'Content-Type: text/plain\r\nTransfer-Encoding: chunked\r\n';
  const client = openRawClient(one.plane, head('POST /', more));
  client.socket.write(`${'1;a=b\r\nx\r\n'.repeat(50_000)}3\r\nend\r\n0\r\nX-T: t\r\n\r\n${head('GET /next')}`);
  await eventually('both', () => count(client.got, 'HTTP/1.1 200 OK') === 2);
  assert.equal(one.events[0]?.body, `${'x'.repeat(50_000)}end`);
  client.socket.end();
  const other = openRawClient(one.plane, head('POST /', more));
  const piece = `10000\r\n${'x'.repeat(65_536)}\r\n`;
  other.socket.on('error', () => {});
  for (let sent = 0; sent < 97 && other.end === 'open'; sent++) other.socket.write(piece);
  await eventually('413', () => other.got.startsWith('HTTP/1.1 413 '));
  assert.equal(one.events.length, 2);
});

test('ten thousand query parameters and 60 KB of headers reach the function', async () => {
  await using one = await open();
  const query = Array.from({ length: 10_000 }, (_, place) => `${place}=`).join('&');
  const client = openRawClient(one.plane, head(`GET /?${query}`));
  await eventually('200', () => client.got.startsWith('HTTP/1.1 200 OK'));
  client.socket.end();
  assert.equal(Object.keys(one.events[0]?.query_string_parameters ?? {}).length, 10_000);
  const other = openRawClient(one.plane, head('GET /', `X-Large: ${'x'.repeat(60_000)}\r\n`));
  await eventually('200', () => other.got.startsWith('HTTP/1.1 200 OK'));
  other.socket.end();
  assert.equal(one.events[1]?.headers['x-large']?.length, 60_000);
});

test('header names are one whatever their case', async () => {
  await using one = await open();
  const client = openRawClient(one.plane, head('GET /', 'X-A: 1\r\nx-a: 2\r\nCONTENT-TYPE: text/plain\r\n'));
  await eventually('200', () => client.got.startsWith('HTTP/1.1 200 OK'));
  client.socket.end();
  const { 'x-a': a, 'content-type': type } = one.events[0]?.headers ?? {};
  assert.deepEqual([a, type], ['1, 2', 'text/plain']);
});

test('a client that goes away gives its invocation up, and is in the log', async () => {
  await using one = await open(() => {});
  const client = openRawClient(one.plane, head('GET /'));
  await eventually('the function runs', () => one.events.length === 1);
  const active = (): number =>
    one.plane.counters.values()['AWS_VpcLattice_ActiveRequestCount{TargetGroup="tg-1"}'] ?? 0;
  assert.equal(active(), 1);
  client.socket.resetAndDestroy();
  await eventually('the call is given up', () => one.gone() === 1);
  await eventually('the log has it', () => one.plane.log.length === 1);
  assert.equal(one.plane.log[0]?.['failureReason'], 'ClientConnectionClosed');
  assert.equal(active(), 0);
});

test('what a function says of its failure reaches the client as UTF-8, up to a thousand characters', async () => {
  await using one = await open((event, response) => {
    response.setHeader('x-amz-function-error', 'Unhandled');
    response.end(JSON.stringify({ errorMessage: event.raw_path === '/long' ? 'x'.repeat(100_000) : 'für 1 €\n' }));
  });
  const client = openRawClient(one.plane, head('GET /') + head('GET /long', 'Connection: close\r\n'));
  await eventually('the end', () => client.end === 'fin');
  const text = Buffer.from(client.got, 'latin1').toString('utf8');
  assert.match(text, /the function failed: für 1 €\n/);
  assert.equal(count(text, 'HTTP/1.1 502 Bad Gateway'), 2);
  assert.equal(/x{10,}/.exec(text)?.[0].length, 1000);
});

const large = 'x'.repeat(5_500_000);
const answerLarge = (_event: Event, response: ServerResponse): void =>
  void response.end(JSON.stringify({ statusCode: 200, body: large }));

test('a client that reads slowly and steadily gets the whole response, and its log line when it has', async () => {
  for (const connection of ['close', 'keep-alive']) {
    await using one = await open(answerLarge, { clientIdleTimeout: 1000 }, 1.5);
    const socket = connectPlane(one.plane);
    const since = performance.now();
    let got = 0;
    let ended = false;
    socket.on('error', () => (ended = true));
    socket.on('close', () => (ended = true));
    socket.write(head('GET /', `Connection: ${connection}\r\n`));
    // The kernel's buffers hold a part; the rest takes longer than anyone may be silent.
    while (got < large.length && !ended) {
      const chunk = socket.read() as Buffer | null;
      got += chunk?.length ?? 0;
      if (one.plane.log.length === 0) assert.equal(ended, false);
      await delay(50);
    }
    assert.ok(got > large.length, `${got} bytes`);
    assert.ok(performance.now() - since > 1500, 'the client was slow');
    await eventually('the log has it', () => one.plane.log.length === 1);
    assert.equal(one.plane.log[0]?.['failureReason'], '-');
    socket.destroy();
  }
});

test('a client that takes nothing of a response any more is cut off, and so it says in the log', async () => {
  await using one = await open(answerLarge, {}, 0.5);
  const socket = connectPlane(one.plane);
  socket.on('error', () => {});
  socket.write(head('GET /'));
  await eventually('the log has it', () => one.plane.log.length === 1, 20_000);
  const [line = {}] = one.plane.log;
  assert.deepEqual([line['responseCode'], line['failureReason']], [200, 'ClientConnectionClosed']);
  assert.ok(Number(line['bytesSent']) < large.length, String(line['bytesSent']));
  await eventually('it is over', () => openConnections(one.plane) === 0, 20_000);
  socket.destroy();
});

test('a connection for calls is let go of when it has been idle for a while, and a running call is not', async () => {
  let connections = 0;
  await using one = await open((event, response) => {
    if (event.raw_path === '/long') setTimeout(() => response.end(JSON.stringify({ statusCode: 200 })), 4000);
    else response.end(JSON.stringify({ statusCode: 200 }));
    response.socket?.once('close', () => connections++);
  });
  const long = openRawClient(one.plane, head('GET /long', 'Connection: close\r\n'));
  const short = openRawClient(one.plane, head('GET /short', 'Connection: close\r\n'));
  await eventually('the short answer', () => short.end === 'fin');
  await eventually('its connection is gone', () => connections === 1);
  await eventually('the long answer', () => long.end === 'fin');
  assert.match(long.got, /^HTTP\/1\.1 200 /);
});

test('a function of events V2 is told who asks', async () => {
  await using one = await open();
  const targets = [{ id: arn, port: 0, draining: false }];
  one.plane.forwardTo(0, { type: 'LAMBDA', functionEvent: 'V2', targets }, (snapshot) =>
    withSigner(snapshot, Date.now(), { organizationId: 'o-example', tags: { team: 'blue' } }),
  );
  interface EventV2 {
    readonly headers: Readonly<Record<string, readonly string[]>>;
    readonly requestContext: { readonly identity: unknown };
  }
  const ask = async (text: string): Promise<EventV2> => {
    const before = one.events.length;
    const client = openRawClient(one.plane, text);
    await eventually('an event', () => one.events.length > before);
    client.socket.destroy();
    return one.events.at(-1) as unknown as EventV2;
  };
  const sourceVpcArn = 'arn:aws:ec2:us-east-1:123456789012:vpc/vpc-1';
  const signed = await ask(signRequest({ headers: { 'x-amz-meta': '1' } }));
  assert.deepEqual(signed.requestContext.identity, {
    sourceVpcArn,
    type: 'AWS_IAM',
    principal: signerArn,
    principalOrgID: 'o-example',
    sessionName: 'one',
  });
  assert.deepEqual(signed.headers['x-amzn-lattice-identity'], [
    `Principal=${signerArn}; PrincipalOrgID=o-example; SessionName=one; Type=AWS_IAM`,
  ]);
  assert.deepEqual(signed.headers['x-amzn-lattice-identity-tags'], [
    `principal=${signerArn};principalorgid=o-example;team=blue;`,
  ]);
  const anonymous = await ask(`GET / HTTP/1.1\r\nhost: ${HOST}\r\nx-amzn-lattice-identity: Principal=liar\r\n\r\n`);
  assert.deepEqual(anonymous.requestContext.identity, { sourceVpcArn });
  assert.equal(anonymous.headers['x-amzn-lattice-identity'], undefined);
});
