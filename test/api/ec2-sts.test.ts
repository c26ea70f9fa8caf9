// EC2 and STS through the AWS SDK: VPCs and subnets with tags, filters and pages; who calls.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import * as ec2Sdk from '@aws-sdk/client-ec2';
import { CreateTargetGroupCommand } from '@aws-sdk/client-vpc-lattice';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { startApi } from './running-api.ts';

const api = await startApi();
after(() => api[Symbol.asyncDispose]());
const { ec2 } = api;

async function refused(call: Promise<unknown>, code: string): Promise<void> {
  await assert.rejects(call, (error) => {
    assert.ok(error instanceof ec2Sdk.EC2ServiceException, String(error));
    assert.equal(error.name, code, error.message);
    return true;
  });
}

async function makeVpc(name: string): Promise<string> {
  const { Vpc } = await ec2.send(
    new ec2Sdk.CreateVpcCommand({
      CidrBlock: '10.0.0.0/16',
      TagSpecifications: [{ ResourceType: 'vpc', Tags: [{ Key: 'Name', Value: name }] }],
    }),
  );
  return Vpc?.VpcId ?? '';
}

test('VPCs are made, found by id, filter and wildcard, and deleted', async () => {
  const id = await makeVpc('shop-one');
  const other = await makeVpc('shop-two');
  const { Vpcs } = await ec2.send(new ec2Sdk.DescribeVpcsCommand({ VpcIds: [id] }));
  const [vpc] = Vpcs ?? [];
  assert.deepEqual(
    [vpc?.State, vpc?.CidrBlock, vpc?.OwnerId, vpc?.IsDefault, vpc?.Tags],
    ['available', '10.0.0.0/16', '111122223333', false, [{ Key: 'Name', Value: 'shop-one' }]],
  );
  assert.equal(vpc?.CidrBlockAssociationSet?.[0]?.CidrBlockState?.State, 'associated');
  const byTag = await ec2.send(
    new ec2Sdk.DescribeVpcsCommand({
      Filters: [
        { Name: 'tag:Name', Values: ['shop-*'] },
        { Name: 'vpc-id', Values: [id, other] },
      ],
    }),
  );
  assert.deepEqual(byTag.Vpcs?.map((one) => one.VpcId).sort(), [id, other].sort());
  await ec2.send(new ec2Sdk.DeleteVpcCommand({ VpcId: other }));
  await refused(ec2.send(new ec2Sdk.DescribeVpcsCommand({ VpcIds: [other] })), 'InvalidVpcID.NotFound');
});

test('what EC2 refuses is refused with its codes', async () => {
  const id = await makeVpc('used');
  await refused(ec2.send(new ec2Sdk.CreateVpcCommand({})), 'MissingParameter');
  await refused(ec2.send(new ec2Sdk.CreateVpcCommand({ CidrBlock: '10.0.0.0/8' })), 'InvalidVpc.Range');
  await refused(ec2.send(new ec2Sdk.CreateVpcCommand({ CidrBlock: 'x' })), 'InvalidParameterValue');
  await refused(ec2.send(new ec2Sdk.CreateVpcCommand({ CidrBlock: '10.0.0.0/16', DryRun: true })), 'DryRunOperation');
  await refused(ec2.send(new ec2Sdk.CreateVpcCommand({ CidrBlock: 'x', DryRun: true })), 'InvalidParameterValue');
  await refused(
    ec2.send(
      new ec2Sdk.CreateVpcCommand({
        CidrBlock: '10.0.0.0/16',
        TagSpecifications: [{ ResourceType: 'subnet', Tags: [] }],
      }),
    ),
    'InvalidParameterValue',
  );
  await refused(ec2.send(new ec2Sdk.DescribeVpcsCommand({ MaxResults: 3 })), 'InvalidParameterValue');
  await refused(ec2.send(new ec2Sdk.DescribeVpcsCommand({ NextToken: 'zzz' })), 'InvalidParameterValue');
  await refused(
    ec2.send(new ec2Sdk.DescribeVpcsCommand({ Filters: [{ Name: 'nonsense', Values: ['x'] }] })),
    'InvalidParameterValue',
  );
  await refused(ec2.send(new ec2Sdk.CreateTransitGatewayCommand({})), 'NotImplemented');
  const config = { port: 80, protocol: 'HTTP', vpcIdentifier: id } as const;
  await api.lattice.send(new CreateTargetGroupCommand({ name: 'users', type: 'IP', config }));
  await refused(ec2.send(new ec2Sdk.DeleteVpcCommand({ VpcId: id })), 'DependencyViolation');
});

test('what VPCs and subnets do not have is refused and not passed over', async () => {
  const CidrBlock = '10.0.0.0/16';
  const { Vpc } = await ec2.send(
    new ec2Sdk.CreateVpcCommand({ CidrBlock, InstanceTenancy: 'default', AmazonProvidedIpv6CidrBlock: false }),
  );
  for (const more of [{ Ipv6CidrBlock: '2001:db8::/56' }, { Ipv4IpamPoolId: 'ipam-pool-1' }] as const)
    await refused(ec2.send(new ec2Sdk.CreateVpcCommand({ CidrBlock, ...more })), 'UnsupportedOperation');
  const subnet = { VpcId: Vpc?.VpcId, CidrBlock: '10.0.1.0/24' };
  await refused(
    ec2.send(new ec2Sdk.CreateSubnetCommand({ ...subnet, Ipv6CidrBlock: '2001:db8::/64' })),
    'InvalidSubnet.Range',
  );
  const zones = { AvailabilityZone: 'us-east-1c', AvailabilityZoneId: 'use1-az3' };
  await refused(ec2.send(new ec2Sdk.CreateSubnetCommand({ ...subnet, ...zones })), 'InvalidParameterCombination');
  await refused(
    ec2.send(new ec2Sdk.CreateSubnetCommand({ ...subnet, AvailabilityZoneId: 'euw1-az1' })),
    'InvalidParameterValue',
  );
  const made = await ec2.send(new ec2Sdk.CreateSubnetCommand({ ...subnet, AvailabilityZoneId: 'use1-az3' }));
  assert.deepEqual([made.Subnet?.AvailabilityZone, made.Subnet?.AvailabilityZoneId], ['us-east-1c', 'use1-az3']);
});

test('subnets are made inside their VPC, listed, and deleted', async () => {
  const VpcId = await makeVpc('subnets');
  const { Subnet } = await ec2.send(
    new ec2Sdk.CreateSubnetCommand({
      VpcId,
      CidrBlock: '10.0.1.0/24',
      AvailabilityZone: 'us-east-1b',
      TagSpecifications: [{ ResourceType: 'subnet', Tags: [{ Key: 'k', Value: 'v' }] }],
    }),
  );
  assert.deepEqual(
    [Subnet?.AvailabilityZone, Subnet?.AvailableIpAddressCount, Subnet?.Tags],
    ['us-east-1b', 251, [{ Key: 'k', Value: 'v' }]],
  );
  await refused(
    ec2.send(new ec2Sdk.CreateSubnetCommand({ VpcId, CidrBlock: '10.0.1.0/25' })),
    'InvalidSubnet.Conflict',
  );
  await refused(ec2.send(new ec2Sdk.CreateSubnetCommand({ VpcId, CidrBlock: '10.1.0.0/24' })), 'InvalidSubnet.Range');
  for (let i = 2; i < 9; i++) await ec2.send(new ec2Sdk.CreateSubnetCommand({ VpcId, CidrBlock: `10.0.${i}.0/24` }));
  const seen: (string | undefined)[] = [];
  const filters = [{ Name: 'vpc-id', Values: [VpcId] }];
  for await (const page of ec2Sdk.paginateDescribeSubnets({ client: ec2, pageSize: 5 }, { Filters: filters }))
    seen.push(...(page.Subnets ?? []).map((one) => one.CidrBlock));
  assert.equal(new Set(seen).size, 8);
  await refused(ec2.send(new ec2Sdk.DeleteVpcCommand({ VpcId })), 'DependencyViolation');
  await ec2.send(new ec2Sdk.DeleteSubnetCommand({ SubnetId: Subnet?.SubnetId }));
  await refused(
    ec2.send(new ec2Sdk.DescribeSubnetsCommand({ SubnetIds: [Subnet?.SubnetId ?? ''] })),
    'InvalidSubnetID.NotFound',
  );
});

test('STS says who calls', async () => {
  const identity = await api.sts.send(new GetCallerIdentityCommand({}));
  assert.deepEqual(
    [identity.Account, identity.Arn, identity.UserId],
    ['111122223333', 'arn:aws:iam::111122223333:root', '111122223333'],
  );
});
