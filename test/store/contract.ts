// What every store must do, whatever keeps its log.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { applyChanges, emptyState, type Change } from '../../src/domain/index.ts';
import { createService, deleteService, getService } from '../../src/domain/service/index.ts';
import type { Store } from '../../src/store/index.ts';
import { contextOf, plainRecords, refusedWith } from './calls.ts';
import { eventContract } from './event-contract.ts';

/** Declares the tests of a store named `name`; `open` gives an empty one, which the test disposes. */
export function storeContract(name: string, open: () => Promise<Store>): void {
  const context = contextOf('CreateService');
  const create = (store: Store, service: string) => store.commit(createService, { name: service }, context);

  test(`${name}: an answer is durable when it comes`, async () => {
    await using store = await open();
    const { result, revision, replayed } = await create(store, 'one');
    assert.deepEqual([revision, replayed, store.state.value.revision], [1, false, 1]);
    assert.equal(getService(store.state.value, context, result.id).name, 'one');
  });

  test(`${name}: decisions see what was decided before them, durable or not`, async () => {
    await using store = await open();
    const calls = await Promise.allSettled([create(store, 'one'), create(store, 'one'), create(store, 'two')]);
    assert.deepEqual(
      calls.map((call) => (call.status === 'fulfilled' ? call.value.revision : (call.reason as Error).message)),
      [1, 'A service with the name one already exists.', 2],
    );
  });

  test(`${name}: a decision without changes makes no revision`, async () => {
    await using store = await open();
    await create(store, 'one');
    const read = await store.commit((state) => ({ changes: [], result: state.tables.service.size }), null, context);
    assert.deepEqual(read, { result: 1, revision: 1, replayed: false });
  });

  test(`${name}: a token gives the first answer again, also when both calls come at once`, async () => {
    await using store = await open();
    const call = (token: string, service: string) =>
      store.commit(createService, { name: service }, context, { token, parameters: { name: service } });
    const [first, second] = await Promise.all([call('t-1', 'one'), call('t-1', 'one')]);
    assert.deepEqual([first.replayed, second.replayed], [false, true]);
    assert.deepEqual(second.result, first.result);
    await store.commit(deleteService, { serviceIdentifier: first.result.id }, contextOf('DeleteService'));
    const third = await call('t-1', 'one');
    assert.deepEqual([third.result, third.revision], [first.result, first.revision]);
    await assert.rejects(call('t-1', 'two'), refusedWith('Conflict'));
  });

  test(`${name}: at() gives every revision that was, and no other`, async () => {
    await using store = await open();
    const states = [plainRecords(store.state.value)];
    for (const service of ['one', 'two', 'three']) {
      const { result } = await create(store, service);
      states.push(plainRecords(store.state.value));
      if (service === 'two') {
        await store.commit(deleteService, { serviceIdentifier: result.id }, contextOf('DeleteService'));
        states.push(plainRecords(store.state.value));
      }
    }
    for (const [revision, expected] of states.entries()) {
      const state = await store.at(revision);
      assert.ok(state !== undefined);
      assert.equal(state.revision, revision);
      assert.deepEqual(plainRecords(state), expected);
    }
    assert.equal(await store.at(states.length), undefined);
  });

  test(`${name}: timeOf() gives the moment of every revision in the log`, async () => {
    await using store = await open();
    const before = store.state.value.revision;
    await store.commit(createService, { name: 'one' }, { ...contextOf('CreateService'), now: 1234 });
    await store.commit(createService, { name: 'two' }, { ...contextOf('CreateService'), now: 2345 });
    assert.deepEqual(await Promise.all([1, 2, 3].map((n) => store.timeOf(before + n))), [1234, 2345, undefined]);
  });

  test(`${name}: subscribers get every change in order`, async () => {
    await using store = await open();
    const changes: Change[] = [];
    const end = store.subscribe((group) => {
      assert.equal(group.state, store.state.value);
      changes.push(...(group.changes ?? []));
    });
    await Promise.all(Array.from({ length: 50 }, (_, n) => create(store, `service-${n}`)));
    const { revision } = store.state.value;
    assert.equal(revision, 50);
    assert.deepEqual(plainRecords(applyChanges(emptyState, changes, revision)), plainRecords(store.state.value));
    end();
    await create(store, 'last');
    assert.equal(changes.length, 50);
  });

  test(`${name}: a decision that throws by mistake ends alone`, async () => {
    await using store = await open();
    const [mistake, call] = await Promise.allSettled([
      store.commit(() => JSON.parse('{') as never, null, context),
      create(store, 'one'),
    ]);
    assert.ok(mistake.status === 'rejected' && mistake.reason instanceof SyntaxError);
    assert.equal(call.status, 'fulfilled');
    assert.equal(store.state.value.revision, 1);
  });

  eventContract(name, open);

  test(`${name}: disposing waits for what was decided, and refuses what comes after`, async () => {
    const store = await open();
    const call = create(store, 'one');
    const disposed = store[Symbol.asyncDispose]();
    await assert.rejects(create(store, 'two'), refusedWith('InternalServer'));
    assert.equal((await call).revision, 1);
    await disposed;
  });
}
