// Associations of resource configurations with service networks through the AWS SDK.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import * as sdk from '@aws-sdk/client-vpc-lattice';
import { assertComplete, makeConfiguration, makeGateway, obeyAll, refused, unique } from './lattice-checks.ts';
import { startApi } from './running-api.ts';

const api = await startApi();
after(() => api[Symbol.asyncDispose]());
const { lattice } = api;

async function makeNetwork(): Promise<string> {
  return (await lattice.send(new sdk.CreateServiceNetworkCommand({ name: unique('mesh') }))).id ?? '';
}

test('resource associations are made, shown, listed, counted, tagged and deleted', async () => {
  const customDomainName = 'orders.example.com';
  const verification = await lattice.send(new sdk.StartDomainVerificationCommand({ domainName: 'example.com' }));
  const resourceConfigurationIdentifier = await makeConfiguration(api, await makeGateway(api), {
    customDomainName,
    domainVerificationIdentifier: verification.id,
  });
  const serviceNetworkIdentifier = await makeNetwork();
  const pair = { resourceConfigurationIdentifier, serviceNetworkIdentifier };
  const create = new sdk.CreateServiceNetworkResourceAssociationCommand({
    ...{ ...pair, privateDnsEnabled: true, tags: { team: 'a' }, clientToken: unique('token') },
  });
  const made = await lattice.send(create);
  assertComplete('CreateServiceNetworkResourceAssociation', made);
  assert.match(made.id ?? '', /^snra-0[0-9a-f]{16}$/);
  assert.equal(made.arn, `arn:aws:vpc-lattice:us-east-1:111122223333:servicenetworkresourceassociation/${made.id}`);
  assert.deepEqual([made.status, made.createdBy], ['CREATE_IN_PROGRESS', '111122223333']);
  assert.equal((await lattice.send(create)).id, made.id);
  await refused(
    lattice.send(new sdk.CreateServiceNetworkResourceAssociationCommand(pair)),
    'ConflictException',
    /CREATE_IN_PROGRESS/,
  );
  await obeyAll(api);
  const serviceNetworkResourceAssociationIdentifier = made.arn;
  const shown = await lattice.send(
    new sdk.GetServiceNetworkResourceAssociationCommand({ serviceNetworkResourceAssociationIdentifier }),
  );
  assertComplete('GetServiceNetworkResourceAssociation', shown, 'failureCode', 'failureReason');
  assert.equal(
    shown.dnsEntry?.domainName,
    `${made.id}.${resourceConfigurationIdentifier}.4232ccc.vpc-lattice-rsc.us-east-1.on.aws`,
  );
  assert.deepEqual(
    [shown.status, shown.privateDnsEntry, shown.domainVerificationStatus, shown.isManagedAssociation],
    ['ACTIVE', { domainName: customDomainName }, 'PENDING', false],
  );
  const networks = await lattice.send(new sdk.ListServiceNetworksCommand({}));
  const network = networks.items?.find(({ id }) => id === serviceNetworkIdentifier);
  assert.equal(network?.numberOfAssociatedResourceConfigurations, 1);
  await lattice.send(new sdk.TagResourceCommand({ resourceArn: made.arn, tags: { b: 'c' } }));
  const { tags } = await lattice.send(new sdk.ListTagsForResourceCommand({ resourceArn: made.arn }));
  assert.deepEqual(tags, { team: 'a', b: 'c' });
  await refused(lattice.send(new sdk.DeleteServiceNetworkCommand({ serviceNetworkIdentifier })), 'ConflictException');
  await refused(
    lattice.send(new sdk.DeleteResourceConfigurationCommand({ resourceConfigurationIdentifier })),
    'ConflictException',
    /is associated/,
  );
  const deleted = await lattice.send(
    new sdk.DeleteServiceNetworkResourceAssociationCommand({
      serviceNetworkResourceAssociationIdentifier: made.id,
    }),
  );
  assertComplete('DeleteServiceNetworkResourceAssociation', deleted);
  assert.equal(deleted.status, 'DELETE_IN_PROGRESS');
  await obeyAll(api);
  await refused(
    lattice.send(new sdk.GetServiceNetworkResourceAssociationCommand({ serviceNetworkResourceAssociationIdentifier })),
    'ResourceNotFoundException',
  );
  await lattice.send(new sdk.DeleteServiceNetworkCommand({ serviceNetworkIdentifier }));
});

test('a group is associated as a whole, and its children are listed when asked for', async () => {
  const resourceGatewayIdentifier = await makeGateway(api);
  const group = await lattice.send(
    new sdk.CreateResourceConfigurationCommand({ name: unique('group'), type: 'GROUP', resourceGatewayIdentifier }),
  );
  const child = await makeConfiguration(api, resourceGatewayIdentifier, {
    type: 'CHILD',
    resourceConfigurationGroupIdentifier: group.id,
  });
  const serviceNetworkIdentifier = await makeNetwork();
  const associate = (resourceConfigurationIdentifier: string | undefined) =>
    lattice.send(
      new sdk.CreateServiceNetworkResourceAssociationCommand({
        resourceConfigurationIdentifier,
        serviceNetworkIdentifier,
      }),
    );
  await refused(associate(child), 'ValidationException', /type CHILD cannot be associated/);
  const { id } = await associate(group.id);
  const list = async (more: sdk.ListServiceNetworkResourceAssociationsRequest = {}) => {
    const { items } = await lattice.send(
      new sdk.ListServiceNetworkResourceAssociationsCommand({ serviceNetworkIdentifier, ...more }),
    );
    return items?.map((one) => [one.id, one.resourceConfigurationId, one.dnsEntry?.domainName]);
  };
  const name = `${id}.${child}.4232ccc.vpc-lattice-rsc.us-east-1.on.aws`;
  assert.deepEqual(await list(), [[id, group.id, undefined]]);
  assert.deepEqual(await list({ includeChildren: true }), [
    [id, group.id, undefined],
    [id, child, name],
  ]);
  assert.deepEqual(await list({ resourceConfigurationIdentifier: child }), []);
  const first = await lattice.send(
    new sdk.ListServiceNetworkResourceAssociationsCommand({
      serviceNetworkIdentifier,
      includeChildren: true,
      maxResults: 1,
    }),
  );
  assert.deepEqual(await list({ includeChildren: true, nextToken: first.nextToken }), [[id, child, name]]);
  await refused(list({ nextToken: first.nextToken }), 'ValidationException', /not a token of this list/);
});
