// Resource gateways through the AWS SDK.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import * as sdk from '@aws-sdk/client-vpc-lattice';
import { assertComplete, makeSubnet, makeVpc, obeyAll, refused, unique } from './lattice-checks.ts';
import { startApi } from './running-api.ts';

const api = await startApi();
after(() => api[Symbol.asyncDispose]());
const { lattice } = api;

test('resource gateways are made, shown, listed, changed, tagged and deleted', async () => {
  const vpcIdentifier = await makeVpc(api);
  const subnetIds = [await makeSubnet(api, vpcIdentifier, 1), await makeSubnet(api, vpcIdentifier, 2)];
  const name = unique('door');
  const create = new sdk.CreateResourceGatewayCommand({
    ...{ name, vpcIdentifier, subnetIds, tags: { team: 'a' }, clientToken: unique('token') },
    resourceConfigDnsResolution: 'IN_VPC',
    ipv4AddressesPerEni: 2,
  });
  const made = await lattice.send(create);
  assertComplete('CreateResourceGateway', made);
  assert.match(made.id ?? '', /^rgw-0[0-9a-f]{16}$/);
  assert.equal(made.arn, `arn:aws:vpc-lattice:us-east-1:111122223333:resourcegateway/${made.id}`);
  assert.deepEqual([made.status, made.vpcIdentifier, made.subnetIds], ['CREATE_IN_PROGRESS', vpcIdentifier, subnetIds]);
  assert.equal((await lattice.send(create)).id, made.id);
  const resourceGatewayIdentifier = made.arn ?? '';
  await obeyAll(api);
  const shown = await lattice.send(new sdk.GetResourceGatewayCommand({ resourceGatewayIdentifier }));
  assertComplete('GetResourceGateway', shown, 'managedBy');
  assert.deepEqual(
    [shown.status, shown.vpcId, shown.ipv4AddressesPerEni, shown.resourceConfigDnsResolution, shown.serviceManaged],
    ['ACTIVE', vpcIdentifier, 2, 'IN_VPC', false],
  );
  const { items } = await lattice.send(new sdk.ListResourceGatewaysCommand({}));
  const listed = items?.find(({ id }) => id === made.id);
  assert.deepEqual([listed?.name, listed?.vpcIdentifier, listed?.ipAddressType], [name, vpcIdentifier, 'IPV4']);
  const updated = await lattice.send(
    new sdk.UpdateResourceGatewayCommand({ resourceGatewayIdentifier, securityGroupIds: [] }),
  );
  assertComplete('UpdateResourceGateway', updated);
  assert.equal(updated.status, 'UPDATE_IN_PROGRESS');
  await refused(
    lattice.send(new sdk.DeleteResourceGatewayCommand({ resourceGatewayIdentifier })),
    'ConflictException',
    /UPDATE_IN_PROGRESS/,
  );
  await lattice.send(new sdk.TagResourceCommand({ resourceArn: made.arn, tags: { b: 'c' } }));
  const { tags } = await lattice.send(new sdk.ListTagsForResourceCommand({ resourceArn: made.arn }));
  assert.deepEqual(tags, { team: 'a', b: 'c' });
  await obeyAll(api);
  const deleted = await lattice.send(new sdk.DeleteResourceGatewayCommand({ resourceGatewayIdentifier: made.id }));
  assertComplete('DeleteResourceGateway', deleted);
  assert.equal(deleted.status, 'DELETE_IN_PROGRESS');
  await obeyAll(api);
  await refused(
    lattice.send(new sdk.GetResourceGatewayCommand({ resourceGatewayIdentifier })),
    'ResourceNotFoundException',
  );
});

test('a resource gateway is refused with everything that is wrong, and by its name', async () => {
  const make = (input: Partial<sdk.CreateResourceGatewayRequest>) =>
    lattice.send(new sdk.CreateResourceGatewayCommand({ name: unique('door'), ...input }));
  const failure = await refused(make({}), 'ValidationException', /needs a VPC; .*needs a subnet/);
  assert.deepEqual(
    (failure['fieldList'] as sdk.ValidationExceptionField[]).map(({ name }) => name),
    ['vpcIdentifier', 'subnetIds'],
  );
  const vpcIdentifier = await makeVpc(api);
  const subnetIds = [await makeSubnet(api, vpcIdentifier)];
  const { name, id } = await make({ vpcIdentifier, subnetIds });
  const twin = await refused(make({ name, vpcIdentifier, subnetIds }), 'ConflictException', /already exists/);
  assert.deepEqual([twin['resourceId'], twin['resourceType']], [id, 'RESOURCE_GATEWAY']);
  await refused(make({ vpcIdentifier, subnetIds, ipv4AddressesPerEni: 63 }), 'ValidationException');
  await refused(make({ name: 'rgw-door', vpcIdentifier, subnetIds }), 'ValidationException');
});
