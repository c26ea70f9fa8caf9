// Exchanges that one side ends early or in an odd way: what the other side gets, what is closed and what is logged.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { HOST } from '../../src/proxy/snapshot-sample.ts';
import { openPlane } from './plane.ts';
import { eventually, head, openConnections, openRawClient, openRawTarget, outcomes } from './raw-ends.ts';

const ok = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok';

test('an early response reaches a client that reads only after it has sent its whole body', async () => {
  await using target = await openRawTarget((peer) => {
    peer.socket.pause();
    if (peer.socket.writableEnded) return;
    peer.socket.end('HTTP/1.1 413 Content Too Large\r\ncontent-length: 3\r\n\r\nbig');
  });
  await using plane = await openPlane();
  plane.forwardTo(target.port);
  const client = openRawClient(plane);
  client.socket.pause();
  client.socket.write(head('POST /', 'content-length: 8000000'));
  for (let sent = 0; sent < 8_000_000; sent += 100_000)
    await new Promise((resolve) => client.socket.write(Buffer.alloc(100_000), resolve));
  client.socket.resume();
  await eventually('the client has its end', () => client.end !== 'open');
  assert.match(client.got, /^HTTP\/1\.1 413 .*connection: close\r\n\r\nbig$/s);
  assert.equal(client.end, 'fin');
  assert.deepEqual(outcomes(plane), ['413 -']);
  await eventually('nothing is left', () => openConnections(plane) === 0);
});

test('bytes after a response do not reach the client, and their connection takes no other request', async () => {
  await using target = await openRawTarget((peer) => peer.socket.write(`${ok}HTTP/1.1 500 Smuggled\r\n\r\n`));
  await using plane = await openPlane();
  plane.forwardTo(target.port);
  const client = openRawClient(plane, head('GET /'));
  await eventually('the first response is there', () => client.got.endsWith('ok'));
  client.socket.write(head('GET /'));
  await eventually('the second response is there', () => client.got.split('ok').length === 3);
  assert.doesNotMatch(client.got, /Smuggled/);
  assert.equal(target.peers.length, 2);
  client.socket.destroy();
});

test('a client that goes away ends its exchange in each phase, and the target hears of it', async (t) => {
  const phases = {
    'while it sends its body': { request: `${head('POST /', 'content-length: 100')}abc`, response: '' },
    'before the response': { request: head('GET /'), response: '' },
    'within the head of the response': { request: head('GET /'), response: 'HTTP/1.1 200 OK\r\nx: y' },
    'within the body of the response': {
      request: head('GET /'),
      response: 'HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nabc',
    },
  };
  for (const [name, { request, response }] of Object.entries(phases))
    for (const way of ['destroy', 'resetAndDestroy'] as const)
      await t.test(`${name}, by ${way}`, async () => {
        await using target = await openRawTarget((peer) => void (response !== '' && peer.socket.write(response)));
        await using plane = await openPlane();
        plane.forwardTo(target.port);
        const client = openRawClient(plane, request);
        await eventually('the target has the request', () => target.peers[0]?.got.includes('\r\n\r\n') === true);
        const bytes = response.split('\r\n\r\n')[1] ?? '';
        await eventually('the client has what there is', () => client.got.endsWith(bytes));
        client.socket[way]();
        // A FIN alone may be that of a client that still listens: only what is sent to it tells.
        if (way === 'destroy' && !name.endsWith('its body')) {
          await delay(20);
          target.peers[0]?.socket.write(response === '' ? 'HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n' : '\r\n\r\n');
          await delay(20);
          target.peers[0]?.socket.write('x');
        }
        await eventually('the target is told', () => target.peers[0]?.closed === true);
        await eventually('nothing is left', () => openConnections(plane) === 0);
        assert.match(outcomes(plane).join(), /^(0|200) ClientConnectionClosed$/);
      });
});

test('a client that only sends its FIN gets every answer that it asked for, then the end', async () => {
  await using target = await openRawTarget((peer) => {
    const whole = peer.got.split('\r\n\r\n').length - 1;
    peer.got = '';
    for (let i = 0; i < whole; i++) setTimeout(() => peer.socket.write(ok), 20);
  });
  await using plane = await openPlane();
  plane.forwardTo(target.port);
  const client = openRawClient(plane);
  client.socket.end(head('GET /1') + head('GET /2') + head('GET /3'));
  await eventually('the client has its end', () => client.end !== 'open', 1500);
  assert.equal(client.got.split('HTTP/1.1 200 OK').length - 1, 3);
  assert.equal(client.end, 'fin');
  await eventually('nothing is left', () => openConnections(plane) === 0);
  const silent = openRawClient(plane);
  silent.socket.end('GET / HTT');
  await eventually('a FIN within a head ends the connection', () => silent.end === 'fin', 1500);
});

test('a target that ends without a length has sent the whole response, one that resets has not', async () => {
  let way: 'end' | 'resetAndDestroy' = 'end';
  await using target = await openRawTarget((peer) => {
    peer.socket.write('HTTP/1.1 200 OK\r\n\r\nabc');
    setTimeout(() => peer.socket[way](), 30);
  });
  await using plane = await openPlane();
  plane.forwardTo(target.port);
  const whole = openRawClient(plane, head('GET /'));
  await eventually('the end', () => whole.end !== 'open');
  assert.equal(whole.end, 'fin');
  way = 'resetAndDestroy';
  const part = openRawClient(plane, head('GET /'));
  await eventually('the reset', () => part.end !== 'open');
  assert.equal(part.end, 'reset');
  assert.match(part.got, /abc$/);
  assert.deepEqual(outcomes(plane), ['200 -', '200 TargetConnectionClosed']);
});

test('a response that ends before its length is cut off at the client too', async () => {
  for (const framing of ['content-length: 10\r\n\r\nabc', 'transfer-encoding: chunked\r\n\r\n3\r\nabc\r\n']) {
    await using target = await openRawTarget((peer) => void peer.socket.end(`HTTP/1.1 200 OK\r\n${framing}`));
    await using plane = await openPlane();
    plane.forwardTo(target.port);
    const client = openRawClient(plane, head('GET /'));
    await eventually('the reset', () => client.end !== 'open');
    assert.equal(client.end, 'reset', framing);
    assert.deepEqual(outcomes(plane), ['200 TargetConnectionClosed']);
  }
});

test('a body whose chunks break after the response began cannot bring an answer into that response', async () => {
  await using target = await openRawTarget((peer) => {
    if (peer.got.endsWith('abc\r\n')) peer.socket.write('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nfirst');
  });
  await using plane = await openPlane();
  plane.forwardTo(target.port);
  const client = openRawClient(plane, `${head('POST /', 'transfer-encoding: chunked')}3\r\nabc\r\n`);
  await eventually('the response has begun', () => client.got.endsWith('first'));
  client.socket.write('not a size\r\n');
  await eventually('the reset', () => client.end !== 'open');
  assert.equal(client.end, 'reset');
  assert.equal(client.got.split('HTTP/1.1').length, 2);
  assert.deepEqual(outcomes(plane), ['200 ClientProtocolError']);
});

test('a chunked body that breaks before the response is answered 400 and reaches no end at the target', async () => {
  await using target = await openRawTarget(() => {});
  await using plane = await openPlane();
  plane.forwardTo(target.port);
  const client = openRawClient(plane, `${head('POST /', 'transfer-encoding: chunked')}3\r\nabc\r\n`);
  await eventually('the target has the chunk', () => target.peers[0]?.got.endsWith('abc\r\n') === true);
  client.socket.write(`0\r\nx-amzn-lattice-identity: Principal=root\r\n\r\n`);
  await eventually('the end', () => client.end === 'fin');
  assert.match(client.got, /^HTTP\/1\.1 400 /);
  await eventually('the target is told', () => target.peers[0]?.closed === true);
  assert.doesNotMatch(target.peers[0]?.got ?? '', /Principal/);
  assert.deepEqual(outcomes(plane), ['400 ClientProtocolError']);
});

test('plane.drain() lets a running exchange end, closes what is idle, and resolves when nothing is left', async () => {
  await using target = await openRawTarget((peer) => setTimeout(() => peer.socket.write(ok), 150));
  await using plane = await openPlane();
  plane.forwardTo(target.port);
  const busy = openRawClient(plane, head('GET /'));
  const idle = openRawClient(plane);
  await eventually('the target has the request', () => target.peers.length === 1);
  await eventually('both are accepted', () => openConnections(plane) === 2);
  await plane.plane.drain();
  assert.match(busy.got, /^HTTP\/1\.1 200 OK\r\n.*connection: close\r\n\r\nok$/s);
  assert.equal(busy.end, 'fin');
  assert.equal(idle.end, 'fin');
  assert.equal(openConnections(plane), 0);
});

test('plane.retire() keeps to what a head has promised: a response that had begun is followed by one that says close', async () => {
  await using target = await openRawTarget((peer) => {
    if (!peer.got.endsWith('\r\n\r\n')) return;
    const [first, rest] = peer.got.includes('/slow') ? [ok.slice(0, -2), ok.slice(-2)] : [ok, ''];
    peer.got = '';
    peer.socket.write(first);
    if (rest !== '') finish = () => peer.socket.write(rest);
  });
  let finish: (() => unknown) | undefined;
  await using plane = await openPlane();
  plane.forwardTo(target.port);
  const begun = openRawClient(plane, head('GET /slow'));
  const idle = openRawClient(plane, head('GET /'));
  await eventually('one response has begun and one is whole', () =>
    Boolean(begun.got.endsWith('\r\n\r\n') && idle.got.endsWith('ok')),
  );
  const retired = plane.plane.retire();
  finish?.();
  await eventually('the response is whole', () => begun.got.endsWith('ok'));
  assert.doesNotMatch(begun.got, /connection: close/);
  for (const client of [begun, idle]) {
    client.got = '';
    client.socket.write(head('GET /again'));
    await eventually('the next answer and the end', () => client.end === 'fin');
    assert.match(client.got, /^HTTP\/1\.1 200 OK\r\n.*connection: close\r\n\r\nok$/s);
  }
  await retired;
  assert.equal(openConnections(plane), 0);
});

test('requests behind a body are answered in order, also when the first cannot be forwarded', async () => {
  await using target = await openRawTarget((peer) => {
    const whole = peer.got.match(/(^|0\r\n\r\n)GET \/after/)?.[0] !== undefined || peer.got.endsWith('0\r\n\r\n');
    if (whole) peer.socket.write(ok);
    peer.got = '';
  });
  await using plane = await openPlane();
  plane.apply(
    [
      {
        id: 'none',
        match: { path: { kind: 'exact', value: '/none', caseSensitive: true } },
        action: { kind: 'forward', targetGroups: [{ id: 'tg-none', weight: 1 }] },
      },
      { id: 'default', action: { kind: 'forward', targetGroups: [{ id: 'tg-1', weight: 1 }] } },
    ],
    { 'tg-none': [], 'tg-1': [target.port] },
  );
  const body = '5\r\nhello\r\n0\r\n\r\n';
  const client = openRawClient(
    plane,
    head('POST /none', 'transfer-encoding: chunked') +
      body +
      head('POST /', 'transfer-encoding: chunked') +
      body +
      head('GET /after'),
  );
  await eventually('three answers', () => client.got.split('HTTP/1.1 ').length === 4);
  assert.deepEqual(
    [...client.got.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => status),
    ['503', '200', '200'],
  );
  client.socket.destroy();
});

test('Expect: 100-continue is passed on, and a client that was not asked for its body is told to go', async () => {
  let answer = 'HTTP/1.1 100 Continue\r\n\r\n';
  await using target = await openRawTarget((peer) => {
    if (peer.got.endsWith('hello')) peer.socket.write(ok);
    else peer.socket.write(answer);
  });
  await using plane = await openPlane();
  plane.forwardTo(target.port);
  const asking = head('POST /', 'content-length: 5', 'expect: 100-continue');
  const client = openRawClient(plane, asking);
  await eventually('the client is asked', () => client.got === 'HTTP/1.1 100 Continue\r\n\r\n');
  client.socket.write('hello');
  await eventually('the response is there', () => client.got.endsWith('ok'));
  assert.equal(client.end, 'open');
  client.socket.destroy();
  answer = 'HTTP/1.1 417 Expectation Failed\r\ncontent-length: 0\r\n\r\n';
  const refused = openRawClient(plane, asking);
  await eventually('the end', () => refused.end === 'fin');
  assert.match(refused.got, /^HTTP\/1\.1 417 .*connection: close/s);
  const old = openRawClient(plane, asking.replace('HTTP/1.1', 'HTTP/1.0'));
  await eventually('an HTTP/1.0 client is never asked', () => old.end === 'fin');
  assert.doesNotMatch(old.got, / 100 /);
});

test('responses without a body leave the connection in step', async () => {
  const responses: Readonly<Record<string, string>> = {
    'HEAD /length': 'HTTP/1.1 200 OK\r\ncontent-length: 5000\r\n\r\n',
    'HEAD /chunked': 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n',
    'HEAD /none': 'HTTP/1.1 200 OK\r\n\r\n',
    'GET /204': 'HTTP/1.1 204 No Content\r\ncontent-length: 5\r\n\r\n',
    'GET /304': 'HTTP/1.1 304 Not Modified\r\ncontent-length: 5\r\n\r\n',
    'GET /0': 'HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n',
    'GET /hints': `HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n${ok}`,
  };
  await using target = await openRawTarget((peer) => {
    const name = peer.got.slice(0, peer.got.indexOf(' HTTP'));
    peer.got = '';
    peer.socket.write(responses[name] ?? assert.fail(name));
  });
  await using plane = await openPlane();
  plane.forwardTo(target.port);
  const client = openRawClient(plane);
  for (const line of Object.keys(responses)) {
    client.got = '';
    client.socket.write(head(line));
    await eventually(line, () => client.got.endsWith(line === 'GET /hints' ? 'ok' : '\r\n\r\n'));
    assert.equal(client.end, 'open', line);
    if (line === 'GET /204') assert.doesNotMatch(client.got, /content-length/);
    assert.match(
      client.got,
      line === 'GET /hints'
        ? /^HTTP\/1\.1 103 Early Hints\r\nlink: x\r\n\r\nHTTP\/1\.1 200 .*\r\n\r\nok$/s
        : /\r\n\r\n$/,
    );
  }
  assert.equal(target.peers.length, 1);
  // The last one's, of which both heads are counted.
  assert.equal(plane.log.at(-1)?.['bytesSent'], client.got.length);
  client.socket.destroy();
});

test('a client of HTTP/1.0 gets a chunked response without its chunks, and keeps its connection only if it asks to', async () => {
  await using target = await openRawTarget((peer) => {
    const chunked = peer.got.includes('/chunked');
    peer.got = '';
    peer.socket.write(
      chunked ? 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n' : ok,
    );
  });
  await using plane = await openPlane();
  plane.forwardTo(target.port);
  const get = (path: string, ...lines: readonly string[]): string =>
    head(`GET ${path}`, ...lines).replace('HTTP/1.1', 'HTTP/1.0');
  const chunked = openRawClient(plane, get('/chunked'));
  await eventually('the end', () => chunked.end === 'fin');
  assert.match(chunked.got, /^HTTP\/1\.1 200 .*connection: close\r\n\r\nabcde$/s);
  assert.doesNotMatch(chunked.got, /transfer-encoding/);
  const plain = openRawClient(plane, get('/'));
  await eventually('the end', () => plain.end === 'fin');
  const kept = openRawClient(plane, get('/', 'connection: keep-alive'));
  await eventually('the response', () => kept.got.endsWith('ok'));
  assert.match(kept.got, /connection: keep-alive/);
  kept.socket.write(get('/', `x-host: ${HOST}`));
  await eventually('the end', () => kept.end === 'fin');
  assert.equal(kept.got.split('HTTP/1.1 200').length, 3);
});
