// A bug ends the request that met it, and neither the process nor another request.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemRandom } from '../../src/base/random.ts';
import { openPlane, type Plane } from './plane.ts';
import { eventually, head, openConnections, openRawClient, openRawTarget, outcomes } from './raw-ends.ts';

const ok = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok';
const bugs = (plane: Plane): number => plane.counters.counter('pergola_internal_errors_total').value;

/** Throws while it is on. */
function trap() {
  const state = { on: true };
  const spring = (): void => {
    if (state.on) throw new Error('a bug for a test');
  };
  return { state, spring };
}

async function works(plane: Plane): Promise<void> {
  const client = openRawClient(plane, head('GET /'));
  await eventually('the answer', () => client.got.endsWith('ok'));
  client.socket.destroy();
  await eventually('nothing is left', () => openConnections(plane) === 0);
}

test('a bug before a target is chosen is answered with 500', async () => {
  const { state, spring } = trap();
  await using target = await openRawTarget(({ socket }) => socket.write(ok));
  const random = {
    ...systemRandom,
    uuid() {
      spring();
      return systemRandom.uuid();
    },
  };
  await using plane = await openPlane({}, 60, { random });
  plane.forwardTo(target.port);
  const client = openRawClient(plane, head('GET /'));
  await eventually('the end', () => client.end === 'fin');
  assert.match(client.got, /^HTTP\/1\.1 500 /);
  assert.deepEqual([outcomes(plane), bugs(plane)], [['500 InternalError'], 1]);
  state.on = false;
  await works(plane);
});

test('a bug while a target is dialled is answered with 500', async () => {
  const { state, spring } = trap();
  await using target = await openRawTarget(({ socket }) => socket.write(ok));
  const sources = (): readonly string[] => {
    spring();
    return [];
  };
  await using plane = await openPlane({}, 60, { sources });
  plane.forwardTo(target.port);
  const client = openRawClient(plane, head('GET /'));
  await eventually('the answer', () => client.got.endsWith('\n'));
  assert.match(client.got, /^HTTP\/1\.1 500 /);
  assert.deepEqual([outcomes(plane), bugs(plane)], [['500 InternalError'], 1]);
  client.socket.destroy();
  state.on = false;
  await works(plane);
});

test('a bug at the end of a response ends its connection alone', async () => {
  const { state, spring } = trap();
  await using target = await openRawTarget(({ socket }) => socket.write(ok));
  await using plane = await openPlane({}, 60, { appendAccessLog: spring });
  plane.forwardTo(target.port);
  state.on = false;
  const other = openRawClient(plane, head('GET /'));
  await eventually('the answer', () => other.got.endsWith('ok'));
  state.on = true;
  const client = openRawClient(plane, head('GET /'));
  await eventually('the end', () => client.end !== 'open');
  assert.ok(bugs(plane) >= 1);
  state.on = false;
  other.socket.write(head('GET /'));
  await eventually('the second answer', () => other.got.split('ok').length === 3 || /ok.*ok$/s.test(other.got));
  other.socket.destroy();
  await works(plane);
});

test('a bug in a look at slow connections ends one of them, and the looks go on', async () => {
  const { state, spring } = trap();
  const random = {
    ...systemRandom,
    uuid() {
      spring();
      return systemRandom.uuid();
    },
  };
  await using plane = await openPlane({ requestHeadTimeout: 100 }, 60, { random });
  plane.forwardTo(1);
  for (const status of [500, 408]) {
    const client = openRawClient(plane, 'GET / HTTP/1.1\r\n');
    await eventually('the head is slow', () => client.end === 'fin', 10_000);
    assert.match(client.got, new RegExp(`^HTTP/1\\.1 ${status} `));
    client.socket.destroy();
    state.on = false;
  }
});
