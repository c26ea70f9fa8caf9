// Associations of VPC endpoints through the AWS SDK. EC2's CreateVpcEndpoint is not there yet: the records are put into the store.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import * as sdk from '@aws-sdk/client-vpc-lattice';
import { systemRandom } from '../../src/base/random.ts';
import type { Change } from '../../src/domain/index.ts';
import { keyOf } from '../../src/domain/records/index.ts';
import { assertComplete, makeConfiguration, makeGateway, refused, unique } from './lattice-checks.ts';
import { startApi } from './running-api.ts';

const api = await startApi();
after(() => api[Symbol.asyncDispose]());
const { lattice } = api;
const [account, region] = ['111122223333', 'us-east-1'];
const base = { account, region, createdAt: 1, lastUpdatedAt: 1, tags: {} };

/** Writes records as a decision would. */
async function write(...changes: readonly Change[]): Promise<void> {
  await api.store.commit(() => ({ changes, result: null }), null, {
    ...{ account, region, operation: 'Test', now: Date.now(), random: systemRandom, quotas: 'none' },
    principalArn: 'arn:aws:iam::111122223333:root',
  });
}

test('endpoints of a resource are listed with every filter, tagged, and cut off', async () => {
  const resourceConfigurationIdentifier = await makeConfiguration(api, await makeGateway(api));
  const list = async (more: Partial<sdk.ListResourceEndpointAssociationsRequest> = {}) => {
    const { items } = await lattice.send(
      new sdk.ListResourceEndpointAssociationsCommand({ resourceConfigurationIdentifier, ...more }),
    );
    return items?.map(({ id }) => id);
  };
  assert.deepEqual(await list(), []);
  const arnOf = (id: string): string => `arn:aws:vpc-lattice:us-east-1:${account}:resourceendpointassociation/${id}`;
  const ids = ['rea-00000000000000001', 'rea-00000000000000002'] as const;
  await write(
    ...ids.map((id, i): Change => ({
      kind: 'resourceEndpointAssociation',
      key: keyOf(account, region, id),
      record: {
        ...{ ...base, id, arn: arnOf(id), createdBy: account },
        resourceConfigurationKey: keyOf(account, region, resourceConfigurationIdentifier),
        resourceConfigurationId: resourceConfigurationIdentifier,
        vpcEndpointId: `vpce-0000000000000000${i}`,
        vpcEndpointOwner: i === 0 ? account : '444455556666',
      },
    })),
  );
  const { items } = await lattice.send(
    new sdk.ListResourceEndpointAssociationsCommand({ resourceConfigurationIdentifier, maxResults: 1 }),
  );
  const [first] = items ?? [];
  assert.deepEqual(
    [first?.id, first?.arn, first?.createdBy, first?.resourceConfigurationId, first?.vpcEndpointOwner],
    [ids[0], arnOf(ids[0]), account, resourceConfigurationIdentifier, account],
  );
  assert.match(first?.resourceConfigurationArn ?? '', /:resourceconfiguration\/rcfg-/);
  assert.ok(first?.resourceConfigurationName !== undefined && first.createdAt instanceof Date);
  assert.deepEqual(await list(), ids);
  assert.deepEqual(await list({ vpcEndpointId: 'vpce-00000000000000001' }), [ids[1]]);
  assert.deepEqual(await list({ vpcEndpointOwner: '444455556666' }), [ids[1]]);
  assert.deepEqual(await list({ resourceEndpointAssociationIdentifier: arnOf(ids[0]) }), [ids[0]]);
  assert.deepEqual(await list({ resourceEndpointAssociationIdentifier: ids[0], vpcEndpointOwner: '444455556666' }), []);
  assert.deepEqual(await list({ resourceConfigurationIdentifier: 'rcfg-0123456789abcdef0' }), []);
  await lattice.send(new sdk.TagResourceCommand({ resourceArn: arnOf(ids[0]), tags: { a: 'b' } }));
  const { tags } = await lattice.send(new sdk.ListTagsForResourceCommand({ resourceArn: arnOf(ids[0]) }));
  assert.deepEqual(tags, { a: 'b' });
  await refused(
    lattice.send(new sdk.DeleteResourceConfigurationCommand({ resourceConfigurationIdentifier })),
    'ConflictException',
    /is associated with the VPC endpoint vpce-/,
  );
  for (const id of ids) {
    const remove = new sdk.DeleteResourceEndpointAssociationCommand({ resourceEndpointAssociationIdentifier: id });
    const deleted = await lattice.send(remove);
    assertComplete('DeleteResourceEndpointAssociation', deleted);
    await refused(lattice.send(remove), 'ResourceNotFoundException');
  }
  await lattice.send(new sdk.DeleteResourceConfigurationCommand({ resourceConfigurationIdentifier }));
});

test('endpoints of a service network are listed, and keep the network', async () => {
  const { id: network = '', arn } = await lattice.send(new sdk.CreateServiceNetworkCommand({ name: unique('mesh') }));
  const list = async (serviceNetworkIdentifier: string | undefined) =>
    (await lattice.send(new sdk.ListServiceNetworkVpcEndpointAssociationsCommand({ serviceNetworkIdentifier }))).items;
  assert.deepEqual(await list(network), []);
  const id = 'vpce-assoc-1';
  const [key, vpcEndpointId, vpcId] = [keyOf(account, region, id), 'vpce-00000000000000009', 'vpc-00000000000000009'];
  const record = { ...base, id, vpcEndpointId, vpcId, vpcEndpointOwner: account, state: 'available' };
  await write({
    kind: 'networkEndpointAssociation',
    key,
    record: { ...record, serviceNetworkKey: keyOf(account, region, network) },
  });
  const [listed] = (await list(arn)) ?? [];
  assert.deepEqual(
    { ...listed, createdAt: 1 },
    { id, vpcEndpointId, vpcId, vpcEndpointOwnerId: account, state: 'available', serviceNetworkArn: arn, createdAt: 1 },
  );
  assert.deepEqual(await list('sn-0123456789abcdef0'), []);
  await refused(
    lattice.send(new sdk.DeleteServiceNetworkCommand({ serviceNetworkIdentifier: network })),
    'ConflictException',
  );
  await write({ kind: 'networkEndpointAssociation', key, record: undefined });
  await lattice.send(new sdk.DeleteServiceNetworkCommand({ serviceNetworkIdentifier: network }));
});
