// Client tokens through the AWS SDK: a repetition has the first answer, whatever has happened to the server and to what was made.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { CreateSubnetCommand, CreateVpcCommand } from '@aws-sdk/client-ec2';
import * as sdk from '@aws-sdk/client-vpc-lattice';
import { TestServer } from '../server.ts';
import { startApi } from './running-api.ts';

/** How long something that needs no more than its turn may take on a busy machine. */
const PATIENCE = 60_000;

type Answer = Record<string, unknown>;

/** Makes one of everything, each with the token of `round`; the same calls again are repetitions. */
async function makeAll(
  { lattice }: Pick<TestServer, 'lattice'>,
  { vpcIdentifier, subnetId }: { readonly vpcIdentifier: string; readonly subnetId: string },
  round: string,
) {
  const answers: Answer[] = [];
  const make = async (call: Promise<object>): Promise<string> => {
    const { $metadata: _, ...answer } = (await call) as Answer;
    answers.push(answer);
    return String(answer['id']);
  };
  const name = (kind: string): { readonly name: string; readonly clientToken: string } => ({
    name: `${round}-${kind}`,
    clientToken: `${kind} ${round}`,
  });
  const tags = { round, team: 'shop' };
  const serviceNetworkIdentifier = await make(
    lattice.send(new sdk.CreateServiceNetworkCommand({ ...name('network'), tags })),
  );
  const service = { ...name('service'), customDomainName: `${round}.example.com`, tags };
  const serviceIdentifier = await make(lattice.send(new sdk.CreateServiceCommand(service)));
  const config = { protocol: 'HTTP', vpcIdentifier } as const;
  const group = { ...name('group'), type: 'IP', config, tags } as const;
  const targetGroupIdentifier = await make(lattice.send(new sdk.CreateTargetGroupCommand(group)));
  const defaultAction = { forward: { targetGroups: [{ targetGroupIdentifier }] } };
  const listener = { ...name('listener'), serviceIdentifier, protocol: 'HTTP', defaultAction } as const;
  const listenerIdentifier = await make(lattice.send(new sdk.CreateListenerCommand(listener)));
  const match = { httpMatch: { pathMatch: { match: { prefix: '/a' } } } };
  const place = { serviceIdentifier, listenerIdentifier };
  const rule = { ...name('rule'), ...place, priority: 10, match, action: defaultAction };
  await make(lattice.send(new sdk.CreateRuleCommand(rule)));
  const clientToken = `association ${round}`;
  const serviceAssociation = await make(
    lattice.send(
      new sdk.CreateServiceNetworkServiceAssociationCommand({
        serviceIdentifier,
        serviceNetworkIdentifier,
        clientToken,
      }),
    ),
  );
  const vpcAssociation = await make(
    lattice.send(
      new sdk.CreateServiceNetworkVpcAssociationCommand({ vpcIdentifier, serviceNetworkIdentifier, clientToken }),
    ),
  );
  const destinationArn = `arn:aws:logs:us-east-1:123456789012:log-group:${round}`;
  await make(
    lattice.send(
      new sdk.CreateAccessLogSubscriptionCommand({
        resourceIdentifier: serviceNetworkIdentifier,
        destinationArn,
        clientToken,
      }),
    ),
  );
  const gateway = { ...name('gateway'), vpcIdentifier, subnetIds: [subnetId] };
  const resourceGatewayIdentifier = await make(lattice.send(new sdk.CreateResourceGatewayCommand(gateway)));
  const configuration = {
    ...name('resource'),
    type: 'SINGLE' as const,
    portRanges: ['5432'],
    resourceGatewayIdentifier,
    resourceConfigurationDefinition: { ipResource: { ipAddress: '10.0.1.7' } },
  };
  const resourceConfigurationIdentifier = await make(
    lattice.send(new sdk.CreateResourceConfigurationCommand(configuration)),
  );
  const resourceAssociation = await make(
    lattice.send(
      new sdk.CreateServiceNetworkResourceAssociationCommand({
        resourceConfigurationIdentifier,
        serviceNetworkIdentifier,
        clientToken,
      }),
    ),
  );
  const verification = { domainName: `${round}.example.com`, clientToken };
  const domainVerificationIdentifier = await make(lattice.send(new sdk.StartDomainVerificationCommand(verification)));
  return {
    answers,
    ids: {
      resourceGatewayIdentifier,
      resourceConfigurationIdentifier,
      serviceNetworkResourceAssociationIdentifier: resourceAssociation,
      domainVerificationIdentifier,
      serviceNetworkIdentifier,
      serviceIdentifier,
      targetGroupIdentifier,
      serviceNetworkServiceAssociationIdentifier: serviceAssociation,
      serviceNetworkVpcAssociationIdentifier: vpcAssociation,
    },
  };
}

/** Resolves when `call` is refused as something that is not there. */
async function gone(call: () => Promise<unknown>): Promise<void> {
  for (const end = Date.now() + PATIENCE; Date.now() < end; await sleep(50)) {
    try {
      await call();
    } catch (error) {
      if (error instanceof sdk.ResourceNotFoundException) return;
      // Not ready to be deleted yet.
      if (!(error instanceof sdk.ConflictException)) throw error;
    }
  }
  assert.fail('it did not go');
}

async function removeAll(
  { lattice }: Pick<TestServer, 'lattice'>,
  ids: Awaited<ReturnType<typeof makeAll>>['ids'],
): Promise<void> {
  await gone(() => lattice.send(new sdk.DeleteServiceNetworkServiceAssociationCommand(ids)));
  await gone(() => lattice.send(new sdk.DeleteServiceNetworkVpcAssociationCommand(ids)));
  await gone(() => lattice.send(new sdk.DeleteServiceNetworkResourceAssociationCommand(ids)));
  await gone(() => lattice.send(new sdk.DeleteResourceConfigurationCommand(ids)));
  await gone(() => lattice.send(new sdk.DeleteResourceGatewayCommand(ids)));
  await gone(() => lattice.send(new sdk.DeleteDomainVerificationCommand(ids)));
  await gone(() => lattice.send(new sdk.DeleteServiceCommand(ids)));
  await gone(() => lattice.send(new sdk.DeleteTargetGroupCommand(ids)));
  await gone(() => lattice.send(new sdk.DeleteServiceNetworkCommand(ids)));
}

test('a token gives the first answer again after a restart, after a kill, and when all that it made is gone', async (t) => {
  let server = await TestServer.start({ workers: 1, attach: 'loopback' });
  const { data } = server;
  t.after(() => server[Symbol.asyncDispose]());
  const restart = async (end: () => Promise<unknown>): Promise<void> => {
    await end();
    server = await TestServer.start({ workers: 1, attach: 'loopback', data });
  };
  const { Vpc } = await server.ec2.send(new CreateVpcCommand({ CidrBlock: '10.0.0.0/16' }));
  const vpcIdentifier = Vpc?.VpcId ?? '';
  const subnet = await server.ec2.send(new CreateSubnetCommand({ VpcId: vpcIdentifier, CidrBlock: '10.0.1.0/24' }));
  const place = { vpcIdentifier, subnetId: subnet.Subnet?.SubnetId ?? '' };
  const first = await makeAll(server, place, 'one');
  assert.equal(first.answers.length, 12);
  assert.deepEqual((await makeAll(server, place, 'one')).answers, first.answers);

  await removeAll(server, first.ids);
  assert.deepEqual((await makeAll(server, place, 'one')).answers, first.answers, 'when all is gone');
  const { items } = await server.lattice.send(new sdk.ListServicesCommand({}));
  assert.deepEqual(items, [], 'a repetition makes nothing');

  await restart(() => server.stop());
  assert.deepEqual((await makeAll(server, place, 'one')).answers, first.answers, 'after a restart');

  // Calls whose answers nobody hears: the client repeats them, and they have happened once.
  const lost = Array.from({ length: 20 }, (_, n) => ({ name: `lost-${n}`, clientToken: `lost ${n}` }));
  const unheard = lost.map((call) => server.lattice.send(new sdk.CreateServiceCommand(call)).catch(() => undefined));
  await Promise.race(unheard);
  await restart(() => server.killAll());
  await Promise.all(unheard);
  assert.deepEqual((await makeAll(server, place, 'one')).answers, first.answers, 'after a kill');
  const answers = await Promise.all(lost.map((call) => server.lattice.send(new sdk.CreateServiceCommand(call))));
  const kept = (await server.lattice.send(new sdk.ListServicesCommand({}))).items ?? [];
  assert.deepEqual(new Set(kept.map(({ id }) => id)), new Set(answers.map(({ id }) => id)));

  await assert.rejects(
    server.lattice.send(new sdk.CreateServiceCommand({ name: 'another', clientToken: 'service one' })),
    sdk.ConflictException,
  );
});

test('of calls with one token that arrive at once, one makes something and all have its answer', async () => {
  await using api = await startApi();
  const call = { name: 'at-once', clientToken: 'at once' };
  const calls = Array.from({ length: 20 }, () => api.lattice.send(new sdk.CreateServiceCommand(call)));
  const other = api.lattice.send(new sdk.CreateServiceCommand({ ...call, name: 'other' }));
  await assert.rejects(other, sdk.ConflictException);
  const ids = new Set((await Promise.all(calls)).map(({ id }) => id));
  assert.equal(ids.size, 1);
  assert.equal((await api.lattice.send(new sdk.ListServicesCommand({}))).items?.length, 1);
});

test('a token is one of its account and of its operation', async () => {
  await using api = await startApi();
  const call = { name: 'same-name', clientToken: 'same token' };
  const service = await api.lattice.send(new sdk.CreateServiceCommand(call));
  const network = await api.lattice.send(new sdk.CreateServiceNetworkCommand(call));
  const foreign = await api.latticeOf('222233334444').send(new sdk.CreateServiceCommand(call));
  assert.equal(new Set([service.id, network.id, foreign.id]).size, 3);
});
