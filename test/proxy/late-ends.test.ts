// Exchanges in which one side keeps the other waiting: who is blamed, what is answered, what is held back.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo } from 'node:net';
import { describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { openPlane } from './plane.ts';
import { eventually, head, openConnections, openRawClient, openRawTarget, outcomes } from './raw-ends.ts';

const ok = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok';

/** A port on which connections neither stand nor fail: its process is stopped and its backlog is full. */
async function openBlackHole(): Promise<{ readonly port: number } & AsyncDisposable> {
  const code = `require('net').createServer().listen({ port: 0, host: '127.0.0.1', backlog: 1 }, function () { console.log(this.address().port) })`;
  const child = spawn(process.execPath, ['-e', code], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [data] = (await once(child.stdout, 'data')) as [Buffer];
  const port = Number(data.toString());
  child.kill('SIGSTOP');
  const fillers = Array.from({ length: 8 }, () => connect(port, '127.0.0.1').on('error', () => {}));
  await delay(50);
  return {
    port,
    async [Symbol.asyncDispose]() {
      for (const filler of fillers) filler.destroy();
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
  };
}

describe('waiting', { concurrency: true }, () => {
  test('a target that does not answer within the idle timeout is answered for with 504', async () => {
    await using target = await openRawTarget(() => {});
    await using plane = await openPlane({}, 0.3);
    plane.forwardTo(target.port);
    const client = openRawClient(plane, head('GET /'));
    await eventually('the answer', () => client.got.endsWith('timeout\n'));
    assert.match(client.got, /^HTTP\/1\.1 504 /);
    assert.deepEqual(outcomes(plane), ['504 TargetDataTimeout']);
    await eventually('the target is told', () => target.peers[0]?.closed === true);
    client.socket.destroy();
  });

  test('a client that does not send the rest of its body within the idle timeout gets 408 and its end', async () => {
    await using target = await openRawTarget(() => {});
    await using plane = await openPlane({}, 0.3);
    plane.forwardTo(target.port);
    const client = openRawClient(plane, `${head('POST /', 'content-length: 10')}abc`);
    await eventually('the end', () => client.end === 'fin');
    assert.match(client.got, /^HTTP\/1\.1 408 /);
    assert.deepEqual(outcomes(plane), ['408 ClientProtocolError']);
  });

  test('a target that stops in the middle of a response cuts the client off', async () => {
    await using target = await openRawTarget(
      (peer) => void peer.socket.write('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nabc'),
    );
    await using plane = await openPlane({}, 0.3);
    plane.forwardTo(target.port);
    const client = openRawClient(plane, head('GET /'));
    await eventually('the end', () => client.end === 'reset');
    assert.deepEqual(outcomes(plane), ['200 TargetDataTimeout']);
  });

  test('a head that comes a byte at a time does not come for ever', async () => {
    await using plane = await openPlane({ requestHeadTimeout: 500 });
    plane.forwardTo(1);
    const client = openRawClient(plane, 'GET / HTTP/1.1\r\nx: ');
    const timer = setInterval(() => client.socket.write('y'), 50);
    await eventually('the end', () => client.end !== 'open');
    clearInterval(timer);
    assert.match(client.got, /^HTTP\/1\.1 408 /);
    assert.deepEqual(outcomes(plane), ['408 ClientProtocolError']);
  });

  test('a body that nobody reads does not come for ever either', async () => {
    await using plane = await openPlane({ requestHeadTimeout: 500 });
    plane.apply([{ id: 'fixed', action: { kind: 'fixed', status: 404 } }], {});
    const client = openRawClient(plane, head('POST /', 'content-length: 100000'));
    const timer = setInterval(() => client.socket.write('y'), 50);
    await eventually('the end', () => client.end !== 'open');
    clearInterval(timer);
    assert.match(client.got, /^HTTP\/1\.1 404 /);
    client.socket.destroy();
    await eventually('nothing is left', () => openConnections(plane) === 0);
  });

  test('an idle connection is closed, also when the client keeps its own side open', async () => {
    await using plane = await openPlane({ clientIdleTimeout: 300 });
    plane.apply([{ id: 'fixed', action: { kind: 'fixed', status: 404 } }], {});
    const socket = connect({ port: plane.port, host: '127.190.0.1', allowHalfOpen: true });
    socket.on('error', () => {});
    socket.resume();
    await eventually('it is accepted', () => openConnections(plane) === 1);
    await once(socket, 'end');
    await eventually('nothing is left', () => openConnections(plane) === 0, 8000);
    socket.destroy();
  });

  test('after a request a connection may be idle for as long as its service says, longer or shorter', async () => {
    for (const [before, idle] of [
      [60_000, 0.3],
      [300, 3],
    ] as const) {
      await using target = await openRawTarget(({ socket }) => socket.write(ok));
      await using plane = await openPlane({ clientIdleTimeout: before }, idle);
      plane.forwardTo(target.port);
      const client = openRawClient(plane, head('GET /'));
      await eventually('the answer', () => client.got.endsWith('ok'));
      const since = performance.now();
      await eventually('the end', () => client.end === 'fin', 10_000);
      assert.ok(performance.now() - since > idle * 900, `closed after ${performance.now() - since} ms`);
      client.socket.destroy();
    }
  });

  test('a connection to a target that never stands holds the body back and ends with 500', async () => {
    await using hole = await openBlackHole();
    await using plane = await openPlane({ upstreamConnectTimeout: 600 });
    plane.forwardTo(hole.port);
    const client = openRawClient(plane, head('POST /', 'content-length: 200000000'));
    let taken = 0;
    const chunk = Buffer.alloc(1_000_000);
    const more = (): void => {
      taken += chunk.length;
      if (taken < 200_000_000) client.socket.write(chunk, (error) => void (error ?? more()));
    };
    more();
    await delay(400);
    assert.ok(taken < 50_000_000, `${taken} bytes were taken for a target that is not there`);
    await eventually('the answer', () => client.got !== '');
    assert.match(client.got, /^HTTP\/1\.1 500 /);
    assert.deepEqual(outcomes(plane), ['500 TargetConnectionError']);
    client.socket.destroy();
  });

  test('a check of a target that never answers leaves no socket behind', async () => {
    await using hole = await openBlackHole();
    await using plane = await openPlane({ healthCheckSpeed: 20 });
    plane.forwardTo(hole.port);
    const sockets = (): number =>
      process.getActiveResourcesInfo().filter((name) => name.startsWith('TCPSocket')).length;
    await delay(1500);
    const before = sockets();
    await delay(2500);
    assert.ok(sockets() <= before + 3, `${before} sockets became ${sockets()}`);
  });

  test('a request whose target refuses goes to another one with its whole body', async () => {
    const closed = createServer();
    await new Promise<void>((resolve) => closed.listen(0, '127.0.0.1', resolve));
    const { port: nobody } = closed.address() as AddressInfo;
    await new Promise((resolve) => closed.close(resolve));
    await using target = await openRawTarget((peer) => void (peer.got.endsWith('hello') && peer.socket.write(ok)));
    await using plane = await openPlane();
    plane.apply([{ id: 'default', action: { kind: 'forward', targetGroups: [{ id: 'tg-1', weight: 1 }] } }], {
      'tg-1': [nobody, target.port],
    });
    for (const port of [nobody, target.port])
      plane.plane.takeHealth({ groupId: 'tg-1', target: `127.0.0.1|${port}`, health: 'healthy' });
    for (let i = 0; i < 4; i++) {
      const client = openRawClient(plane, `${head('POST /', 'content-length: 5')}he`);
      await delay(10);
      client.socket.write('llo');
      await eventually('the response', () => client.got.endsWith('ok'));
      client.socket.destroy();
    }
    assert.deepEqual(outcomes(plane), ['200 -', '200 -', '200 -', '200 -']);
  });
});

test('a client that stops taking its response is blamed itself', async () => {
  await using target = await openRawTarget((peer) => {
    peer.socket.write('HTTP/1.1 200 OK\r\ncontent-length: 90000000\r\n\r\n');
    const more = (): void => void peer.socket.write(Buffer.alloc(1_000_000), (error) => void (error ?? more()));
    more();
  });
  await using plane = await openPlane({}, 0.3);
  plane.forwardTo(target.port);
  const client = openRawClient(plane, head('GET /'));
  await eventually('the response has begun', () => client.got.length > 0);
  client.socket.pause();
  await eventually('the line', () => plane.log.length > 0);
  assert.deepEqual(outcomes(plane), ['200 ClientConnectionClosed']);
  client.socket.destroy();
});

test('a client that asks without reading is not read from for ever', async () => {
  await using plane = await openPlane({}, 1);
  plane.apply([{ id: 'fixed', action: { kind: 'fixed', status: 404 } }], {});
  const client = openRawClient(plane);
  client.socket.pause();
  const requests = Buffer.from(head('GET /').repeat(2000));
  let taken = 0;
  const more = (): void => {
    taken += requests.length;
    if (taken < 500_000_000) client.socket.write(requests, (error) => void (error ?? more()));
  };
  more();
  await eventually('it is accepted', () => openConnections(plane) === 1);
  // As much as the kernel holds is answered; then both stand still until the client is given up.
  await eventually('nothing is left', () => openConnections(plane) === 0, 20_000);
  assert.ok(taken < 100_000_000, `${taken} bytes of requests were read`);
  client.socket.destroy();
});
