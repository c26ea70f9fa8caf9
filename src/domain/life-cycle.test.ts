// The life cycles as tables: nothing waits forever, and nothing leads out of them.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  deletedStatus,
  isCarried,
  plainCycle,
  resourceAssociationCycle,
  updatableCycle,
  updatedStatus,
  verificationCycle,
  withIntent,
  type LifeCycle,
  type Transitions,
} from './life-cycle.ts';
import type { Failure } from './records/lattice.ts';
import { Refusal } from './refusal.ts';

const cycles: readonly Readonly<Record<string, Transitions<string>>>[] = [
  plainCycle,
  resourceAssociationCycle,
  updatableCycle,
];

test('every status in progress moves on with the data plane, and no other does', () => {
  for (const cycle of cycles)
    for (const [status, on] of Object.entries(cycle)) {
      const waits = status.endsWith('_IN_PROGRESS');
      assert.equal(on.obey !== undefined, waits, status);
      assert.equal(on.expire !== undefined, waits, status);
      assert.ok(on.expire === undefined || on.expire === status.replace('_IN_PROGRESS', '_FAILED'), status);
    }
});

test('every status of a life cycle leads to statuses of the same, and every one can be left by deleting in the end', () => {
  for (const cycle of cycles)
    for (const [status, on] of Object.entries(cycle)) {
      for (const next of [on.update, on.delete, on.obey, on.expire])
        assert.ok(next === undefined || next === 'gone' || next === 'refused' || next in cycle, `${status}: ${next}`);
      const settled = on.delete === 'refused' ? on.obey : status;
      assert.ok(settled !== undefined && settled !== 'gone');
      const deleted = cycle[settled]?.delete ?? settled;
      assert.ok(deleted === 'gone' || cycle[deleted]?.obey === 'gone', status);
    }
});

test('isCarried() is of what data planes may serve: also what an update is on its way to or failed, but nothing that is being deleted', () => {
  const carried = Object.keys(updatableCycle).filter((status) => isCarried({ status }));
  assert.deepEqual(carried.sort(), ['ACTIVE', 'CREATE_IN_PROGRESS', 'UPDATE_FAILED', 'UPDATE_IN_PROGRESS']);
});

test('withIntent() waits for the next revision and forgets an earlier failure', () => {
  const record = { id: 'snva-1', status: 'DELETE_FAILED', failureCode: 'X', failureMessage: 'x', intentAt: 1 } as const;
  assert.deepEqual(
    withIntent<Failure & { readonly status: string }, string>(
      record,
      'DELETE_IN_PROGRESS',
      { revision: 4 },
      { now: 7 },
    ),
    {
      id: 'snva-1',
      status: 'DELETE_IN_PROGRESS',
      intentRevision: 5,
      intentAt: 7,
      lastUpdatedAt: 7,
    },
  );
});

test('updatedStatus() and deletedStatus() refuse what the status does not allow, with the status in the message', () => {
  const record = { id: 'snva-1', status: 'UPDATE_IN_PROGRESS' } as const;
  for (const call of [updatedStatus, deletedStatus])
    assert.throws(
      () => call(updatableCycle, record, 'SERVICE_NETWORK_VPC_ASSOCIATION'),
      (error) => error instanceof Refusal && error.kind === 'Conflict' && /UPDATE_IN_PROGRESS/.test(error.message),
    );
  const type = 'SERVICE_NETWORK_VPC_ASSOCIATION';
  assert.equal(updatedStatus(updatableCycle, { id: 'x', status: 'UPDATE_FAILED' }, type), 'UPDATE_IN_PROGRESS');
  assert.equal(deletedStatus(updatableCycle, { id: 'x', status: 'CREATE_FAILED' }, type), 'gone');
  assert.equal(deletedStatus(updatableCycle, { id: 'x', status: 'DELETE_IN_PROGRESS' }, type), 'DELETE_IN_PROGRESS');
});

test('a domain verification leads to statuses of its cycle, and none of them waits for more than time', () => {
  for (const [status, on] of Object.entries(verificationCycle as LifeCycle<string>)) {
    assert.deepEqual([on.update, on.delete, on.obey], [undefined, undefined, undefined], status);
    assert.equal(on.expire !== undefined, status === 'PENDING', status);
    assert.ok(on.expire === undefined || on.expire in verificationCycle, status);
  }
});
