// What a client of the API sees while a worker does not acknowledge: waiting, then a failure that says why, and nothing taken back later.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import {
  ConflictException,
  CreateServiceNetworkCommand,
  CreateServiceNetworkServiceAssociationCommand,
  DeleteServiceCommand,
  DeleteServiceNetworkServiceAssociationCommand,
  GetServiceNetworkServiceAssociationCommand,
  ResourceNotFoundException,
} from '@aws-sdk/client-vpc-lattice';
import { TestServer } from '../server.ts';
import { TestClient } from '../workload-programs.ts';
import { eventually, given, listenerPort, makeListener, makeService, makeWorld, offer, unique } from './scenario.ts';

let server: TestServer;
before(async () => {
  server = await TestServer.start({
    attach: 'loopback',
    workers: 2,
    configuration: 'limits: { associationTimeout: 3000 }\n',
  });
});
after(() => server[Symbol.asyncDispose]());

/** Runs `act` while one of the workers stands still. */
async function whileHeld<T>(act: (release: () => void) => Promise<T>): Promise<T> {
  const worker = given(server.processes().workers[1]);
  const release = (): void => void process.kill(worker, 'SIGCONT');
  process.kill(worker, 'SIGSTOP');
  try {
    return await act(release);
  } finally {
    release();
  }
}

const revisionOf = (headers: Readonly<Record<string, string>>): number => Number(given(headers['x-pergola-revision']));

test('/-/wait answers 504 while a worker lags, and 200 as soon as it has followed', async () => {
  await whileHeld(async (release) => {
    let revision = 0;
    const command = new CreateServiceNetworkCommand({ name: unique('town') });
    command.middlewareStack.add(
      (next) => async (args) => {
        const result = await next(args);
        revision = revisionOf((result.response as { headers: Record<string, string> }).headers);
        return result;
      },
      { step: 'deserialize', priority: 'low' },
    );
    await server.lattice.send(command);
    assert.ok(revision > 0);
    const wait = (timeout: number): Promise<Response> =>
      server.call('GET', `/-/wait?revision=${revision}&timeout=${timeout}`);
    assert.equal((await wait(0.3)).status, 504);
    const followed = wait(20);
    release();
    assert.equal((await followed).status, 200);
  });
});

test('an association stays CREATE_IN_PROGRESS while a worker lags, then it is CREATE_FAILED with a code, also after the worker followed', async () => {
  const { lattice } = server;
  const { clients, network } = await makeWorld(server);
  const service = await makeService(server);
  await makeListener(server, service.id, { fixedResponse: { statusCode: 404 } });
  await server.obeyed();
  await using client = TestClient.start(server, { vpc: clients });
  const statuses: (string | undefined)[] = [];
  const get = async (serviceNetworkServiceAssociationIdentifier: string) =>
    lattice.send(new GetServiceNetworkServiceAssociationCommand({ serviceNetworkServiceAssociationIdentifier }));
  const id = await whileHeld(async () => {
    const made = await lattice.send(
      new CreateServiceNetworkServiceAssociationCommand({
        serviceIdentifier: service.id,
        serviceNetworkIdentifier: network,
      }),
    );
    await eventually('the association is not in progress any more', async () => {
      const { status } = await get(given(made.id));
      if (statuses.at(-1) !== status) statuses.push(status);
      return status !== 'CREATE_IN_PROGRESS';
    });
    return given(made.id);
  });
  assert.deepEqual(statuses, ['CREATE_IN_PROGRESS', 'CREATE_FAILED']);
  // The worker has followed now, but the answer stands, and what failed has left the data plane.
  await server.obeyed();
  const { status, failureCode, failureMessage } = await get(id);
  assert.deepEqual([status, failureCode], ['CREATE_FAILED', 'DataPlaneTimeout']);
  assert.notEqual(failureMessage ?? '', '');
  await eventually('the name is gone', () =>
    client.resolve(service.dnsName).then(
      () => false,
      (error: Error) => error.message === 'ENOTFOUND',
    ),
  );
});

test('an association that is deleted is shown while a worker lags, then it is DELETE_FAILED with a code and unserved, and deleting it again takes it away', async () => {
  const { lattice } = server;
  const { clients, network } = await makeWorld(server);
  const service = await makeService(server);
  await makeListener(server, service.id, { fixedResponse: { statusCode: 404 } });
  const serviceNetworkServiceAssociationIdentifier = await offer(server, service.id, network);
  await server.obeyed();
  await using client = TestClient.start(server, { vpc: clients });
  const [address = ''] = await client.resolve(service.dnsName);
  const spec = { name: service.dnsName, port: listenerPort, address };
  assert.equal((await client.request(spec)).status, 404);

  const identified = { serviceNetworkServiceAssociationIdentifier };
  const get = () => lattice.send(new GetServiceNetworkServiceAssociationCommand(identified));
  const remove = () => lattice.send(new DeleteServiceNetworkServiceAssociationCommand(identified));
  const statuses: (string | undefined)[] = [];
  await whileHeld(async () => {
    assert.equal((await remove()).status, 'DELETE_IN_PROGRESS');
    assert.equal((await remove()).status, 'DELETE_IN_PROGRESS', 'to delete it again changes nothing');
    await eventually('the deletion is not in progress any more', async () => {
      const { status } = await get();
      if (statuses.at(-1) !== status) statuses.push(status);
      return status !== 'DELETE_IN_PROGRESS';
    });
    await assert.rejects(lattice.send(new DeleteServiceCommand({ serviceIdentifier: service.id })), ConflictException);
  });
  assert.deepEqual(statuses, ['DELETE_IN_PROGRESS', 'DELETE_FAILED']);
  // The worker has followed now: nothing serves it, and the answer stands.
  await server.obeyed();
  const { status, failureCode, failureMessage } = await get();
  assert.deepEqual([status, failureCode], ['DELETE_FAILED', 'DataPlaneTimeout']);
  assert.notEqual(failureMessage ?? '', '');
  await assert.rejects(client.request(spec), /ECONNREFUSED/);

  assert.equal((await remove()).status, 'DELETE_IN_PROGRESS');
  await eventually('the association is gone', () =>
    get().then(
      () => false,
      (error: unknown) => error instanceof ResourceNotFoundException,
    ),
  );
  await lattice.send(new DeleteServiceCommand({ serviceIdentifier: service.id }));
});
