// VPC endpoints of type ServiceNetwork through the AWS SDK.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import * as sdk from '@aws-sdk/client-ec2';
import {
  CreateServiceCommand,
  CreateServiceNetworkCommand,
  CreateServiceNetworkServiceAssociationCommand,
  DeleteServiceNetworkCommand,
  ListServiceNetworkVpcEndpointAssociationsCommand,
} from '@aws-sdk/client-vpc-lattice';
import { systemRandom } from '../../src/base/random.ts';
import { advanceStatuses } from '../../src/domain/upkeep/index.ts';
import { refused, unique } from './lattice-checks.ts';
import { startApi } from './running-api.ts';

const api = await startApi();
after(() => api[Symbol.asyncDispose]());
const { ec2, lattice, store } = api;
const context = {
  ...{ account: '111122223333', region: 'us-east-1', operation: 'Test', random: systemRandom, quotas: 'none' as const },
  principalArn: 'arn:aws:iam::111122223333:root',
};

/** Every data plane obeys. */
async function obey(): Promise<void> {
  const { revision } = store.state.value;
  await store.commit(advanceStatuses, { obeyedRevision: revision }, { ...context, now: Date.now() });
}

async function codeOf(call: Promise<unknown>): Promise<string> {
  try {
    await call;
  } catch (error) {
    assert.ok(error instanceof sdk.EC2ServiceException, String(error));
    return error.name;
  }
  return 'none';
}

interface Place {
  readonly VpcId: string;
  readonly subnets: readonly string[];
}

async function makePlace(): Promise<Place> {
  const { Vpc } = await ec2.send(new sdk.CreateVpcCommand({ CidrBlock: '10.0.0.0/16' }));
  const VpcId = Vpc?.VpcId ?? '';
  const subnets: string[] = [];
  for (const [CidrBlock, AvailabilityZone] of [
    ['10.0.1.0/24', 'us-east-1a'],
    ['10.0.2.0/24', 'us-east-1b'],
    ['10.0.3.0/24', 'us-east-1b'],
  ] as const) {
    const { Subnet } = await ec2.send(new sdk.CreateSubnetCommand({ VpcId, CidrBlock, AvailabilityZone }));
    subnets.push(Subnet?.SubnetId ?? '');
  }
  return { VpcId, subnets };
}

async function makeNetwork(): Promise<{ readonly id: string; readonly arn: string }> {
  const { id = '', arn = '' } = await lattice.send(new CreateServiceNetworkCommand({ name: unique('mesh') }));
  return { id, arn };
}

const create = async (
  { VpcId }: Place,
  ServiceNetworkArn: string,
  more: Partial<sdk.CreateVpcEndpointRequest> = {},
): Promise<sdk.VpcEndpoint> => {
  const wish = { VpcId, VpcEndpointType: 'ServiceNetwork', ServiceNetworkArn, ...more } as const;
  const { VpcEndpoint } = await ec2.send(new sdk.CreateVpcEndpointCommand(wish));
  assert.ok(VpcEndpoint !== undefined);
  return VpcEndpoint;
};
const describe = async (...ids: readonly string[]): Promise<readonly sdk.VpcEndpoint[]> =>
  (await ec2.send(new sdk.DescribeVpcEndpointsCommand({ VpcEndpointIds: [...ids] }))).VpcEndpoints ?? [];

test('an endpoint has an interface with a /28 in each subnet, is available when data planes obey, and goes with all of it', async () => {
  const place = await makePlace();
  const network = await makeNetwork();
  const { GroupId = '' } = await ec2.send(
    new sdk.CreateSecurityGroupCommand({ VpcId: place.VpcId, GroupName: 'ends', Description: 'of endpoints' }),
  );
  const made = await create(place, network.arn, {
    SubnetIds: place.subnets.slice(0, 2),
    SecurityGroupIds: [GroupId],
    TagSpecifications: [{ ResourceType: 'vpc-endpoint', Tags: [{ Key: 'a', Value: 'b' }] }],
  });
  const id = made.VpcEndpointId ?? '';
  assert.match(id, /^vpce-[0-9a-f]{17}$/);
  assert.equal(made.State, 'pending');
  await obey();
  const [now] = await describe(id);
  assert.deepEqual(
    {
      ...{ State: now?.State, VpcEndpointType: now?.VpcEndpointType, VpcId: now?.VpcId, Tags: now?.Tags },
      ...{ Groups: now?.Groups, ServiceNetworkArn: now?.ServiceNetworkArn, SubnetIds: now?.SubnetIds },
      ...{ OwnerId: now?.OwnerId, Ipv4Prefixes: now?.Ipv4Prefixes, PrivateDnsEnabled: now?.PrivateDnsEnabled },
    },
    {
      ...{
        State: 'available',
        VpcEndpointType: 'ServiceNetwork',
        VpcId: place.VpcId,
        Tags: [{ Key: 'a', Value: 'b' }],
      },
      Groups: [{ GroupId, GroupName: 'ends' }],
      ...{ ServiceNetworkArn: network.arn, SubnetIds: place.subnets.slice(0, 2), OwnerId: '111122223333' },
      Ipv4Prefixes: [
        { SubnetId: place.subnets[0], IpPrefixes: ['10.0.1.16/28'] },
        { SubnetId: place.subnets[1], IpPrefixes: ['10.0.2.16/28'] },
      ],
      PrivateDnsEnabled: false,
    },
  );
  const NetworkInterfaceIds = [...(now?.NetworkInterfaceIds ?? [])];
  const { NetworkInterfaces = [] } = await ec2.send(new sdk.DescribeNetworkInterfacesCommand({ NetworkInterfaceIds }));
  assert.deepEqual(
    NetworkInterfaces.map((one) => [one.InterfaceType, one.RequesterManaged, one.Status, one.Groups?.[0]?.GroupId]),
    [0, 1].map(() => ['vpc_endpoint', true, 'in-use', GroupId]),
  );
  const { Subnets = [] } = await ec2.send(new sdk.DescribeSubnetsCommand({ SubnetIds: [place.subnets[0] ?? ''] }));
  assert.equal(Subnets[0]?.AvailableIpAddressCount, 251 - 17);

  const listed = await lattice.send(
    new ListServiceNetworkVpcEndpointAssociationsCommand({ serviceNetworkIdentifier: network.id }),
  );
  assert.deepEqual(
    listed.items?.map((one) => [one.vpcEndpointId, one.vpcId, one.state, one.vpcEndpointOwnerId]),
    [[id, place.VpcId, 'available', '111122223333']],
  );
  // What uses something keeps it.
  await refused(
    lattice.send(new DeleteServiceNetworkCommand({ serviceNetworkIdentifier: network.id })),
    'ConflictException',
  );
  assert.equal(await codeOf(ec2.send(new sdk.DeleteSecurityGroupCommand({ GroupId }))), 'DependencyViolation');
  assert.equal(
    await codeOf(ec2.send(new sdk.DeleteSubnetCommand({ SubnetId: place.subnets[0] ?? '' }))),
    'DependencyViolation',
  );
  const [NetworkInterfaceId = ''] = NetworkInterfaceIds;
  assert.equal(
    await codeOf(ec2.send(new sdk.DeleteNetworkInterfaceCommand({ NetworkInterfaceId }))),
    'OperationNotPermitted',
  );

  assert.deepEqual((await ec2.send(new sdk.DeleteVpcEndpointsCommand({ VpcEndpointIds: [id] }))).Unsuccessful, []);
  assert.equal((await describe(id))[0]?.State, 'deleting');
  await obey();
  assert.equal(await codeOf(describe(id)), 'InvalidVpcEndpointId.NotFound');
  assert.equal(
    await codeOf(ec2.send(new sdk.DescribeNetworkInterfacesCommand({ NetworkInterfaceIds }))),
    'InvalidNetworkInterfaceID.NotFound',
  );
  await ec2.send(new sdk.DeleteSecurityGroupCommand({ GroupId }));
  await lattice.send(new DeleteServiceNetworkCommand({ serviceNetworkIdentifier: network.id }));
});

test('every service of the network has a name through the endpoint', async () => {
  const place = await makePlace();
  const network = await makeNetwork();
  const endpoint = await create(place, network.arn, { SubnetIds: [place.subnets[0] ?? ''] });
  const names = ['rates', 'quotes'].map(unique);
  const associations: string[] = [];
  for (const name of names) {
    const { id: serviceIdentifier } = await lattice.send(new CreateServiceCommand({ name }));
    const { id = '' } = await lattice.send(
      new CreateServiceNetworkServiceAssociationCommand({ serviceIdentifier, serviceNetworkIdentifier: network.id }),
    );
    associations.push(id);
  }
  await obey();
  const list = async (input: sdk.DescribeVpcEndpointAssociationsRequest) =>
    (await ec2.send(new sdk.DescribeVpcEndpointAssociationsCommand(input))).VpcEndpointAssociations ?? [];
  const VpcEndpointIds = [endpoint.VpcEndpointId ?? ''];
  const all = await list({ VpcEndpointIds });
  assert.deepEqual(
    all.map(({ DnsEntry }) => DnsEntry?.DnsName ?? '').toSorted(),
    associations.map((one) => `${VpcEndpointIds[0]}-${one}.7d67968.vpc-lattice-svcs.us-east-1.on.aws`).toSorted(),
  );
  for (const one of all) {
    assert.deepEqual([one.ServiceNetworkArn, one.AssociatedResourceAccessibility], [network.arn, 'Accessible']);
    assert.match(one.AssociatedResourceArn ?? '', /:service\/svc-/);
  }
  const [first] = all;
  const Filters = [{ Name: 'associated-resource-id', Values: [first?.AssociatedResourceArn ?? ''] }];
  assert.deepEqual(await list({ VpcEndpointIds, Filters }), [first]);
  assert.equal(await codeOf(list({ VpcEndpointIds: ['vpce-00000000000000000'] })), 'InvalidVpcEndpointId.NotFound');
});

test('only security groups and tags of an endpoint change', async () => {
  const place = await makePlace();
  const network = await makeNetwork();
  const endpoint = await create(place, network.arn, { SubnetIds: [place.subnets[0] ?? ''] });
  const VpcEndpointId = endpoint.VpcEndpointId ?? '';
  const [own] = endpoint.Groups ?? [];
  assert.equal(own?.GroupName, 'default');
  const change = (input: Partial<sdk.ModifyVpcEndpointRequest>) =>
    ec2.send(new sdk.ModifyVpcEndpointCommand({ VpcEndpointId, ...input }));
  assert.equal(await codeOf(change({ AddSecurityGroupIds: [own.GroupId ?? ''] })), 'IncorrectState', 'while pending');
  await obey();
  const { GroupId = '' } = await ec2.send(
    new sdk.CreateSecurityGroupCommand({ VpcId: place.VpcId, GroupName: 'other', Description: 'other' }),
  );
  await change({ AddSecurityGroupIds: [GroupId], RemoveSecurityGroupIds: [own.GroupId ?? ''] });
  const [changed] = await describe(VpcEndpointId);
  assert.deepEqual(changed?.Groups, [{ GroupId, GroupName: 'other' }]);
  await obey();
  for (const [input, code] of [
    [{ RemoveSecurityGroupIds: [GroupId] }, 'MissingParameter'],
    [{ AddSecurityGroupIds: ['sg-00000000000000000'] }, 'InvalidGroup.NotFound'],
    [{ RemoveSecurityGroupIds: ['sg-00000000000000000'] }, 'InvalidParameter'],
    [{ PrivateDnsEnabled: true }, 'InvalidParameter'],
    [{ AddSubnetIds: [place.subnets[1] ?? ''] }, 'InvalidParameter'],
    [{ VpcEndpointId: 'vpce-00000000000000000' }, 'InvalidVpcEndpointId.NotFound'],
  ] as const)
    assert.equal(await codeOf(change(input as Partial<sdk.ModifyVpcEndpointRequest>)), code, JSON.stringify(input));
  await ec2.send(new sdk.CreateTagsCommand({ Resources: [VpcEndpointId], Tags: [{ Key: 'x', Value: 'y' }] }));
  assert.deepEqual((await describe(VpcEndpointId))[0]?.Tags, [{ Key: 'x', Value: 'y' }]);
});

test('what no endpoint can be is refused', async () => {
  const place = await makePlace();
  const network = await makeNetwork();
  const [subnet = '', second = '', third = ''] = place.subnets;
  for (const [input, code] of [
    [{ VpcEndpointType: 'Gateway' }, 'UnsupportedOperation'],
    [{ VpcId: 'vpc-00000000000000000' }, 'InvalidVpcID.NotFound'],
    [{ ServiceNetworkArn: `${network.arn.slice(0, -1)}x` }, 'InvalidParameter'],
    [{ SubnetIds: ['subnet-00000000000000000'] }, 'InvalidSubnetID.NotFound'],
    [{ SubnetIds: [second, third] }, 'DuplicateSubnetsInSameZone'],
    [{ SecurityGroupIds: ['sg-00000000000000000'] }, 'InvalidGroup.NotFound'],
    [{ IpAddressType: 'dualstack' }, 'UnsupportedOperation'],
    [{ PrivateDnsEnabled: true }, 'InvalidParameter'],
    [{ SubnetIds: [subnet], DryRun: true }, 'DryRunOperation'],
  ] as const)
    assert.equal(
      await codeOf(create(place, network.arn, input as Partial<sdk.CreateVpcEndpointRequest>)),
      code,
      JSON.stringify(input),
    );
  const elsewhere = await makePlace();
  assert.equal(await codeOf(create(place, network.arn, { SubnetIds: [...elsewhere.subnets] })), 'InvalidParameter');
  const { Unsuccessful } = await ec2.send(
    new sdk.DeleteVpcEndpointsCommand({ VpcEndpointIds: ['vpce-00000000000000000'] }),
  );
  assert.deepEqual(Unsuccessful, [
    {
      ResourceId: 'vpce-00000000000000000',
      Error: {
        Code: 'InvalidVpcEndpointId.NotFound',
        Message: "The Vpc Endpoint Id 'vpce-00000000000000000' does not exist",
      },
    },
  ]);
});

test('two endpoints of one VPC lead into two networks, and a full subnet has no room for another', async () => {
  const place = await makePlace();
  const [one, two] = [await makeNetwork(), await makeNetwork()];
  const { Subnet } = await ec2.send(
    new sdk.CreateSubnetCommand({ VpcId: place.VpcId, CidrBlock: '10.0.9.0/26', AvailabilityZone: 'us-east-1c' }),
  );
  const SubnetIds = [Subnet?.SubnetId ?? ''];
  await create(place, one.arn, { SubnetIds });
  await create(place, two.arn, { SubnetIds });
  // A /26 has four of /28, of which the first and the last hold reserved addresses.
  assert.equal(await codeOf(create(place, two.arn, { SubnetIds })), 'InsufficientCidrBlocks');
  const Filters = [{ Name: 'vpc-id', Values: [place.VpcId] }];
  const { VpcEndpoints = [] } = await ec2.send(new sdk.DescribeVpcEndpointsCommand({ Filters }));
  assert.deepEqual(
    VpcEndpoints.map(({ ServiceNetworkArn = '' }) => ServiceNetworkArn).toSorted(),
    [one.arn, two.arn].toSorted(),
  );
});
