// Resource configurations through the AWS SDK.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import * as sdk from '@aws-sdk/client-vpc-lattice';
import { assertComplete, makeConfiguration, makeGateway, obeyAll, refused, unique } from './lattice-checks.ts';
import { startApi } from './running-api.ts';

const api = await startApi();
after(() => api[Symbol.asyncDispose]());
const { lattice } = api;

test('resource configurations are made, shown, listed, changed, tagged and deleted', async () => {
  const resourceGatewayIdentifier = await makeGateway(api);
  const { id: domainVerificationIdentifier, arn: verificationArn } = await lattice.send(
    new sdk.StartDomainVerificationCommand({ domainName: 'example.com' }),
  );
  const name = unique('orders');
  const create = new sdk.CreateResourceConfigurationCommand({
    ...{ name, type: 'SINGLE', resourceGatewayIdentifier, portRanges: ['5432', '8000-8010'], tags: { team: 'a' } },
    ...{ customDomainName: 'orders.example.com', domainVerificationIdentifier, clientToken: unique('token') },
    resourceConfigurationDefinition: { dnsResource: { domainName: 'db.internal.example.com', ipAddressType: 'IPV4' } },
    allowAssociationToShareableServiceNetwork: true,
  });
  const made = await lattice.send(create);
  assertComplete('CreateResourceConfiguration', made, 'resourceConfigurationGroupId', 'failureReason', 'groupDomain');
  assert.match(made.id ?? '', /^rcfg-0[0-9a-f]{16}$/);
  assert.equal(made.arn, `arn:aws:vpc-lattice:us-east-1:111122223333:resourceconfiguration/${made.id}`);
  assert.deepEqual(
    [made.status, made.protocol, made.domainVerificationArn],
    ['CREATE_IN_PROGRESS', 'TCP', verificationArn],
  );
  assert.equal((await lattice.send(create)).id, made.id);
  await obeyAll(api);
  const resourceConfigurationIdentifier = made.arn ?? '';
  const shown = await lattice.send(new sdk.GetResourceConfigurationCommand({ resourceConfigurationIdentifier }));
  assertComplete('GetResourceConfiguration', shown, 'resourceConfigurationGroupId', 'failureReason', 'groupDomain');
  assert.deepEqual(shown.resourceConfigurationDefinition, {
    dnsResource: { domainName: 'db.internal.example.com', ipAddressType: 'IPV4' },
  });
  assert.deepEqual(
    [shown.status, shown.portRanges, shown.amazonManaged, shown.domainVerificationStatus],
    ['ACTIVE', ['5432', '8000-8010'], false, 'PENDING'],
  );
  const updated = await lattice.send(
    new sdk.UpdateResourceConfigurationCommand({
      resourceConfigurationIdentifier,
      portRanges: ['80'],
      resourceConfigurationDefinition: { ipResource: { ipAddress: '10.0.0.7' } },
    }),
  );
  assertComplete('UpdateResourceConfiguration', updated, 'resourceConfigurationGroupId');
  assert.deepEqual(
    [updated.status, updated.portRanges, updated.resourceConfigurationDefinition],
    ['UPDATE_IN_PROGRESS', ['80'], { ipResource: { ipAddress: '10.0.0.7' } }],
  );
  const { tags } = await lattice.send(new sdk.ListTagsForResourceCommand({ resourceArn: made.arn }));
  assert.deepEqual(tags, { team: 'a' });
  await refused(
    lattice.send(new sdk.DeleteResourceConfigurationCommand({ resourceConfigurationIdentifier })),
    'ConflictException',
    /UPDATE_IN_PROGRESS/,
  );
  await obeyAll(api);
  await refused(
    lattice.send(new sdk.DeleteResourceGatewayCommand({ resourceGatewayIdentifier })),
    'ConflictException',
    /is used by the resource configuration rcfg-/,
  );
  await lattice.send(new sdk.DeleteResourceConfigurationCommand({ resourceConfigurationIdentifier: made.id }));
  const going = await lattice.send(new sdk.GetResourceConfigurationCommand({ resourceConfigurationIdentifier }));
  assert.equal(going.status, 'DELETE_IN_PROGRESS');
  await lattice.send(new sdk.DeleteResourceConfigurationCommand({ resourceConfigurationIdentifier }));
  await obeyAll(api);
  await refused(
    lattice.send(new sdk.GetResourceConfigurationCommand({ resourceConfigurationIdentifier })),
    'ResourceNotFoundException',
  );
  await lattice.send(new sdk.DeleteResourceGatewayCommand({ resourceGatewayIdentifier }));
});

test('a group has children, which are listed by it and inherit from it', async () => {
  const resourceGatewayIdentifier = await makeGateway(api);
  const group = await lattice.send(
    new sdk.CreateResourceConfigurationCommand({
      ...{ name: unique('group'), type: 'GROUP', resourceGatewayIdentifier, groupDomain: 'db.example.com' },
    }),
  );
  assert.deepEqual(
    [group.groupDomain, group.portRanges, group.resourceConfigurationDefinition],
    ['db.example.com', [], undefined],
  );
  const resourceConfigurationGroupIdentifier = group.id ?? '';
  const child = await lattice.send(
    new sdk.CreateResourceConfigurationCommand({
      ...{ name: unique('child'), type: 'CHILD', resourceConfigurationGroupIdentifier, portRanges: ['443'] },
      resourceConfigurationDefinition: { dnsResource: { domainName: 'one.example.com' } },
      customDomainName: 'one.db.example.com',
    }),
  );
  assert.deepEqual(
    [child.resourceConfigurationGroupId, child.resourceGatewayId, child.protocol],
    [group.id, resourceGatewayIdentifier, 'TCP'],
  );
  const { items } = await lattice.send(
    new sdk.ListResourceConfigurationsCommand({ resourceConfigurationGroupIdentifier: group.arn }),
  );
  const [listed] = items ?? [];
  assert.deepEqual(
    [items?.length, listed?.id, listed?.type, listed?.customDomainName, listed?.amazonManaged],
    [...[1, child.id, 'CHILD', 'one.db.example.com', false]],
  );
  const all = await lattice.send(new sdk.ListResourceConfigurationsCommand({ resourceGatewayIdentifier }));
  assert.deepEqual(new Set(all.items?.map(({ id }) => id)), new Set([group.id, child.id]));
  await obeyAll(api);
  await refused(
    lattice.send(new sdk.DeleteResourceConfigurationCommand({ resourceConfigurationIdentifier: group.id })),
    'ConflictException',
    /Delete its children/,
  );
});

test('a resource configuration is refused with everything that is wrong', async () => {
  const resourceGatewayIdentifier = await makeGateway(api);
  const make = (input: Partial<sdk.CreateResourceConfigurationRequest>) =>
    makeConfiguration(api, resourceGatewayIdentifier, input);
  const failure = await refused(
    make({ type: 'ARN', groupDomain: 'example.com', protocol: 'TCP_UDP' }),
    'ValidationException',
    /type ARN cannot have it/,
  );
  assert.deepEqual((failure['fieldList'] as sdk.ValidationExceptionField[]).map(({ name }) => name ?? '').sort(), [
    ...['groupDomain', 'portRanges', 'protocol', 'resourceConfigurationDefinition'],
  ]);
  await refused(make({ portRanges: ['80-'] }), 'ValidationException');
  await refused(make({ name: 'rcfg-one' }), 'ValidationException');
  await refused(
    make({
      resourceConfigurationDefinition: {
        ipResource: { ipAddress: '10.0.0.1' },
        arnResource: { arn: 'arn:aws:rds:us-east-1:111122223333:db:orders' },
      } as unknown as sdk.ResourceConfigurationDefinition,
    }),
    'ValidationException',
  );
  await refused(make({ resourceGatewayIdentifier: 'rgw-0123456789abcdef0' }), 'ResourceNotFoundException');
  const name = unique('twin');
  const id = await make({ name });
  const twin = await refused(make({ name }), 'ConflictException', /already exists/);
  assert.deepEqual([twin['resourceId'], twin['resourceType']], [id, 'RESOURCE_CONFIGURATION']);
});
