// Statuses follow the data plane: nothing is ACTIVE before it is obeyed, and what is not obeyed in time has failed.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createManualClock } from '../base/clock.ts';
import { silentLog } from '../base/log.ts';
import { createSeededRandom } from '../base/random.ts';
import { createWatch } from '../base/watch.ts';
import type { Context } from '../domain/index.ts';
import { createVpcAssociation } from '../domain/association/index.ts';
import { createVpc } from '../domain/ec2/index.ts';
import { createServiceNetwork } from '../domain/network/index.ts';
import { createService, deleteService } from '../domain/service/index.ts';
import { openStore, type Store } from '../store/index.ts';
import { createPublisher } from './publisher.ts';
import { obeyedRevision } from './obedience.ts';
import { startStatusTask } from './statuses.ts';

const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 5));

async function open() {
  const clock = createManualClock(1_700_000_000_000);
  const random = createSeededRandom(7);
  const store = await openStore({ file: ':memory:' }, { log: silentLog });
  const context = (operation: string): Context => ({
    account: '123456789012',
    region: 'us-east-1',
    principalArn: 'arn',
    operation,
    now: clock.now(),
    random,
    quotas: 'none',
  });
  const obeyed = createWatch(0);
  const publisher = createPublisher({ store, clock, regions: [], secretOf: () => undefined, sessionKeys: () => [] });
  const task = startStatusTask({
    store,
    obeyed,
    clock,
    log: silentLog,
    context,
    associationTimeout: 60_000,
    targetDrainTime: 60_000,
    verificationTime: 259_200_000,
  });
  return { clock, store, context, obeyed, publisher, task };
}

async function associate(store: Store, context: (operation: string) => Context) {
  const network = await store.commit(createServiceNetwork, { name: 'net' }, context('CreateServiceNetwork'));
  const vpc = await store.commit(
    createVpc,
    { cidrBlock: '10.0.0.0/16', attachment: { kind: 'netns' } },
    context('CreateVpc'),
  );
  const made = await store.commit(
    createVpcAssociation,
    { serviceNetworkIdentifier: network.result.id, vpcIdentifier: vpc.result.id, securityGroupIds: [] },
    context('CreateServiceNetworkVpcAssociation'),
  );
  return { id: made.result.association.id, revision: made.revision };
}

const statusOf = (store: Store, id: string) =>
  [...store.state.value.tables.vpcAssociation.values()].find((one) => one.id === id);

test('an association stays CREATE_IN_PROGRESS while the acknowledgement is held back, and is ACTIVE with it', async () => {
  const { clock, store, context, obeyed, task } = await open();
  const { id, revision } = await associate(store, context);
  obeyed.set(revision - 1);
  for (let second = 0; second < 50; second++) clock.advance(1000);
  await turn();
  assert.equal(statusOf(store, id)?.status, 'CREATE_IN_PROGRESS');
  assert.equal(task.settled.value, revision - 1);
  obeyed.set(revision);
  await turn();
  assert.equal(statusOf(store, id)?.status, 'ACTIVE');
  assert.equal(task.settled.value, revision);
  task.close();
  await store[Symbol.asyncDispose]();
});

test('an association that is not confirmed in 60 s is CREATE_FAILED with DataPlaneTimeout, leaves the snapshot, and stays so', async () => {
  const { clock, store, context, obeyed, publisher, task } = await open();
  const { id, revision } = await associate(store, context);
  assert.equal(publisher.snapshot.value.doors.has(id), true);
  for (let second = 0; second < 61; second++) {
    clock.advance(1000);
    await new Promise(setImmediate);
    await turn();
    if (second === 58) assert.equal(statusOf(store, id)?.status, 'CREATE_IN_PROGRESS');
  }
  const failed = statusOf(store, id);
  assert.equal(failed?.status, 'CREATE_FAILED');
  assert.equal(failed.failureCode, 'DataPlaneTimeout');
  assert.equal(publisher.snapshot.value.doors.has(id), false);
  obeyed.set(revision + 10);
  await turn();
  assert.equal(statusOf(store, id)?.status, 'CREATE_FAILED');
  task.close();
  await store[Symbol.asyncDispose]();
});

test('obeyedRevision() is what every live worker and the agent have, and leaves out a worker that has acknowledged nothing yet', () => {
  const peer = (worker: number, acknowledged: number) => ({
    node: 'local',
    worker,
    process: `p${worker}`,
    acknowledged,
  });
  assert.equal(obeyedRevision({ live: new Set([0, 1]), peers: [peer(0, 7), peer(1, 5)], agent: 9 }), 5);
  assert.equal(obeyedRevision({ live: new Set([0, 1]), peers: [peer(0, 7), peer(1, -1)], agent: 9 }), 7);
  assert.equal(obeyedRevision({ live: new Set([0, 1]), peers: [peer(0, 7), peer(1, 8)], agent: 6 }), 6);
  assert.equal(obeyedRevision({ live: new Set([0]), peers: [peer(0, 7), peer(1, 5)], agent: 9 }), 7);
  assert.equal(obeyedRevision({ live: new Set([0, 1]), peers: [peer(0, 7)], agent: 9 }), undefined);
  assert.equal(obeyedRevision({ live: new Set(), peers: [peer(0, 7)], agent: 9 }), undefined);
});

test('what is being deleted when control ends is gone with the next', async () => {
  const { store, context, obeyed, task, clock } = await open();
  const service = await store.commit(createService, { name: 'shop' }, context('CreateService'));
  const deleted = await store.commit(deleteService, { serviceIdentifier: service.result.id }, context('DeleteService'));
  obeyed.set(deleted.revision - 1);
  await turn();
  assert.equal(store.state.value.tables.service.size, 1);
  task.close();
  const later = createWatch(store.state.value.revision);
  startStatusTask({
    store,
    obeyed: later,
    clock,
    log: silentLog,
    context,
    associationTimeout: 60_000,
    targetDrainTime: 60_000,
    verificationTime: 259_200_000,
  });
  await turn();
  assert.equal(store.state.value.tables.service.size, 0);
});
