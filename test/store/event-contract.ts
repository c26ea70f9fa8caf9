// What every store must do with audit events, whatever keeps its log.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createService } from '../../src/domain/service/index.ts';
import type { EventAttribute, Store } from '../../src/store/index.ts';
import { contextOf, refusedWith } from './calls.ts';
import { eventOf, findEvents, findIds, where } from './events.ts';

/** Declares the tests of the events of a store named `name`; `open` gives an empty one, which the test disposes. */
export function eventContract(name: string, open: () => Promise<Store>): void {
  const context = contextOf('CreateService');

  test(`${name}: the event of a change is made of its outcome, and is there when the change is`, async () => {
    await using store = await open();
    const states: unknown[] = [];
    const call = store.commit(createService, { name: 'one' }, context, undefined, ({ result, state }) => {
      states.push([state.revision, state.tables.service.size, store.state.value.revision]);
      return eventOf('e-1', { resources: [{ type: 'AWS::VpcLattice::Service', name: result.arn }] });
    });
    const { result } = await call;
    assert.deepEqual(states, [[1, 1, 0]]);
    const { events, next } = await findEvents(store);
    assert.deepEqual([events.map(({ id }) => id), next], [['e-1'], undefined]);
    assert.deepEqual(events[0]?.resources, [{ type: 'AWS::VpcLattice::Service', name: result.arn }]);
  });

  test(`${name}: a repeated call has an event of its own, a refused one has none by itself`, async () => {
    await using store = await open();
    const call = (id: string, token: string, service = 'one') =>
      store.commit(createService, { name: service }, context, { token, parameters: service }, ({ result }) =>
        eventOf(id, { text: result.id }),
      );
    const first = await call('e-1', 't-1');
    const second = await call('e-2', 't-1');
    await assert.rejects(call('e-3', 't-2'), refusedWith('Conflict'));
    const { events } = await findEvents(store);
    assert.deepEqual([...events.map(({ id }) => id)].sort(), ['e-1', 'e-2']);
    assert.deepEqual(
      events.map(({ text }) => text),
      [first.result.id, second.result.id],
    );
    assert.equal(store.state.value.revision, 1);
  });

  test(`${name}: a mistake in making an event ends the call and changes nothing`, async () => {
    await using store = await open();
    const call = store.commit(createService, { name: 'one' }, context, undefined, () => JSON.parse('{') as never);
    await assert.rejects(call, SyntaxError);
    assert.equal(store.state.value.revision, 0);
    await store.commit(createService, { name: 'one' }, context, undefined, () => eventOf('e-1'));
    assert.deepEqual(await findIds(store), ['e-1']);
  });

  test(`${name}: recorded events are found at once, and pages stay while others come`, async () => {
    await using store = await open();
    const now = Date.now();
    for (let n = 0; n < 25; n++) store.record(eventOf(`e-${n}`, { time: now - 100 + Math.floor(n / 5) }));
    const ids: string[] = [];
    let before;
    for (let page = 0; page < 4; page++) {
      const found = await findEvents(store, { limit: 7, ...(before === undefined ? {} : { before }) });
      ids.push(...found.events.map(({ id }) => id));
      before = found.next;
      assert.equal(found.next === undefined, page === 3);
      store.record(eventOf(`later-${page}`, { time: now + page }));
    }
    assert.deepEqual(
      ids,
      Array.from({ length: 25 }, (_, n) => `e-${24 - n}`),
    );
    assert.deepEqual(await findIds(store, { limit: 2 }), ['later-3', 'later-2']);
  });

  test(`${name}: a page that takes the last event has no next one`, async () => {
    await using store = await open();
    for (let n = 0; n < 4; n++) store.record(eventOf(`e-${n}`));
    const { events, next } = await findEvents(store, { limit: 4 });
    assert.deepEqual([events.length, next], [4, undefined]);
  });

  test(`${name}: events are found by time, by each attribute, and in their own account and region only`, async () => {
    await using store = await open();
    const arn = 'arn:aws:vpc-lattice:us-east-1:123456789012:service/svc-1';
    store.record(eventOf('e-1', { time: 1000, name: 'GetService', isRead: true, user: 'ann', accessKeyId: 'K1' }));
    store.record(
      eventOf('e-2', {
        time: 2000,
        resources: [
          { type: 'Service', name: arn },
          { type: 'VPC', name: 'vpc-1' },
        ],
      }),
    );
    store.record(
      eventOf('e-3', { time: 3000, source: 'ec2.amazonaws.com', resources: [{ type: 'Service', name: 'svc-1' }] }),
    );
    store.record(eventOf('other-account', { time: 2000, account: '111111111111' }));
    store.record(eventOf('other-region', { time: 2000, region: 'eu-west-1' }));
    const by = (kind: EventAttribute, value: string) => findIds(store, { now: 4000, attribute: { kind, value } });
    for (const [kind, value, expected] of [
      ['id', 'e-2', ['e-2']],
      ['id', 'other-region', []],
      ['name', 'GetService', ['e-1']],
      ['source', 'ec2.amazonaws.com', ['e-3']],
      ['readOnly', 'true', ['e-1']],
      ['readOnly', 'false', ['e-3', 'e-2']],
      ['user', 'ann', ['e-1']],
      ['accessKeyId', 'AKID', ['e-3', 'e-2']],
      ['resourceType', 'VPC', ['e-2']],
      ['resourceType', 'V', []],
      ['resourceName', arn, ['e-3', 'e-2']],
      ['resourceName', 'svc-1', ['e-3', 'e-2']],
      ['resourceName', 'vpc-1', ['e-2']],
      ['resourceName', 'vc-1', []],
      ['resourceName', "' OR 1=1 --", []],
    ] as const)
      assert.deepEqual(await by(kind, value), expected, `${kind} ${value}`);
    const during = (from: number, until: number) => findIds(store, { from, until, now: 4000 });
    assert.deepEqual(await during(2000, 3000), ['e-2']);
    assert.deepEqual(await during(0, 1000), []);
    assert.deepEqual(await findIds(store, { ...where, account: '111111111111', now: 4000 }), ['other-account']);
    assert.deepEqual(await findIds(store, { now: 4000 + 90 * 86_400_000 }), []);
  });

  test(`${name}: cleared events are gone, those that waited too, and new ones are kept`, async () => {
    await using store = await open();
    await store.commit(createService, { name: 'one' }, context, undefined, () => eventOf('e-1'));
    store.record(eventOf('e-2'));
    await store.clearEvents();
    assert.deepEqual(await findIds(store), []);
    store.record(eventOf('e-3'));
    assert.deepEqual(await findIds(store), ['e-3']);
    assert.equal(store.state.value.revision, 1);
  });
}
