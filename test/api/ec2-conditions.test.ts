// The condition keys of EC2: tags of resources and of requests, tags at creation, where things stand, and what an instance is to be.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import * as sdk from '@aws-sdk/client-ec2';
import { callAs } from './principals.ts';
import { startApi } from './running-api.ts';

const api = await startApi({ defaultAttachment: { kind: 'netns' } });
after(() => api[Symbol.asyncDispose]());
const account = '111122223333';
const arn = (resource: string): string => `arn:aws:ec2:us-east-1:${account}:${resource}`;
const ImageId = 'ami-0123456789abcdef0';

const tagged = (ResourceType: sdk.ResourceType, team: string) => [
  { ResourceType, Tags: [{ Key: 'team', Value: team }] },
];

/** A VPC and what stands in it, all with a tag `team`. */
async function makePlace(team: string) {
  const { ec2 } = api;
  const { Vpc } = await ec2.send(
    new sdk.CreateVpcCommand({ CidrBlock: '10.0.0.0/16', TagSpecifications: tagged('vpc', team) }),
  );
  const VpcId = Vpc?.VpcId ?? '';
  const { Subnet } = await ec2.send(
    new sdk.CreateSubnetCommand({
      ...{ VpcId, CidrBlock: '10.0.1.0/24', AvailabilityZone: team === 'blue' ? 'us-east-1a' : 'us-east-1b' },
      TagSpecifications: tagged('subnet', team),
    }),
  );
  const SubnetId = Subnet?.SubnetId ?? '';
  const { GroupId = '' } = await ec2.send(
    new sdk.CreateSecurityGroupCommand({
      ...{ VpcId, GroupName: 'web', Description: 'd', TagSpecifications: tagged('security-group', team) },
    }),
  );
  const { NetworkInterface } = await ec2.send(
    new sdk.CreateNetworkInterfaceCommand({ SubnetId, TagSpecifications: tagged('network-interface', team) }),
  );
  const { Instances } = await ec2.send(
    new sdk.RunInstancesCommand({
      ...{ ImageId, MinCount: 1, MaxCount: 1, SubnetId, TagSpecifications: tagged('instance', team) },
      ...{ InstanceType: team === 'blue' ? 't3.micro' : 'm5.large' },
    }),
  );
  const { RouteTable } = await ec2.send(
    new sdk.CreateRouteTableCommand({ VpcId, TagSpecifications: tagged('route-table', team) }),
  );
  return {
    ...{ VpcId, SubnetId, GroupId, NetworkInterfaceId: NetworkInterface?.NetworkInterfaceId ?? '' },
    ...{ InstanceId: Instances?.[0]?.InstanceId ?? '', RouteTableId: RouteTable?.RouteTableId ?? '' },
  };
}
type Place = Awaited<ReturnType<typeof makePlace>>;
const [blue, green] = [await makePlace('blue'), await makePlace('green')];

const allow = (Action: string | readonly string[], rest: object = {}) => ({
  ...{ Effect: 'Allow', Action, Resource: '*', ...rest },
});
const deny = (Action: string | readonly string[], rest: object = {}) => ({ ...allow(Action, rest), Effect: 'Deny' });
const when = (operator: string, key: string, value: string | readonly string[]) => ({
  Condition: { [operator]: { [key]: value } },
});
const as = async (...statements: readonly object[]): Promise<sdk.EC2Client> =>
  (await callAs(api, { ann: statements })).ann.ec2;

async function refused(call: Promise<unknown>, action: RegExp): Promise<void> {
  await assert.rejects(call, (error) => {
    assert.ok(error instanceof sdk.EC2ServiceException, String(error));
    assert.equal(error.name, 'UnauthorizedOperation', error.message);
    assert.match(error.message, action);
    return true;
  });
}

/** Answered as far as it was tried. */
async function tried(call: Promise<unknown>): Promise<void> {
  await assert.rejects(call, { name: 'DryRunOperation' });
}

type Try = (ec2: sdk.EC2Client, place: Place) => Promise<unknown>;
const DryRun = true;
const rule = { IpProtocol: 'tcp', FromPort: 80, ToPort: 80, IpRanges: [{ CidrIp: '10.0.0.0/8' }] };
/** Calls that are about things with tags alone. */
const onTagged: Readonly<Record<string, Try>> = {
  DeleteTags: (ec2, { VpcId }) => ec2.send(new sdk.DeleteTagsCommand({ DryRun, Resources: [VpcId] })),
  AuthorizeSecurityGroupIngress: (ec2, { GroupId }) =>
    ec2.send(new sdk.AuthorizeSecurityGroupIngressCommand({ DryRun, GroupId, IpPermissions: [rule] })),
  DeleteSecurityGroup: (ec2, { GroupId }) => ec2.send(new sdk.DeleteSecurityGroupCommand({ DryRun, GroupId })),
  DeleteNetworkInterface: (ec2, { NetworkInterfaceId }) =>
    ec2.send(new sdk.DeleteNetworkInterfaceCommand({ DryRun, NetworkInterfaceId })),
  ModifyNetworkInterfaceAttribute: (ec2, { NetworkInterfaceId, GroupId }) =>
    ec2.send(new sdk.ModifyNetworkInterfaceAttributeCommand({ DryRun, NetworkInterfaceId, Groups: [GroupId] })),
  AttachNetworkInterface: (ec2, { NetworkInterfaceId, InstanceId }) =>
    ec2.send(new sdk.AttachNetworkInterfaceCommand({ DryRun, NetworkInterfaceId, InstanceId, DeviceIndex: 1 })),
  StopInstances: (ec2, { InstanceId }) => ec2.send(new sdk.StopInstancesCommand({ DryRun, InstanceIds: [InstanceId] })),
  TerminateInstances: (ec2, { InstanceId }) =>
    ec2.send(new sdk.TerminateInstancesCommand({ DryRun, InstanceIds: [InstanceId] })),
  ModifyInstanceAttribute: (ec2, { InstanceId, GroupId }) =>
    ec2.send(new sdk.ModifyInstanceAttributeCommand({ DryRun, InstanceId, Groups: [GroupId] })),
  DeleteRouteTable: (ec2, { RouteTableId }) => ec2.send(new sdk.DeleteRouteTableCommand({ DryRun, RouteTableId })),
  AssociateRouteTable: (ec2, { RouteTableId, SubnetId }) =>
    ec2.send(new sdk.AssociateRouteTableCommand({ DryRun, RouteTableId, SubnetId })),
};

for (const [operation, attempt] of Object.entries(onTagged))
  test(`${operation} is decided by the tags of what it is done to, by either key`, async () => {
    const action = new RegExp(`ec2:${operation} on resource: ${arn('')}`);
    for (const key of ['aws:ResourceTag/team', 'ec2:ResourceTag/team', 'EC2:resourcetag/Team']) {
      const onlyBlue = await as(allow(`ec2:${operation}`, when('StringEquals', key, 'blue')));
      await tried(attempt(onlyBlue, blue));
      await refused(attempt(onlyBlue, green), action);
      const notGreen = await as(allow('ec2:*'), deny('ec2:*', when('StringEquals', key, 'green')));
      await tried(attempt(notGreen, blue));
      await refused(attempt(notGreen, green), action);
    }
  });

test('every one of several things must be allowed', async () => {
  const ec2 = await as(allow('ec2:*', when('StringEquals', 'ec2:ResourceTag/team', 'blue')));
  const InstanceIds = [blue.InstanceId, green.InstanceId];
  await refused(ec2.send(new sdk.StopInstancesCommand({ DryRun, InstanceIds })), new RegExp(green.InstanceId));
  await refused(attemptMixed(ec2), new RegExp(green.SubnetId));
});
const attemptMixed: (ec2: sdk.EC2Client) => Promise<unknown> = (ec2) =>
  ec2.send(new sdk.AssociateRouteTableCommand({ DryRun, RouteTableId: blue.RouteTableId, SubnetId: green.SubnetId }));

const makeVpc = (ec2: sdk.EC2Client, Tags?: sdk.Tag[], Type: sdk.ResourceType = 'vpc') =>
  ec2.send(
    new sdk.CreateVpcCommand({
      ...{ DryRun, CidrBlock: '10.9.0.0/16' },
      ...(Tags === undefined ? {} : { TagSpecifications: [{ ResourceType: Type, Tags }] }),
    }),
  );
const team = (Value: string): sdk.Tag[] => [{ Key: 'team', Value }];

test('what is made must have the tags that a policy asks for', async () => {
  const ec2 = await as(
    allow('ec2:CreateVpc', when('StringEquals', 'aws:RequestTag/team', 'blue')),
    allow('ec2:CreateTags'),
  );
  await tried(makeVpc(ec2, team('blue')));
  await refused(makeVpc(ec2, team('green')), /ec2:CreateVpc on resource: .*:vpc\/\*/);
  await refused(makeVpc(ec2), /ec2:CreateVpc/);
  const few = await as(allow('ec2:*', when('ForAllValues:StringEquals', 'aws:TagKeys', ['team'])));
  await tried(makeVpc(few, team('blue')));
  await refused(makeVpc(few, [...team('blue'), { Key: 'other', Value: 'x' }]), /ec2:CreateVpc/);
});

test('what is made with tags is tagged too, and a policy can allow that at creation alone', async () => {
  const without = await as(allow('ec2:CreateVpc'));
  await tried(makeVpc(without));
  await refused(makeVpc(without, team('blue')), /ec2:CreateTags on resource: .*:vpc\/\* because/);
  const atCreation = await as(
    allow(['ec2:CreateVpc', 'ec2:CreateSubnet']),
    allow('ec2:CreateTags', when('StringEquals', 'ec2:CreateAction', 'CreateVpc')),
  );
  await tried(makeVpc(atCreation, team('blue')));
  const { VpcId } = blue;
  const TagSpecifications = tagged('subnet', 'blue');
  const subnet = { DryRun, VpcId, CidrBlock: '10.0.9.0/24', TagSpecifications };
  await refused(atCreation.send(new sdk.CreateSubnetCommand(subnet)), /ec2:CreateTags on resource: .*:subnet\/\*/);
  await refused(
    atCreation.send(new sdk.CreateTagsCommand({ DryRun, Resources: [VpcId], Tags: team('x') })),
    /ec2:CreateTags on resource: .*:vpc\/vpc-/,
  );
});

test('tags are given and taken by what they are, and to what has others', async () => {
  const ec2 = await as(
    allow('ec2:CreateTags', when('StringLike', 'aws:RequestTag/team', 'b*')),
    allow('ec2:DeleteTags', when('ForAllValues:StringEquals', 'aws:TagKeys', ['free'])),
  );
  const give = (Tags: sdk.Tag[]) => ec2.send(new sdk.CreateTagsCommand({ DryRun, Resources: [blue.VpcId], Tags }));
  await tried(give(team('blue')));
  await refused(give(team('green')), /ec2:CreateTags/);
  const take = (Key: string) =>
    ec2.send(new sdk.DeleteTagsCommand({ DryRun, Resources: [blue.VpcId], Tags: [{ Key }] }));
  await tried(take('free'));
  await refused(take('team'), /ec2:DeleteTags/);
});

test('what stands in a VPC is decided by it, also while it is made', async () => {
  const inBlue = when('ArnEquals', 'ec2:Vpc', arn(`vpc/${blue.VpcId}`));
  const ec2 = await as(
    allow('ec2:*', {
      Resource: ['subnet', 'security-group', 'network-interface'].map((one) => arn(`${one}/*`)),
      ...inBlue,
    }),
  );
  const face = (SubnetId: string) => ec2.send(new sdk.CreateNetworkInterfaceCommand({ DryRun, SubnetId }));
  await tried(face(blue.SubnetId));
  await refused(face(green.SubnetId), /ec2:CreateNetworkInterface on resource: .*:network-interface\/\*/);
  const drop = (GroupId: string) => ec2.send(new sdk.DeleteSecurityGroupCommand({ DryRun, GroupId }));
  await tried(drop(blue.GroupId));
  await refused(drop(green.GroupId), new RegExp(green.GroupId));
});

test('an instance is made as policies want it', async () => {
  const run = (ec2: sdk.EC2Client, input: Partial<sdk.RunInstancesRequest> = {}) =>
    ec2.send(
      new sdk.RunInstancesCommand({ DryRun, ImageId, MinCount: 1, MaxCount: 1, SubnetId: blue.SubnetId, ...input }),
    );
  const instances = { Resource: arn('instance/*') };
  const small = await as(
    allow('ec2:*'),
    deny('ec2:RunInstances', { ...instances, ...when('StringNotEquals', 'ec2:InstanceType', 't3.micro') }),
  );
  await tried(run(small, { InstanceType: 't3.micro' }));
  await refused(run(small, { InstanceType: 'm5.large' }), /ec2:RunInstances on resource: .*:instance\/\* with/);
  await refused(run(small), /ec2:RunInstances/);
  const secure = await as(
    allow('ec2:*'),
    deny('ec2:RunInstances', { ...instances, ...when('StringNotEquals', 'ec2:MetadataHttpTokens', 'required') }),
  );
  await tried(run(secure, { MetadataOptions: { HttpTokens: 'required' } }));
  await refused(run(secure), /ec2:RunInstances/);
  const inZone = await as(
    allow('ec2:*'),
    deny('ec2:RunInstances', when('StringEquals', 'ec2:AvailabilityZone', 'us-east-1b')),
  );
  await tried(run(inZone));
  await refused(run(inZone, { SubnetId: green.SubnetId }), /ec2:RunInstances/);
  const ofType = await as(allow('ec2:StopInstances', when('StringEquals', 'ec2:InstanceType', 't3.micro')));
  await tried(ofType.send(new sdk.StopInstancesCommand({ DryRun, InstanceIds: [blue.InstanceId] })));
  await refused(
    ofType.send(new sdk.StopInstancesCommand({ DryRun, InstanceIds: [green.InstanceId] })),
    /StopInstances/,
  );
  const both = await as(allow('ec2:RunInstances'), allow('ec2:CreateTags', instances));
  const tags = (ResourceType: sdk.ResourceType) => ({ TagSpecifications: tagged(ResourceType, 'blue') });
  await tried(run(both, tags('instance')));
  await refused(run(both, tags('network-interface')), /ec2:CreateTags on resource: .*:network-interface\/\*/);
});

test('what a call does not name and EC2 takes by itself is asked about too', async () => {
  const { Vpc } = await api.ec2.send(new sdk.CreateDefaultVpcCommand({}));
  const Filters = [{ Name: 'vpc-id', Values: [Vpc?.VpcId ?? ''] }];
  const { Subnets = [] } = await api.ec2.send(new sdk.DescribeSubnetsCommand({ Filters }));
  const { SecurityGroups = [] } = await api.ec2.send(new sdk.DescribeSecurityGroupsCommand({ Filters }));
  const inZone = Subnets.find(({ AvailabilityZone }) => AvailabilityZone === 'us-east-1b')?.SubnetId ?? '';
  const group = SecurityGroups[0]?.GroupId ?? '';
  const run = (ec2: sdk.EC2Client, AvailabilityZone: string) =>
    ec2.send(
      new sdk.RunInstancesCommand({ DryRun, ImageId, MinCount: 1, MaxCount: 1, Placement: { AvailabilityZone } }),
    );
  const notThere = await as(allow('ec2:*'), deny('ec2:*', { Resource: arn(`subnet/${inZone}`) }));
  await tried(run(notThere, 'us-east-1a'));
  await refused(run(notThere, 'us-east-1b'), new RegExp(inZone));
  const notThese = await as(allow('ec2:*'), deny('ec2:*', { Resource: arn(`security-group/${group}`) }));
  await refused(run(notThese, 'us-east-1a'), new RegExp(group));
  const named = notThese.send(
    new sdk.AuthorizeSecurityGroupIngressCommand({ DryRun, GroupName: 'default', IpPermissions: [rule] }),
  );
  await refused(named, new RegExp(group));
  const making = (await as(allow('ec2:*'), deny('ec2:*', { Resource: arn(`vpc/${Vpc?.VpcId}`) }))).send(
    new sdk.CreateSecurityGroupCommand({ DryRun, GroupName: 'x', Description: 'd' }),
  );
  await refused(making, new RegExp(`vpc/${Vpc?.VpcId}`));
});

test('what is not there is refused as what one may not touch, and told of to whom may', async () => {
  const GroupId = 'sg-00000000';
  const call = (ec2: sdk.EC2Client) => ec2.send(new sdk.DeleteSecurityGroupCommand({ DryRun, GroupId }));
  await refused(call(await as(allow('ec2:*', { Resource: arn('security-group/sg-1*') }))), new RegExp(GroupId));
  await assert.rejects(call(await as(allow('ec2:*', { Resource: arn('security-group/*') }))), {
    name: 'InvalidGroup.NotFound',
  });
  const Resources = ['what', 'i-00000000'];
  const tag = (ec2: sdk.EC2Client) => ec2.send(new sdk.CreateTagsCommand({ DryRun, Resources, Tags: team('x') }));
  await refused(tag(await as(allow('ec2:*', { Resource: arn('instance/*') }))), /\*\/what/);
  await assert.rejects(tag(await as(allow('ec2:*'))), { name: 'InvalidID' });
});

test('describing is allowed as such', async () => {
  const ec2 = await as(allow('ec2:Describe*'));
  await ec2.send(new sdk.DescribeVpcsCommand({ VpcIds: [blue.VpcId] }));
  const narrow = await as(allow('ec2:Describe*', { Resource: arn('vpc/*') }));
  await refused(narrow.send(new sdk.DescribeVpcsCommand({})), /ec2:DescribeVpcs/);
});
