// Associations through the AWS SDK: what the operations answer and refuse, and their life with the data plane.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import * as sdk from '@aws-sdk/client-vpc-lattice';
import { assertComplete, makeService, makeVpc, obeyAll, refused, unique } from './lattice-checks.ts';
import { startApi } from './running-api.ts';

const api = await startApi();
after(() => api[Symbol.asyncDispose]());
const { lattice } = api;

const obey = () => obeyAll(api);

test('associations begin in progress, name both sides, and are unique', async () => {
  const network = await lattice.send(new sdk.CreateServiceNetworkCommand({ name: unique('mesh') }));
  const serviceNetworkIdentifier = network.id ?? '';
  const [service, vpcIdentifier] = [await makeService(api), await makeVpc(api)];
  const joined = await lattice.send(
    new sdk.CreateServiceNetworkServiceAssociationCommand({ serviceIdentifier: service, serviceNetworkIdentifier }),
  );
  assertComplete('CreateServiceNetworkServiceAssociation', joined, 'customDomainName');
  assert.equal(joined.status, 'CREATE_IN_PROGRESS');
  const shown = await lattice.send(
    new sdk.GetServiceNetworkServiceAssociationCommand({ serviceNetworkServiceAssociationIdentifier: joined.arn }),
  );
  assertComplete('GetServiceNetworkServiceAssociation', shown, 'customDomainName', 'failureCode', 'failureMessage');
  await refused(
    lattice.send(
      new sdk.CreateServiceNetworkServiceAssociationCommand({ serviceIdentifier: service, serviceNetworkIdentifier }),
    ),
    'ConflictException',
    /CREATE_IN_PROGRESS/,
  );
  await refused(
    lattice.send(
      new sdk.DeleteServiceNetworkServiceAssociationCommand({ serviceNetworkServiceAssociationIdentifier: joined.id }),
    ),
    'ConflictException',
  );
  const attached = await lattice.send(
    new sdk.CreateServiceNetworkVpcAssociationCommand({
      vpcIdentifier,
      serviceNetworkIdentifier,
      privateDnsEnabled: true,
    }),
  );
  assertComplete('CreateServiceNetworkVpcAssociation', attached, 'dnsOptions');
  const vpcSide = await lattice.send(
    new sdk.GetServiceNetworkVpcAssociationCommand({ serviceNetworkVpcAssociationIdentifier: attached.id }),
  );
  assertComplete('GetServiceNetworkVpcAssociation', vpcSide, 'dnsOptions', 'failureCode', 'failureMessage');
  await refused(
    lattice.send(new sdk.CreateServiceNetworkVpcAssociationCommand({ vpcIdentifier, serviceNetworkIdentifier })),
    'ConflictException',
    /^VPC has already been associated to a service network\./,
  );
  await refused(
    lattice.send(
      new sdk.UpdateServiceNetworkVpcAssociationCommand({
        serviceNetworkVpcAssociationIdentifier: attached.id,
        securityGroupIds: ['sg-12345678'],
      }),
    ),
    'ConflictException',
  );
  await refused(
    lattice.send(
      new sdk.DeleteServiceNetworkVpcAssociationCommand({ serviceNetworkVpcAssociationIdentifier: attached.id }),
    ),
    'ConflictException',
  );
  const services = await lattice.send(
    new sdk.ListServiceNetworkServiceAssociationsCommand({ serviceNetworkIdentifier }),
  );
  assert.deepEqual(
    services.items?.map(({ id, serviceId }) => [id, serviceId]),
    [[joined.id, service]],
  );
  const vpcs = await lattice.send(new sdk.ListServiceNetworkVpcAssociationsCommand({ vpcIdentifier }));
  assert.deepEqual(
    vpcs.items?.map(({ id, vpcId }) => [id, vpcId]),
    [[attached.id, vpcIdentifier]],
  );
  await refused(lattice.send(new sdk.ListServiceNetworkVpcAssociationsCommand({})), 'ValidationException');
  const counted = await lattice.send(new sdk.GetServiceNetworkCommand({ serviceNetworkIdentifier }));
  assert.deepEqual([counted.numberOfAssociatedServices, counted.numberOfAssociatedVPCs], [1, 1]);
  await refused(lattice.send(new sdk.DeleteServiceNetworkCommand({ serviceNetworkIdentifier })), 'ConflictException');
  await refused(lattice.send(new sdk.DeleteServiceCommand({ serviceIdentifier: service })), 'ConflictException');
});

test('associations become active when the data plane obeys, can be changed then, and go when it obeys that', async () => {
  const network = await lattice.send(new sdk.CreateServiceNetworkCommand({ name: unique('mesh') }));
  const serviceNetworkIdentifier = network.id;
  const [serviceIdentifier, vpcIdentifier] = [await makeService(api), await makeVpc(api)];
  const { id: serviceNetworkServiceAssociationIdentifier } = await lattice.send(
    new sdk.CreateServiceNetworkServiceAssociationCommand({ serviceIdentifier, serviceNetworkIdentifier }),
  );
  const { id: serviceNetworkVpcAssociationIdentifier } = await lattice.send(
    new sdk.CreateServiceNetworkVpcAssociationCommand({ vpcIdentifier, serviceNetworkIdentifier }),
  );
  await obey();
  const active = await lattice.send(
    new sdk.GetServiceNetworkVpcAssociationCommand({ serviceNetworkVpcAssociationIdentifier }),
  );
  assert.equal(active.status, 'ACTIVE');
  const updated = await lattice.send(
    new sdk.UpdateServiceNetworkVpcAssociationCommand({
      serviceNetworkVpcAssociationIdentifier,
      privateDnsEnabled: true,
      dnsOptions: { privateDnsPreference: 'ALL_DOMAINS' },
    }),
  );
  assertComplete('UpdateServiceNetworkVpcAssociation', updated);
  assert.equal(updated.status, 'UPDATE_IN_PROGRESS');
  await obey();
  const deleted = await lattice.send(
    new sdk.DeleteServiceNetworkVpcAssociationCommand({ serviceNetworkVpcAssociationIdentifier }),
  );
  assertComplete('DeleteServiceNetworkVpcAssociation', deleted);
  const left = await lattice.send(
    new sdk.DeleteServiceNetworkServiceAssociationCommand({ serviceNetworkServiceAssociationIdentifier }),
  );
  assertComplete('DeleteServiceNetworkServiceAssociation', left);
  assert.deepEqual([deleted.status, left.status], ['DELETE_IN_PROGRESS', 'DELETE_IN_PROGRESS']);
  await obey();
  await refused(
    lattice.send(new sdk.GetServiceNetworkServiceAssociationCommand({ serviceNetworkServiceAssociationIdentifier })),
    'ResourceNotFoundException',
  );
  await lattice.send(new sdk.DeleteServiceNetworkCommand({ serviceNetworkIdentifier }));
  await lattice.send(new sdk.DeleteServiceCommand({ serviceIdentifier }));
});
