// The errors that the service model declares for each operation, field by field on the wire, as far as they can be provoked.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import * as sdk from '@aws-sdk/client-vpc-lattice';
import { createManualClock } from '../../../src/base/clock.ts';
import { awsQuotas } from '../../../src/domain/index.ts';
import { makeVpc } from '../lattice-checks.ts';
import { startApi } from '../running-api.ts';
import { calls } from './call-table.ts';
import { conflicts, notProvoked, quotas } from './error-table.ts';
import { assertError, callByName } from './errors.ts';
import { caller } from './ground.ts';
import { createRawClient } from './raw-client.ts';
import { makeWorld, standStill } from './world.ts';

const opened = new AsyncDisposableStack();
after(() => opened.disposeAsync());
const made = opened.use(await startApi());
const world = await makeWorld(made);
// What data planes have not obeyed yet: it is in progress for ever, for the store stands still.
const { lattice } = made;
const leaving = await lattice.send(new sdk.CreateServiceCommand({ name: 'leaving' }));
await lattice.send(new sdk.DeleteServiceCommand({ serviceIdentifier: leaving.id }));
const config = { protocol: 'HTTP', vpcIdentifier: world.vpc.id } as const;
const leavingGroup = await lattice.send(new sdk.CreateTargetGroupCommand({ name: 'leaving', type: 'IP', config }));
await lattice.send(new sdk.DeleteTargetGroupCommand({ targetGroupIdentifier: leavingGroup.id }));
const serviceNetworkIdentifier = world.otherNetwork.id;
const vpcIdentifier = await makeVpc(made);
const coming = [
  lattice.send(new sdk.CreateServiceNetworkVpcAssociationCommand({ serviceNetworkIdentifier, vpcIdentifier })),
  lattice.send(
    new sdk.CreateServiceNetworkServiceAssociationCommand({
      ...{ serviceNetworkIdentifier, serviceIdentifier: world.service.id },
    }),
  ),
  lattice.send(
    new sdk.CreateServiceNetworkResourceAssociationCommand({
      ...{ serviceNetworkIdentifier, resourceConfigurationIdentifier: world.parent.id },
    }),
  ),
  lattice.send(
    new sdk.CreateResourceGatewayCommand({
      ...{ name: 'coming', vpcIdentifier: world.vpc.id, subnetIds: [world.subnet.id] },
    }),
  ),
] as const;
const [vpcAssociation = '', serviceAssociation = '', resourceAssociation = '', gateway = ''] = (
  await Promise.all(coming)
).map(({ id }) => id);
const inProgress = {
  ...{ service: leaving.id ?? '', group: leavingGroup.id ?? '' },
  ...{ vpcAssociation, serviceAssociation, resourceAssociation, gateway },
};
const store = standStill(made.store);

const withLetter = (letter: string): string[] =>
  Object.entries(calls).flatMap(([operation, { errors }]) => (errors.includes(letter) ? [operation] : []));

test('every operation that declares a conflict or a quota has a case, or a reason for none', () => {
  const reasons = (letter: string): string[] =>
    Object.keys(notProvoked).flatMap((one) => (one.endsWith(` ${letter}`) ? [one.slice(0, -2)] : []));
  assert.deepEqual([...Object.keys(conflicts), ...reasons('C')].sort(), withLetter('C').sort());
  assert.deepEqual([...Object.keys(quotas), ...reasons('Q')].sort(), withLetter('Q').sort());
});

test('conflicts name the resource that is in the way', async () => {
  await using api = await startApi({ store });
  using client = createRawClient(api.origin, caller.account);
  for (const [operation, { input, resourceType, resourceId }] of Object.entries(conflicts)) {
    const body = assertError(
      await callByName(client, operation, input(world, inProgress)),
      'ConflictException',
      operation,
    );
    assert.deepEqual(
      [body['resourceType'], body['resourceId']],
      [resourceType, resourceId(world, inProgress)],
      operation,
    );
  }
});

test('quotas that are spent name themselves', async () => {
  const none = Object.fromEntries(Object.keys(awsQuotas).map((name) => [name, 0])) as unknown as typeof awsQuotas;
  await using api = await startApi({ store, quotas: none });
  using client = createRawClient(api.origin, caller.account);
  for (const [operation, [quotaCode, resourceType]] of Object.entries(quotas)) {
    const answer = await callByName(client, operation, calls[operation]?.input(world) ?? {});
    const body = assertError(answer, 'ServiceQuotaExceededException', operation);
    assert.deepEqual(
      [body['quotaCode'], body['resourceType'], body['serviceCode']],
      [quotaCode, resourceType, 'vpc-lattice'],
      operation,
    );
  }
});

test('every operation can be throttled, and says when to come back', async () => {
  const once = { burst: 1, perSecond: 1 };
  const clock = createManualClock(Date.now());
  await using api = await startApi({ store, clock }, { rateLimits: { read: once, mutate: once } });
  using client = createRawClient(api.origin, caller.account);
  for (const operation of ['ListServices', 'CreateService'])
    await callByName(client, operation, calls[operation]?.input(world) ?? {});
  for (const [operation, { input }] of Object.entries(calls)) {
    const answer = await callByName(client, operation, input(world));
    const { serviceCode } = assertError(answer, 'ThrottlingException', operation);
    assert.deepEqual([serviceCode, answer.headers.get('retry-after')], ['vpc-lattice', '1'], operation);
  }
});

test('an input with many faults is told all of them, each by the name of its member', async () => {
  await using api = await startApi({ store });
  using client = createRawClient(api.origin, caller.account);
  const rule = {
    ...{ serviceIdentifier: world.service.id, listenerIdentifier: 'no', name: 'A', priority: 0 },
    match: {
      httpMatch: {
        headerMatches: [
          { name: 'a', match: { exact: 'b' } },
          { name: '', match: {} },
        ],
      },
    },
    action: { fixedResponse: { statusCode: 9 } },
  };
  const answer = await callByName(client, 'CreateRule', rule);
  const body = assertError(answer, 'ValidationException');
  assert.equal(body['reason'], 'fieldValidationFailed');
  const fields = body['fieldList'] as readonly { readonly name: string; readonly message: string }[];
  const names = [...new Set(fields.map(({ name }) => name))].sort();
  assert.deepEqual(names, [
    ...['action.fixedResponse.statusCode', 'listenerIdentifier', 'match.httpMatch.headerMatches[1].match'],
    ...['match.httpMatch.headerMatches[1].name', 'name', 'priority'],
  ]);
  assert.match(String(body['message']), /^\d validation errors detected: Value /);
});
