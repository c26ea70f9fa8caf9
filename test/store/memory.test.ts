// The store in memory, and what every store does when writes fail.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createManualClock } from '../../src/base/clock.ts';
import { createLog, silentLog } from '../../src/base/log.ts';
import { createService } from '../../src/domain/service/index.ts';
import { createMemoryBackend, openStore, openStoreOn, type Backend } from '../../src/store/index.ts';
import { contextOf, plainRecords, refusedWith } from './calls.ts';
import { storeContract } from './contract.ts';
import { eventOf, findIds } from './events.ts';
import { createFaultyBackend, type Fault } from './faulty-backend.ts';

const deps = { log: silentLog };

storeContract('memory', () => openStore({ file: ':memory:' }, deps));

const context = contextOf('CreateService');
const faults: readonly Fault[] = ['lost', 'kept', 'lost in doubt', 'kept in doubt'];

for (const fault of faults)
  for (const failing of [1, 2, 5])
    test(`A store whose write ${failing} fails (${fault}) loses no answer and keeps no half`, async () => {
      const backend = createMemoryBackend();
      await using store = await openStoreOn(
        createFaultyBackend(backend, (n) => (n === failing ? fault : undefined)),
        deps,
      );
      const answered: string[] = [];
      const refused: string[] = [];
      const call = async (name: string): Promise<void> => {
        try {
          const { result } = await store.commit(createService, { name }, context, {
            token: name,
            parameters: { name },
          });
          assert.ok(store.state.value.tables.service.some((service) => service.id === result.id));
          answered.push(result.name);
        } catch (error) {
          assert.ok(refusedWith('InternalServer')(error), String(error));
          refused.push(name);
        }
      };
      const rounds: string[][] = [];
      for (let round = 0; round < 8; round++) {
        const names = [0, 1, 2].map((n) => `service-${round}-${n}`);
        rounds.push(names);
        await Promise.all(names.map(call));
      }
      assert.equal(answered.length + refused.length, 24);
      // 'kept' is found out at once; in doubt, also the next group pays when the doubt turns out badly.
      const expected = { lost: 3, kept: 0, 'lost in doubt': 3, 'kept in doubt': 6 }[fault];
      assert.equal(refused.length, expected);
      const names = store.state.value.tables.service
        .toList()
        .map((service) => service.name)
        .toSet();
      for (const name of answered) assert.ok(names.has(name), `${name} was answered and is gone`);
      if (!fault.startsWith('kept')) assert.equal(names.size, answered.length);
      // Whoever was refused calls again with the same token, and has it once.
      await Promise.all(refused.splice(0).map(call));
      assert.deepEqual(refused, []);
      const { state } = store;
      assert.equal(state.value.tables.service.size, 24);
      assert.equal(state.value.revision, 24);
      assert.deepEqual(plainRecords(await backend.load()), plainRecords(state.value));
    });

test('An event is kept with its change or not at all, and what else was lost is said', async () => {
  const lines: string[] = [];
  const log = createLog((line) => void lines.push(line), Date.now);
  await using store = await openStoreOn(
    createFaultyBackend(createMemoryBackend(), (n) => (n === 1 ? 'lost' : n === 2 ? 'kept' : undefined)),
    { log },
  );
  const call = (name: string) => store.commit(createService, { name }, context, undefined, () => eventOf(`e-${name}`));
  store.record(eventOf('read'));
  await assert.rejects(call('one'), refusedWith('InternalServer'));
  assert.ok(lines.some((line) => /are lost.*"dropped":1/.test(line)));
  assert.equal(store.lostEvents, 1);
  await call('two');
  await call('three');
  assert.deepEqual(await findIds(store), ['e-three', 'e-two']);
});

test('Events are in the very write of their changes, with the reads that waited, and need no write of their own', async () => {
  const writes: (readonly [rows: readonly string[], events: readonly string[]])[] = [];
  const backend = createMemoryBackend();
  const watched: Backend = {
    ...backend,
    append(rows, events) {
      writes.push([rows.map(({ operation }) => operation), events.map(({ id }) => id)]);
      return backend.append(rows, events);
    },
  };
  const clock = createManualClock();
  await using store = await openStoreOn(watched, { ...deps, clock });
  store.record(eventOf('read-1'));
  const call = (name: string) => store.commit(createService, { name }, context, undefined, () => eventOf(`e-${name}`));
  await Promise.all([call('one'), call('two')]);
  store.record(eventOf('read-2'));
  store.record(eventOf('read-3'));
  clock.advance(499);
  await new Promise(setImmediate);
  assert.deepEqual(writes, [
    [
      ['CreateService', 'CreateService'],
      ['e-one', 'e-two', 'read-1'],
    ],
  ]);
  clock.advance(1);
  await findIds(store);
  assert.deepEqual(writes.slice(1), [[[], ['read-2', 'read-3']]]);
});

test('Events that come faster than they are written are dropped beyond 4 MiB, and counted', async () => {
  const lines: string[] = [];
  const log = createLog((line) => void lines.push(line), Date.now);
  await using store = await openStore({ file: ':memory:' }, { log });
  const text = 'x'.repeat(1024 * 1024);
  for (let n = 0; n < 7; n++) store.record(eventOf(`e-${n}`, { text }));
  assert.deepEqual(await findIds(store), ['e-3', 'e-2', 'e-1', 'e-0']);
  assert.match(lines[0] ?? '', /"dropped":3/);
  assert.equal(store.lostEvents, 3);
});

test('The store in memory keeps 16 MiB of events', async () => {
  await using store = await openStore({ file: ':memory:' }, deps);
  const text = 'x'.repeat(1024 * 1024);
  for (let n = 0; n < 40; n++) {
    store.record(eventOf(`e-${n}`, { text }));
    if (n % 4 === 3) await findIds(store);
  }
  const ids = await findIds(store);
  assert.deepEqual([ids.length, ids[0], ids.at(-1)], [16, 'e-39', 'e-24']);
});

test('A decision that read what could not be written is refused too', async () => {
  await using store = await openStoreOn(
    createFaultyBackend(createMemoryBackend(), (n) => (n === 1 ? 'lost' : undefined)),
    deps,
  );
  const calls = await Promise.allSettled([
    store.commit(createService, { name: 'one' }, context),
    store.commit(createService, { name: 'one' }, context),
    store.commit((state) => ({ changes: [], result: state.tables.service.size }), null, context),
  ]);
  for (const call of calls) assert.ok(call.status === 'rejected' && refusedWith('InternalServer')(call.reason));
  assert.equal(store.state.value.revision, 0);
  assert.equal((await store.commit(createService, { name: 'one' }, context)).revision, 1);
});
