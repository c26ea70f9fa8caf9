// What stands in VPCs and around them, through the AWS SDK: interfaces, instances, ranges, route tables, gateways, addresses, ACLs.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import * as sdk from '@aws-sdk/client-ec2';
import { codeOfEc2 as codeOf } from './ec2-refusals.ts';
import { startApi } from './running-api.ts';

const api = await startApi({ defaultAttachment: { kind: 'netns' } });
after(() => api[Symbol.asyncDispose]());
const { ec2 } = api;
const ImageId = 'ami-0123456789abcdef0';

async function makePlace(): Promise<{ readonly VpcId: string; readonly SubnetId: string }> {
  const { Vpc } = await ec2.send(new sdk.CreateVpcCommand({ CidrBlock: '10.0.0.0/16' }));
  const VpcId = Vpc?.VpcId ?? '';
  const { Subnet } = await ec2.send(new sdk.CreateSubnetCommand({ VpcId, CidrBlock: '10.0.1.0/28' }));
  return { VpcId, SubnetId: Subnet?.SubnetId ?? '' };
}

const run = (input: Partial<sdk.RunInstancesRequest>) =>
  ec2.send(new sdk.RunInstancesCommand({ ImageId, InstanceType: 't3.micro', MinCount: 1, MaxCount: 1, ...input }));
const idsOf = ({ Instances = [] }: sdk.Reservation): string[] => Instances.map(({ InstanceId = '' }) => InstanceId);
const terminate = (InstanceIds: string[]) => ec2.send(new sdk.TerminateInstancesCommand({ InstanceIds }));

async function freeIn(SubnetId: string): Promise<number | undefined> {
  const { Subnets } = await ec2.send(new sdk.DescribeSubnetsCommand({ SubnetIds: [SubnetId] }));
  return Subnets?.[0]?.AvailableIpAddressCount;
}

test('interfaces take the addresses of their subnet, and each only once', async () => {
  const { SubnetId } = await makePlace();
  const make = async (input: Partial<sdk.CreateNetworkInterfaceRequest> = {}) =>
    (await ec2.send(new sdk.CreateNetworkInterfaceCommand({ SubnetId, ...input }))).NetworkInterface;
  assert.equal(await freeIn(SubnetId), 11);
  const first = await make();
  assert.deepEqual(
    [first?.PrivateIpAddress, first?.Groups?.[0]?.GroupName, first?.Status],
    ['10.0.1.4', 'default', 'available'],
  );
  const second = await make({ PrivateIpAddress: '10.0.1.9', Description: 'mine' });
  assert.equal(await freeIn(SubnetId), 9);
  assert.equal(await codeOf(make({ PrivateIpAddress: '10.0.1.9' })), 'InvalidIPAddress.InUse');
  assert.equal(await codeOf(make({ PrivateIpAddress: '10.0.1.15' })), 'InvalidParameterValue');
  assert.equal(await codeOf(make({ PrivateIpAddress: '10.0.2.9' })), 'InvalidParameterValue');
  assert.equal(await codeOf(make({ Groups: ['sg-00000000'] })), 'InvalidGroup.NotFound');
  assert.equal(await codeOf(make({ SubnetId: 'subnet-00000000' })), 'InvalidSubnetID.NotFound');
  const NetworkInterfaceId = second?.NetworkInterfaceId ?? '';
  const assigned = await ec2.send(
    new sdk.AssignPrivateIpAddressesCommand({ NetworkInterfaceId, SecondaryPrivateIpAddressCount: 9 }),
  );
  assert.equal(assigned.AssignedPrivateIpAddresses?.length, 9);
  assert.equal(await codeOf(make()), 'InsufficientFreeAddressesInSubnet');
  assert.equal(await codeOf(make({ SecondaryPrivateIpAddressCount: 1e9 })), 'PrivateIpAddressLimitExceeded');
  await ec2.send(new sdk.UnassignPrivateIpAddressesCommand({ NetworkInterfaceId, PrivateIpAddresses: ['10.0.1.5'] }));
  assert.equal((await make())?.PrivateIpAddress, '10.0.1.5');
  assert.equal(await codeOf(ec2.send(new sdk.DeleteSubnetCommand({ SubnetId }))), 'DependencyViolation');
  const { NetworkInterfaces = [] } = await ec2.send(
    new sdk.DescribeNetworkInterfacesCommand({ Filters: [{ Name: 'subnet-id', Values: [SubnetId] }] }),
  );
  assert.equal(NetworkInterfaces.length, 3);
  for (const one of NetworkInterfaces)
    await ec2.send(new sdk.DeleteNetworkInterfaceCommand({ NetworkInterfaceId: one.NetworkInterfaceId }));
  await ec2.send(new sdk.DeleteSubnetCommand({ SubnetId }));
  const wrong = ec2.send(new sdk.DescribeNetworkInterfacesCommand({ NetworkInterfaceIds: ['x'] }));
  assert.equal(await codeOf(wrong), 'InvalidNetworkInterfaceId.Malformed');
});

test('instances are records with an address, from RunInstances to an hour after their end', async () => {
  const { VpcId, SubnetId } = await makePlace();
  const made = await run({
    ...{ SubnetId, PrivateIpAddress: '10.0.1.10', UserData: 'aGVsbG8=' },
    TagSpecifications: [{ ResourceType: 'instance', Tags: [{ Key: 'Name', Value: 'web' }] }],
  });
  const [id = ''] = idsOf(made);
  const describe = async () => {
    const { Reservations } = await ec2.send(new sdk.DescribeInstancesCommand({ InstanceIds: [id] }));
    return Reservations?.[0]?.Instances?.[0];
  };
  const first = await describe();
  assert.deepEqual([first?.State?.Name, first?.PrivateIpAddress, first?.VpcId], ['running', '10.0.1.10', VpcId]);
  assert.deepEqual(first?.Tags, [{ Key: 'Name', Value: 'web' }]);
  const attribute = await ec2.send(new sdk.DescribeInstanceAttributeCommand({ InstanceId: id, Attribute: 'userData' }));
  assert.equal(attribute.UserData?.Value, 'aGVsbG8=');
  assert.equal(await codeOf(run({ SubnetId, PrivateIpAddress: '10.0.1.10' })), 'InvalidIPAddress.InUse');
  assert.equal(await codeOf(run({ SubnetId, ImageId: 'image' })), 'InvalidAMIID.Malformed');
  assert.equal(await codeOf(run({})), 'VPCIdNotSpecified');
  assert.equal(await codeOf(run({ SubnetId, MinCount: 20, MaxCount: 20 })), 'InsufficientFreeAddressesInSubnet');
  assert.equal(await codeOf(run({ SubnetId, DryRun: true })), 'DryRunOperation');
  const many = await run({ SubnetId, MinCount: 2, MaxCount: 20 });
  assert.equal(many.Instances?.length, 10);
  await terminate(idsOf(many));
  const stopped = await ec2.send(new sdk.StopInstancesCommand({ InstanceIds: [id] }));
  assert.deepEqual(stopped.StoppingInstances?.[0]?.CurrentState?.Name, 'stopped');
  await ec2.send(new sdk.ModifyInstanceAttributeCommand({ InstanceId: id, InstanceType: { Value: 't3.small' } }));
  await ec2.send(new sdk.StartInstancesCommand({ InstanceIds: [id] }));
  const { GroupId } = await ec2.send(
    new sdk.CreateSecurityGroupCommand({ VpcId, GroupName: 'web', Description: 'web' }),
  );
  await ec2.send(new sdk.ModifyInstanceAttributeCommand({ InstanceId: id, Groups: [GroupId ?? ''] }));
  const later = await describe();
  assert.deepEqual([later?.InstanceType, later?.SecurityGroups?.[0]?.GroupName], ['t3.small', 'web']);
  assert.equal(later?.NetworkInterfaces?.[0]?.Groups?.[0]?.GroupName, 'web');
  assert.equal(await codeOf(ec2.send(new sdk.DeleteSecurityGroupCommand({ GroupId }))), 'DependencyViolation');
  const keep = (Value: boolean) =>
    ec2.send(new sdk.ModifyInstanceAttributeCommand({ InstanceId: id, DisableApiTermination: { Value } }));
  await keep(true);
  assert.equal(await codeOf(terminate([id])), 'OperationNotPermitted');
  await keep(false);
  const ended = await terminate([id]);
  assert.deepEqual(
    ended.TerminatingInstances?.map((one) => [one.PreviousState?.Name, one.CurrentState?.Name]),
    [['running', 'terminated']],
  );
  assert.deepEqual([(await describe())?.State?.Name, await freeIn(SubnetId)], ['terminated', 11]);
  assert.equal(await codeOf(ec2.send(new sdk.StartInstancesCommand({ InstanceIds: [id] }))), 'IncorrectInstanceState');
  assert.equal(await codeOf(terminate(['i-00000000'])), 'InvalidInstanceID.NotFound');
  assert.equal(await codeOf(terminate(['x'])), 'InvalidInstanceID.Malformed');
  await ec2.send(new sdk.DeleteSecurityGroupCommand({ GroupId }));
  await ec2.send(new sdk.DeleteSubnetCommand({ SubnetId }));
  await ec2.send(new sdk.DeleteVpcCommand({ VpcId }));
});

test('a default VPC is made once, and is where instances stand that name no subnet', async () => {
  const { Vpc } = await ec2.send(new sdk.CreateDefaultVpcCommand({}));
  assert.deepEqual([Vpc?.CidrBlock, Vpc?.IsDefault], ['172.31.0.0/16', true]);
  assert.equal(await codeOf(ec2.send(new sdk.CreateDefaultVpcCommand({}))), 'DefaultVpcAlreadyExists');
  const made = await run({});
  assert.equal(made.Instances?.[0]?.VpcId, Vpc?.VpcId);
  const { RouteTables } = await ec2.send(
    new sdk.DescribeRouteTablesCommand({ Filters: [{ Name: 'vpc-id', Values: [Vpc?.VpcId ?? ''] }] }),
  );
  assert.equal(RouteTables?.[0]?.Routes?.length, 2);
  await terminate(idsOf(made));
});

test('VPCs and subnets get further ranges and attributes', async () => {
  const { VpcId, SubnetId } = await makePlace();
  const associate = (input: Partial<sdk.AssociateVpcCidrBlockRequest>) =>
    ec2.send(new sdk.AssociateVpcCidrBlockCommand({ VpcId, ...input }));
  const { CidrBlockAssociation } = await associate({ CidrBlock: '10.1.0.0/16' });
  assert.equal(await codeOf(associate({ CidrBlock: '10.1.0.0/20' })), 'InvalidVpc.Range');
  const six = await associate({ AmazonProvidedIpv6CidrBlock: true });
  const range = six.Ipv6CidrBlockAssociation?.Ipv6CidrBlock ?? '';
  assert.match(range, /^fd.*::\/56$/);
  const Ipv6CidrBlock = range.replace('/56', '/64');
  const { Ipv6CidrBlockAssociation } = await ec2.send(
    new sdk.AssociateSubnetCidrBlockCommand({ SubnetId, Ipv6CidrBlock }),
  );
  const drop = (AssociationId: string | undefined) =>
    ec2.send(new sdk.DisassociateVpcCidrBlockCommand({ AssociationId }));
  assert.equal(await codeOf(drop(six.Ipv6CidrBlockAssociation?.AssociationId)), 'InvalidCidrBlock.InUse');
  await ec2.send(
    new sdk.DisassociateSubnetCidrBlockCommand({ AssociationId: Ipv6CidrBlockAssociation?.AssociationId }),
  );
  await drop(six.Ipv6CidrBlockAssociation?.AssociationId);
  await drop(CidrBlockAssociation?.AssociationId);
  assert.equal(await codeOf(drop(CidrBlockAssociation?.AssociationId)), 'InvalidVpcCidrBlockAssociationID.NotFound');
  await ec2.send(new sdk.ModifyVpcAttributeCommand({ VpcId, EnableDnsHostnames: { Value: true } }));
  const shown = await ec2.send(new sdk.DescribeVpcAttributeCommand({ VpcId, Attribute: 'enableDnsHostnames' }));
  assert.equal(shown.EnableDnsHostnames?.Value, true);
  await ec2.send(new sdk.ModifySubnetAttributeCommand({ SubnetId, MapPublicIpOnLaunch: { Value: true } }));
  const { Subnets } = await ec2.send(new sdk.DescribeSubnetsCommand({ SubnetIds: [SubnetId] }));
  assert.equal(Subnets?.[0]?.MapPublicIpOnLaunch, true);
});

test('route tables, gateways and addresses are kept, and keep each other from going', async () => {
  const { VpcId, SubnetId } = await makePlace();
  const { InternetGateway } = await ec2.send(new sdk.CreateInternetGatewayCommand({}));
  const InternetGatewayId = InternetGateway?.InternetGatewayId ?? '';
  const { RouteTable } = await ec2.send(new sdk.CreateRouteTableCommand({ VpcId }));
  const RouteTableId = RouteTable?.RouteTableId ?? '';
  const route = { RouteTableId, DestinationCidrBlock: '0.0.0.0/0', GatewayId: InternetGatewayId };
  assert.equal(await codeOf(ec2.send(new sdk.CreateRouteCommand(route))), 'InvalidParameterValue');
  await ec2.send(new sdk.AttachInternetGatewayCommand({ InternetGatewayId, VpcId }));
  await ec2.send(new sdk.CreateRouteCommand(route));
  assert.equal(await codeOf(ec2.send(new sdk.CreateRouteCommand(route))), 'RouteAlreadyExists');
  const { AssociationId } = await ec2.send(new sdk.AssociateRouteTableCommand({ RouteTableId, SubnetId }));
  const drop = () => ec2.send(new sdk.DeleteRouteTableCommand({ RouteTableId }));
  assert.equal(await codeOf(drop()), 'DependencyViolation');
  const { AllocationId = '', PublicIp } = await ec2.send(new sdk.AllocateAddressCommand({ Domain: 'vpc' }));
  assert.match(PublicIp ?? '', /^203\.0\.113\./);
  const { NatGateway } = await ec2.send(new sdk.CreateNatGatewayCommand({ SubnetId, AllocationId }));
  assert.deepEqual([NatGateway?.State, NatGateway?.NatGatewayAddresses?.[0]?.PublicIp], ['available', PublicIp]);
  assert.equal(await codeOf(ec2.send(new sdk.ReleaseAddressCommand({ AllocationId }))), 'InvalidIPAddress.InUse');
  assert.equal(await codeOf(ec2.send(new sdk.DeleteSubnetCommand({ SubnetId }))), 'DependencyViolation');
  await ec2.send(
    new sdk.ReplaceRouteCommand({
      ...{ RouteTableId, DestinationCidrBlock: '0.0.0.0/0', NatGatewayId: NatGateway?.NatGatewayId },
    }),
  );
  await ec2.send(new sdk.DeleteNatGatewayCommand({ NatGatewayId: NatGateway?.NatGatewayId }));
  const shown = await ec2.send(new sdk.DescribeRouteTablesCommand({ RouteTableIds: [RouteTableId] }));
  assert.equal(shown.RouteTables?.[0]?.Routes?.[1]?.State, 'blackhole');
  await ec2.send(new sdk.ReleaseAddressCommand({ AllocationId }));
  await ec2.send(new sdk.DisassociateRouteTableCommand({ AssociationId }));
  await drop();
  assert.equal(await codeOf(ec2.send(new sdk.DeleteVpcCommand({ VpcId }))), 'DependencyViolation');
  const gateway = ec2.send(new sdk.DeleteInternetGatewayCommand({ InternetGatewayId }));
  assert.equal(await codeOf(gateway), 'DependencyViolation');
  await ec2.send(new sdk.DetachInternetGatewayCommand({ InternetGatewayId, VpcId }));
  await ec2.send(new sdk.DeleteInternetGatewayCommand({ InternetGatewayId }));
  await ec2.send(new sdk.DeleteSubnetCommand({ SubnetId }));
  await ec2.send(new sdk.DeleteVpcCommand({ VpcId }));
});

test('network ACLs stand before subnets, and DHCP options belong to VPCs', async () => {
  const { VpcId, SubnetId } = await makePlace();
  const { NetworkAcl } = await ec2.send(new sdk.CreateNetworkAclCommand({ VpcId }));
  const NetworkAclId = NetworkAcl?.NetworkAclId ?? '';
  const entry: sdk.CreateNetworkAclEntryRequest = {
    ...{ NetworkAclId, RuleNumber: 100, Protocol: 'tcp', RuleAction: 'allow', Egress: false },
    ...{ CidrBlock: '10.0.0.0/8', PortRange: { From: 80, To: 90 } },
  };
  await ec2.send(new sdk.CreateNetworkAclEntryCommand(entry));
  const again = ec2.send(new sdk.CreateNetworkAclEntryCommand(entry));
  assert.equal(await codeOf(again), 'NetworkAclEntryAlreadyExists');
  const ofSubnet = async () => {
    const Filters = [{ Name: 'association.subnet-id', Values: [SubnetId] }];
    return (await ec2.send(new sdk.DescribeNetworkAclsCommand({ Filters }))).NetworkAcls?.[0];
  };
  const before = await ofSubnet();
  assert.equal(before?.IsDefault, true);
  const AssociationId = before?.Associations?.find((one) => one.SubnetId === SubnetId)?.NetworkAclAssociationId;
  await ec2.send(new sdk.ReplaceNetworkAclAssociationCommand({ AssociationId, NetworkAclId }));
  assert.equal((await ofSubnet())?.NetworkAclId, NetworkAclId);
  const drop = () => ec2.send(new sdk.DeleteNetworkAclCommand({ NetworkAclId }));
  assert.equal(await codeOf(drop()), 'DependencyViolation');
  await ec2.send(new sdk.DeleteSubnetCommand({ SubnetId }));
  await drop();
  const { DhcpOptions } = await ec2.send(
    new sdk.CreateDhcpOptionsCommand({ DhcpConfigurations: [{ Key: 'domain-name', Values: ['example.internal'] }] }),
  );
  const DhcpOptionsId = DhcpOptions?.DhcpOptionsId ?? '';
  await ec2.send(new sdk.AssociateDhcpOptionsCommand({ VpcId, DhcpOptionsId }));
  const dropOptions = () => ec2.send(new sdk.DeleteDhcpOptionsCommand({ DhcpOptionsId }));
  assert.equal(await codeOf(dropOptions()), 'DependencyViolation');
  await ec2.send(new sdk.AssociateDhcpOptionsCommand({ VpcId, DhcpOptionsId: 'default' }));
  await dropOptions();
});

test('names that every object has are no attributes and no instance types, and are tags as any other', async () => {
  const { SubnetId } = await makePlace();
  const tags = [
    { Key: '__proto__', Value: 'a' },
    { Key: 'constructor', Value: 'b' },
  ];
  const made = await run({ SubnetId, TagSpecifications: [{ ResourceType: 'instance', Tags: tags }] });
  const [{ InstanceId = '', Tags = [] } = {}] = made.Instances ?? [];
  assert.deepEqual(new Set(Tags.map(({ Key, Value }) => `${Key} ${Value}`)), new Set(['__proto__ a', 'constructor b']));
  const Attribute = 'constructor' as sdk.InstanceAttributeName;
  const types = ['constructor' as sdk._InstanceType];
  assert.equal(
    await codeOf(ec2.send(new sdk.DescribeInstanceAttributeCommand({ InstanceId, Attribute }))),
    'InvalidParameterValue',
  );
  assert.equal(
    await codeOf(ec2.send(new sdk.DescribeInstanceTypesCommand({ InstanceTypes: types }))),
    'InvalidInstanceType',
  );
});
