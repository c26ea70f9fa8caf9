// AWS's metrics over real traffic: what each counts, and what it does not.

import assert from 'node:assert/strict';
import { createServer, type AddressInfo } from 'node:net';
import { test } from 'node:test';
import { openPlane, type Plane } from './plane.ts';
import { eventually, head, openRawClient, openRawTarget, outcomes } from './raw-ends.ts';

/** The sum over all zones of what was counted of the service or of the target group. */
const metric = (plane: Plane, name: string, dimension: 'Service' | 'TargetGroup' = 'TargetGroup'): number =>
  Object.entries(plane.counters.values()).reduce(
    (sum, [series, value]) => (series.startsWith(`AWS_VpcLattice_${name}{${dimension}=`) ? sum + value : sum),
    0,
  );

test('requests and connections are active while they run, and their bytes are counted both ways', async () => {
  await using target = await openRawTarget(() => {});
  await using plane = await openPlane();
  plane.forwardTo(target.port);
  const request = head('GET /');
  const client = openRawClient(plane, request);
  await eventually('the target has it', () => target.peers.length === 1, 20_000);
  const active = (): readonly number[] => [metric(plane, 'ActiveRequestCount'), metric(plane, 'ActiveConnectionCount')];
  assert.deepEqual(active(), [1, 1]);
  target.peers[0]?.socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok');
  await eventually('the answer', () => client.got.endsWith('ok'), 20_000);
  assert.deepEqual(active(), [0, 1]);
  const [line = {}] = plane.log;
  assert.equal(metric(plane, 'TotalSentConnectionBytes'), request.length);
  assert.equal(metric(plane, 'TotalReceivedConnectionBytes'), line['bytesSent']);
  assert.equal(line['bytesSent'], client.got.length);
  assert.equal(metric(plane, 'HTTP1_ConnectionCount'), 1);
  assert.equal(metric(plane, 'TotalConnectionCount'), 1);
  target.peers[0]?.socket.destroy();
  await eventually('it is over', () => metric(plane, 'ActiveConnectionCount') === 0, 20_000);
  assert.equal(metric(plane, 'HTTP1_ConnectionCount'), 1);
  assert.equal(metric(plane, 'ConnectionErrorCount'), 0);
  client.socket.destroy();
});

test('a connection that is refused is an error, and no connection of HTTP/1', async () => {
  const gone = createServer();
  await new Promise<void>((resolve) => gone.listen(0, '127.0.0.1', resolve));
  const { port } = gone.address() as AddressInfo;
  await new Promise((resolve) => gone.close(resolve));
  await using plane = await openPlane();
  plane.forwardTo(port);
  const client = openRawClient(plane, head('GET /'));
  await eventually('500', () => client.got.startsWith('HTTP/1.1 500 '), 20_000);
  const names = ['ConnectionErrorCount', 'TotalConnectionCount', 'HTTP1_ConnectionCount', 'ActiveConnectionCount'];
  assert.deepEqual(
    names.map((name) => metric(plane, name)),
    [1, 1, 0, 0],
  );
  client.socket.destroy();
});

test('a time-out of ours is one, and 408 or 504 of the target is none', async () => {
  await using target = await openRawTarget(({ socket, got }) => {
    const [, status] = /^GET \/(\d+)/m.exec(got.slice(got.lastIndexOf('GET '))) ?? [];
    if (status !== undefined) socket.write(`HTTP/1.1 ${status} X\r\ncontent-length: 0\r\n\r\n`);
  });
  await using plane = await openPlane({}, 0.3);
  plane.forwardTo(target.port);
  const client = openRawClient(plane, head('GET /408') + head('GET /504') + head('GET /silent'));
  await eventually('the answers', () => client.got.includes('idle timeout\n'), 20_000);
  assert.deepEqual(outcomes(plane), ['408 -', '504 -', '504 TargetDataTimeout']);
  assert.equal(metric(plane, 'RequestTimeoutCount', 'Service'), 1);
  const late = openRawClient(plane, head('POST /', 'content-length: 5'));
  await eventually('408', () => late.got.startsWith('HTTP/1.1 408 '), 20_000);
  assert.equal(metric(plane, 'RequestTimeoutCount', 'Service'), 2);
  client.socket.destroy();
  late.socket.destroy();
});

test('the time of a WebSocket ends with its 101', async () => {
  await using target = await openRawTarget(({ socket, got }) => {
    if (got.endsWith('\r\n\r\n'))
      socket.write('HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: upgrade\r\n\r\n');
  });
  await using plane = await openPlane({}, 2);
  plane.forwardTo(target.port);
  const client = openRawClient(plane, head('GET /', 'upgrade: websocket', 'connection: upgrade'));
  await eventually('101', () => client.got.startsWith('HTTP/1.1 101 '), 20_000);
  // Spoken until the idle timeout.
  await eventually('the end', () => plane.log.length === 1, 20_000);
  const [line = {}] = plane.log;
  assert.ok(Number(line['duration']) >= 2000, String(line['duration']));
  const time = metric(plane, 'RequestTime_sum', 'Service');
  assert.ok(time <= Number(line['duration']) - 1900, `${time} of ${String(line['duration'])} ms`);
  client.socket.destroy();
});
