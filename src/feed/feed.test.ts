// Both ends of the feed on a stream in memory: loads, deltas, reconnects, other versions.

import assert from 'node:assert/strict';
import { Duplex } from 'node:stream';
import { test } from 'node:test';
import { createSeededRandom } from '../base/random.ts';
import { systemClock } from '../base/clock.ts';
import { silentLog } from '../base/log.ts';
import { createWatch, waitFor } from '../base/watch.ts';
import { emptySnapshot, type DoorRecord, type Snapshot } from '../snapshot/index.ts';
import { createFeedClient, type Dated, type FeedClient } from './client.ts';
import { createFrameReader, encodeFrame } from './frames.ts';
import { createFeedServer, type FeedServer, type FeedServerDeps } from './server.ts';

function door(id: string, revision: number): DoorRecord {
  return { id, revision, vpcId: 'vpc-1', serviceNetworkId: 'sn-1', securityGroups: [] };
}

function snapshot(revision: number, ...doors: readonly DoorRecord[]): Snapshot {
  return { ...emptySnapshot, revision, doors: new Map(doors.map((one) => [one.id, one])) };
}

/** Two ends of a pipe; the client's end emits `connect` as a socket does. */
function pipe(): { near: Duplex; far: Duplex } {
  const end = (other: () => Duplex): Duplex =>
    new Duplex({
      read() {},
      write(chunk: Buffer, _encoding, done) {
        other().push(chunk);
        done();
      },
      destroy(error, done) {
        setImmediate(() => other().destroy());
        done(error);
      },
    });
  const near: Duplex = end(() => far);
  const far: Duplex = end(() => near);
  return { near, far };
}

function open(initial: Snapshot, deps: Partial<FeedServerDeps> = {}) {
  const cell = createWatch(initial);
  const server = createFeedServer({
    snapshot: cell,
    epoch: 'one',
    log: silentLog,
    onPeers() {},
    onHealth() {},
    onCounters() {},
    ...deps,
  });
  return { cell, server };
}

function connectTo(server: () => FeedServer, ends: Duplex[] = [], initial?: Dated): FeedClient {
  return createFeedClient(
    { node: 'n', worker: 0, ...(initial === undefined ? {} : { initial }) },
    {
      connect() {
        const { near, far } = pipe();
        ends.push(far);
        server().accept(far);
        queueMicrotask(() => near.emit('connect'));
        return near;
      },
      clock: systemClock,
      random: createSeededRandom(1),
      log: silentLog,
      onConnected() {},
    },
  );
}

const at =
  (revision: number, epoch = 'one') =>
  (dated: { epoch: string; snapshot: Snapshot }) =>
    dated.epoch === epoch && dated.snapshot.revision === revision;

/** Gives streams and timers their turns until `test` holds, for a second at most; what is asserted next says what is missing. */
async function settle(test: () => boolean): Promise<void> {
  const end = performance.now() + 1000;
  while (!test() && performance.now() < end) await new Promise(setImmediate);
}

test('a client gets the whole snapshot and then what changes; unchanged records keep their identity', async () => {
  const { cell, server } = open(snapshot(1, door('a', 1), door('b', 1)));
  const client = connectTo(() => server);
  const first = await waitFor(client.current, at(1));
  cell.set({
    ...cell.value,
    revision: 2,
    doors: new Map([
      ['a', cell.value.doors.get('a') ?? assert.fail()],
      ['c', door('c', 2)],
    ]),
  });
  const second = await waitFor(client.current, at(2));
  assert.deepEqual([...second.snapshot.doors.keys()], ['a', 'c']);
  assert.equal(second.snapshot.doors.get('a'), first.snapshot.doors.get('a'));
  cell.set({ ...cell.value, revision: 3 });
  const third = await waitFor(client.current, at(3));
  assert.equal(third.snapshot.doors, second.snapshot.doors);
  client.close();
  server.close();
});

test('a client that reconnects to the same history gets a delta, to another one everything', async () => {
  let { cell, server } = open(snapshot(1, door('a', 1)));
  const ends: Duplex[] = [];
  const client = connectTo(() => server, ends);
  await waitFor(client.current, at(1));
  const kept = client.current.value.snapshot.doors;
  ends[0]?.destroy();
  await new Promise((resolve) => setTimeout(resolve, 60));
  cell.set({ ...cell.value, revision: 2 });
  assert.equal((await waitFor(client.current, at(2))).snapshot.doors, kept);
  server.close();
  ({ cell, server } = open(snapshot(2, door('z', 1)), { epoch: 'two' }));
  const other = await waitFor(client.current, at(2, 'two'));
  assert.deepEqual([...other.snapshot.doors.keys()], ['z']);
  client.close();
  server.close();
});

test('processes that start together are sent the same bytes, and what all have taken is not kept', async () => {
  const { server } = open(snapshot(1, door('a', 1)));
  const hello = encodeFrame({ type: 'hello', protocol: 1, node: 'n', worker: 0, epoch: '', revision: 0 });
  const connected = (): Buffer[] => {
    const { near, far } = pipe();
    const got: Buffer[] = [];
    // As they were written: a readable side would give them in other pieces.
    const push = near.push.bind(near);
    near.push = (chunk: Buffer) => {
      got.push(chunk);
      return push(chunk);
    };
    server.accept(far);
    near.write(hello);
    return got;
  };
  const together = [connected(), connected()] as const;
  await settle(() => together.every((got) => got.length === 4));
  const later = connected();
  await settle(() => later.length === 4);
  const [[, ...first], [, ...second]] = together;
  assert.deepEqual([first.length, second.length, later.length], [3, 3, 4]);
  first.forEach((frame, i) => {
    assert.equal(second[i], frame, 'the same buffer');
    assert.notEqual(later[i + 1], frame, 'made anew');
    assert.deepEqual(later[i + 1], frame);
  });
});

test('acknowledgements are known per peer, and one that comes back counts with what it still serves from', async () => {
  const { cell, server } = open(snapshot(4, door('a', 1)));
  const ends: Duplex[] = [];
  const client = connectTo(() => server, ends);
  const known = (): readonly number[] => [...server.peers].map((peer) => peer.acknowledged);
  await waitFor(client.current, at(4));
  assert.deepEqual(known(), [-1]);
  assert.equal(client.answered.value, true);
  client.acknowledge(4);
  await settle(() => known()[0] === 4);
  assert.deepEqual(known(), [4]);
  ends[0]?.destroy();
  await settle(() => !client.answered.value);
  assert.deepEqual(known(), []);
  assert.equal(client.answered.value, false);
  cell.set(snapshot(5, door('a', 1)));
  await waitFor(client.current, at(5));
  assert.deepEqual(known(), [4]);
  client.close();
  server.close();
});

test('a client of another history obeys none of the revisions of this one, though its own number is higher', async () => {
  const { server } = open(snapshot(4, door('a', 1)));
  const initial = { epoch: 'another', snapshot: snapshot(9, door('z', 9)) };
  const client = connectTo(() => server, [], initial);
  await waitFor(client.current, at(4));
  assert.deepEqual(
    [...server.peers].map((peer) => peer.acknowledged),
    [0],
  );
  assert.deepEqual([...client.current.value.snapshot.doors.keys()], ['a']);
  client.close();
  server.close();
});

test('a client of this history that is ahead of it gets everything anew', async () => {
  const { server } = open(snapshot(4, door('a', 1)));
  const client = connectTo(() => server, [], { epoch: 'one', snapshot: snapshot(9, door('z', 9)) });
  await waitFor(client.current, at(4));
  assert.deepEqual([...client.current.value.snapshot.doors.keys()], ['a']);
  client.close();
  server.close();
});

test('a client with the signing keys of another day gets everything anew, though its revision is the newest', async () => {
  const yesterday: Snapshot = { ...snapshot(5, door('snva-1', 5)), day: '20261121' };
  const today: Snapshot = { ...yesterday, day: '20261122', doors: new Map([['snva-1', door('snva-1', 4)]]) };
  // On an open connection, and in the place of a control process that ended before midnight.
  const { cell, server } = open(yesterday);
  const ends: Duplex[] = [];
  const client = connectTo(() => server, ends);
  await waitFor(client.current, ({ snapshot: one }) => one.day === '20261121');
  cell.set(today);
  await waitFor(client.current, ({ snapshot: one }) => one.day === '20261122');
  assert.equal(client.current.value.snapshot.doors.get('snva-1')?.revision, 4);
  client.close();
  const next = open(today);
  const late = connectTo(() => next.server, [], { epoch: 'one', snapshot: yesterday });
  await waitFor(late.current, ({ snapshot: one }) => one.day === '20261122');
  assert.equal(late.current.value.snapshot.doors.get('snva-1')?.revision, 4);
  late.close();
});

test('a newer client with unknown fields and messages is served by this version', async () => {
  const { server } = open(snapshot(1, door('a', 1)));
  const { near, far } = pipe();
  server.accept(far);
  const reader = createFrameReader();
  const types: string[] = [];
  near.on('data', (chunk: Buffer) => {
    reader.push(chunk);
    for (let frame = reader.next(); frame !== undefined; frame = reader.next())
      types.push((JSON.parse(frame.toString()) as { type: string }).type);
  });
  near.write(
    encodeFrame({
      type: 'hello',
      protocol: 7,
      capabilities: ['quic'],
      node: 'n',
      worker: 0,
      epoch: '',
      revision: 0,
      colour: 'blue',
    }),
  );
  near.write(encodeFrame({ type: 'weather', sun: true }));
  near.write(encodeFrame({ type: 'ack', revision: 1, mood: 'fine' }));
  await settle(() => types.length >= 4);
  assert.deepEqual(types, ['welcome', 'begin', 'put', 'end']);
  assert.deepEqual(
    [...server.peers].map((peer) => peer.acknowledged),
    [1],
  );
  server.close();
});

test('an older client passes over messages that it does not know', async () => {
  const client = createFeedClient(
    { node: 'n', worker: 0 },
    {
      connect() {
        const { near, far } = pipe();
        queueMicrotask(() => {
          near.emit('connect');
          far.write(encodeFrame({ type: 'welcome', protocol: 9, extra: 1 }));
          far.write(encodeFrame({ type: 'begin', epoch: 'one', revision: 5, sealed: true }));
          far.write(encodeFrame({ type: 'certificates', records: [1] }));
          far.write(encodeFrame({ type: 'put', table: 'doors', records: [{ ...door('a', 5), lock: 'none' }] }));
          far.write(encodeFrame({ type: 'end', revision: 5 }));
        });
        return near;
      },
      clock: systemClock,
      random: createSeededRandom(1),
      log: silentLog,
      onConnected() {},
    },
  );
  const { snapshot: got } = await waitFor(client.current, at(5));
  assert.equal(got.doors.get('a')?.vpcId, 'vpc-1');
  client.close();
});

test('a stream that is not one of frames is closed and costs no memory', async () => {
  const { server } = open(snapshot(1));
  const { near, far } = pipe();
  server.accept(far);
  near.write(Buffer.from('GET / HTTP/1.1\r\n\r\n'));
  await settle(() => far.destroyed);
  assert.equal(far.destroyed, true);
});

test('createFrameReader() gives the same messages however the bytes are cut', () => {
  const bytes = Buffer.concat([encodeFrame({ a: 1 }), encodeFrame('two'), encodeFrame([])]);
  for (let size = 1; size <= bytes.length; size++) {
    const reader = createFrameReader();
    const got: unknown[] = [];
    for (let pos = 0; pos < bytes.length; pos += size) {
      reader.push(bytes.subarray(pos, pos + size));
      for (let frame = reader.next(); frame !== undefined; frame = reader.next())
        got.push(JSON.parse(frame.toString()));
    }
    assert.deepEqual(got, [{ a: 1 }, 'two', []]);
  }
});

test('what is told while control stands still is bounded, and the last of it comes when it goes on', async () => {
  const seen = new Map<string, string>();
  const counted: number[] = [];
  const { server } = open(snapshot(1, door('a', 1)), {
    onHealth: (_peer, reports) => reports.forEach(({ target, health }) => seen.set(target, health)),
    onCounters: (_peer, values) => void counted.push(values['x_total'] ?? 0),
  });
  const { near, far } = pipe();
  // As a socket whose other end is not read.
  let release = (): void => {};
  const standing = new Promise<void>((resolve) => (release = resolve));
  const write = near._write.bind(near);
  near._write = (chunk, encoding, done) => void standing.then(() => write(chunk, encoding, done));
  const client = createFeedClient(
    { node: 'n', worker: 0 },
    {
      connect() {
        queueMicrotask(() => near.emit('connect'));
        return near;
      },
      clock: systemClock,
      random: createSeededRandom(1),
      log: silentLog,
      onConnected() {},
    },
  );
  await settle(() => near.writableLength > 0);
  let asked = 0;
  const tell = async (): Promise<void> => {
    while (asked < 100) await client.reportCounters({ x_total: ++asked });
  };
  void tell();
  for (let round = 0; round < 5000; round++) {
    client.reportHealth([{ groupId: 'tg-1', target: `t${round % 10}`, health: String(round) }]);
    client.acknowledge(round);
  }
  assert.ok(near.writableLength < 100_000, `${near.writableLength} bytes wait`);
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(asked, 1);
  server.accept(far);
  release();
  await settle(() => seen.get('t9') === '4999');
  assert.deepEqual(
    [...seen.values()].toSorted(),
    Array.from({ length: 10 }, (_, i) => String(4990 + i)),
  );
  await settle(() => [...server.peers].some(({ acknowledged }) => acknowledged === 4999));
  assert.deepEqual(
    [...server.peers].map(({ acknowledged }) => acknowledged),
    [4999],
  );
  await settle(() => counted.at(-1) === 100);
  client.close();
  server.close();
});
