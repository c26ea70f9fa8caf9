// Who may do what in EC2: by the ARNs and tags of every resource that a call names or makes, and by the tags that it gives.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import * as sdk from '@aws-sdk/client-ec2';
import * as iam from '@aws-sdk/client-iam';
import { CreateServiceNetworkCommand } from '@aws-sdk/client-vpc-lattice';
import { ec2Operations } from '../../src/api/ec2/operations.ts';
import { codeOfEc2 as codeOf } from './ec2-refusals.ts';
import { callAs } from './principals.ts';
import { startApi } from './running-api.ts';

const api = await startApi({ defaultAttachment: { kind: 'netns' } });
after(() => api[Symbol.asyncDispose]());
const { ec2 } = api;
const account = '111122223333';
const arn = (resource: string): string =>
  `arn:aws:ec2:us-east-1:${resource.startsWith('image/') ? '' : account}:${resource}`;
const blue = (ResourceType: sdk.ResourceType) => [{ ResourceType, Tags: [{ Key: 'team', Value: 'blue' }] }];
const ImageId = 'ami-0123456789abcdef0';

const { Vpc } = await ec2.send(
  new sdk.CreateVpcCommand({
    CidrBlock: '10.0.0.0/16',
    TagSpecifications: blue('vpc'),
    AmazonProvidedIpv6CidrBlock: true,
  }),
);
const VpcId = Vpc?.VpcId ?? '';
const subnetIn = async (CidrBlock: string): Promise<string> => {
  const input = { VpcId, CidrBlock, TagSpecifications: blue('subnet') };
  return (await ec2.send(new sdk.CreateSubnetCommand(input))).Subnet?.SubnetId ?? '';
};
const SubnetId = await subnetIn('10.0.1.0/24');
const other = await subnetIn('10.0.2.0/24');
const sixRange = Vpc?.Ipv6CidrBlockAssociationSet?.[0]?.Ipv6CidrBlock?.replace('/56', '/64') ?? '';
const six = await ec2.send(new sdk.AssociateSubnetCidrBlockCommand({ SubnetId: other, Ipv6CidrBlock: sixRange }));
const range = await ec2.send(new sdk.AssociateVpcCidrBlockCommand({ VpcId, CidrBlock: '10.1.0.0/16' }));
const { GroupId = '' } = await ec2.send(
  new sdk.CreateSecurityGroupCommand({
    GroupName: 'web',
    Description: 'd',
    VpcId,
    TagSpecifications: blue('security-group'),
  }),
);
const { SecurityGroups } = await ec2.send(
  new sdk.DescribeSecurityGroupsCommand({
    Filters: [
      { Name: 'vpc-id', Values: [VpcId] },
      { Name: 'group-name', Values: ['default'] },
    ],
  }),
);
const defaultGroup = SecurityGroups?.[0]?.GroupId ?? '';
const rule = { IpProtocol: 'tcp', FromPort: 80, ToPort: 80, IpRanges: [{ CidrIp: '10.0.0.0/8' }] };
const made = await ec2.send(new sdk.AuthorizeSecurityGroupIngressCommand({ GroupId, IpPermissions: [rule] }));
const ruleId = made.SecurityGroupRules?.[0]?.SecurityGroupRuleId ?? '';
const newInterface = async (): Promise<string> =>
  (await ec2.send(new sdk.CreateNetworkInterfaceCommand({ SubnetId, TagSpecifications: blue('network-interface') })))
    .NetworkInterface?.NetworkInterfaceId ?? '';
const NetworkInterfaceId = await newInterface();
const attached = await newInterface();
const ran = await ec2.send(
  new sdk.RunInstancesCommand({ ImageId, MinCount: 2, MaxCount: 2, SubnetId, TagSpecifications: blue('instance') }),
);
const [InstanceId = '', second = ''] = ran.Instances?.map((one) => one.InstanceId ?? '') ?? [];
const { AttachmentId = '' } = await ec2.send(
  new sdk.AttachNetworkInterfaceCommand({ NetworkInterfaceId: attached, InstanceId, DeviceIndex: 1 }),
);
const { AllocationId = '' } = await ec2.send(new sdk.AllocateAddressCommand({ TagSpecifications: blue('elastic-ip') }));
const { AllocationId: usedAddress = '' } = await ec2.send(new sdk.AllocateAddressCommand({}));
const { AssociationId: addressId = '' } = await ec2.send(
  new sdk.AssociateAddressCommand({ AllocationId: usedAddress, NetworkInterfaceId: attached }),
);
const tableOf = async (): Promise<string> =>
  (await ec2.send(new sdk.CreateRouteTableCommand({ VpcId }))).RouteTable?.RouteTableId ?? '';
const RouteTableId = await tableOf();
const otherTable = await tableOf();
const { AssociationId: routeId = '' } = await ec2.send(
  new sdk.AssociateRouteTableCommand({ RouteTableId: otherTable, SubnetId }),
);
const gateway = await ec2.send(new sdk.CreateInternetGatewayCommand({}));
const InternetGatewayId = gateway.InternetGateway?.InternetGatewayId ?? '';
const outward = await ec2.send(new sdk.CreateEgressOnlyInternetGatewayCommand({ VpcId }));
const EgressOnlyInternetGatewayId = outward.EgressOnlyInternetGateway?.EgressOnlyInternetGatewayId ?? '';
const nat = await ec2.send(new sdk.CreateNatGatewayCommand({ SubnetId, ConnectivityType: 'private' }));
const NatGatewayId = nat.NatGateway?.NatGatewayId ?? '';
const NetworkAclId = (await ec2.send(new sdk.CreateNetworkAclCommand({ VpcId }))).NetworkAcl?.NetworkAclId ?? '';
const { NetworkAcls } = await ec2.send(
  new sdk.DescribeNetworkAclsCommand({
    Filters: [
      { Name: 'vpc-id', Values: [VpcId] },
      { Name: 'default', Values: ['true'] },
    ],
  }),
);
const aclAssociation = NetworkAcls?.[0]?.Associations?.find(
  (one) => one.SubnetId === SubnetId,
)?.NetworkAclAssociationId;
const DhcpConfigurations = [{ Key: 'domain-name', Values: ['corp.example'] }];
const dhcp = await ec2.send(new sdk.CreateDhcpOptionsCommand({ DhcpConfigurations }));
const DhcpOptionsId = dhcp.DhcpOptions?.DhcpOptionsId ?? '';
const listed = await ec2.send(
  new sdk.CreateManagedPrefixListCommand({ PrefixListName: 'one', AddressFamily: 'IPv4', MaxEntries: 5 }),
);
const PrefixListId = listed.PrefixList?.PrefixListId ?? '';
const network = await api.lattice.send(new CreateServiceNetworkCommand({ name: 'reached' }));
const ServiceNetworkArn = network.arn ?? '';
const toNetwork = { VpcId, ServiceNetworkArn, VpcEndpointType: 'ServiceNetwork' } as const;
const endpoint = await ec2.send(new sdk.CreateVpcEndpointCommand({ ...toNetwork, SubnetIds: [other] }));
const VpcEndpointId = endpoint.VpcEndpoint?.VpcEndpointId ?? '';
await api.iam.send(new iam.CreateInstanceProfileCommand({ InstanceProfileName: 'web' }));
const trust = { Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' };
const AssumeRolePolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: [trust] });
await api.iam.send(new iam.CreateRoleCommand({ RoleName: 'web', AssumeRolePolicyDocument }));
await api.iam.send(new iam.AddRoleToInstanceProfileCommand({ InstanceProfileName: 'web', RoleName: 'web' }));
const worn = await ec2.send(
  new sdk.AssociateIamInstanceProfileCommand({ InstanceId: second, IamInstanceProfile: { Name: 'web' } }),
);
const profileId = worn.IamInstanceProfileAssociation?.AssociationId;

/** An operation, an input, and the resources that are asked about. */
type Case = readonly [operation: string, input: object, resources: readonly string[]];
const route = { RouteTableId, DestinationCidrBlock: '0.0.0.0/0' };
const entry = { NetworkAclId, RuleNumber: 100, Egress: false };
const permitted = { GroupId, IpPermissions: [{ ...rule, FromPort: 81, ToPort: 81 }] };
const launch = { ImageId, MinCount: 1, MaxCount: 1 };
const vpc = `vpc/${VpcId}`;
const subnet = `subnet/${SubnetId}`;
const group = `security-group/${GroupId}`;
const table = `route-table/${RouteTableId}`;
const acl = `network-acl/${NetworkAclId}`;
const one = `instance/${InstanceId}`;
const face = `network-interface/${NetworkInterfaceId}`;
const address = `elastic-ip/${AllocationId}`;
const launched = ['instance/*', 'volume/*', `image/${ImageId}`];

/** Each changes nothing when it is tried, or the same thing again, or is refused for another reason when it may be done. */
const cases: readonly Case[] = [
  ['CreateVpc', { CidrBlock: '10.9.0.0/16' }, ['vpc/*']],
  ['CreateDefaultVpc', {}, ['vpc/*']],
  ['DeleteVpc', { VpcId }, [vpc]],
  ['ModifyVpcAttribute', { VpcId, EnableDnsSupport: { Value: true } }, [vpc]],
  ['AssociateVpcCidrBlock', { VpcId, CidrBlock: '10.1.0.0/16' }, [vpc]],
  ['CreateSubnet', { VpcId, CidrBlock: '10.0.3.0/24' }, ['subnet/*', vpc]],
  ['DeleteSubnet', { SubnetId }, [subnet]],
  ['ModifySubnetAttribute', { SubnetId, EnableDns64: { Value: false } }, [subnet]],
  ['AssociateSubnetCidrBlock', { SubnetId: other, Ipv6CidrBlock: sixRange }, [`subnet/${other}`]],
  ['CreateTags', { Resources: [VpcId, SubnetId], Tags: [{ Key: 'k', Value: 'v' }] }, [vpc, subnet]],
  ['DeleteTags', { Resources: [InstanceId, PrefixListId] }, [one, `prefix-list/${PrefixListId}`]],
  ['CreateSecurityGroup', { GroupName: 'x', Description: 'd', VpcId }, ['security-group/*', vpc]],
  ['DeleteSecurityGroup', { GroupId }, [group]],
  ['AuthorizeSecurityGroupIngress', permitted, [group]],
  ['AuthorizeSecurityGroupEgress', permitted, [group]],
  ['RevokeSecurityGroupIngress', { GroupId, SecurityGroupRuleIds: [ruleId] }, [group, `security-group-rule/${ruleId}`]],
  ['RevokeSecurityGroupEgress', permitted, [group]],
  ['UpdateSecurityGroupRuleDescriptionsIngress', permitted, [group]],
  ['UpdateSecurityGroupRuleDescriptionsEgress', permitted, [group]],
  [
    'UpdateSecurityGroupRuleDescriptionsIngress',
    { GroupId, SecurityGroupRuleDescriptions: [{ SecurityGroupRuleId: ruleId, Description: 'x' }] },
    [group, `security-group-rule/${ruleId}`],
  ],
  [
    'ModifySecurityGroupRules',
    {
      GroupId,
      SecurityGroupRules: [
        {
          SecurityGroupRuleId: ruleId,
          SecurityGroupRule: { IpProtocol: 'tcp', FromPort: 80, ToPort: 80, CidrIpv4: '10.0.0.0/8' },
        },
      ],
    },
    [group, `security-group-rule/${ruleId}`],
  ],
  ['GetSecurityGroupsForVpc', { VpcId }, [vpc]],
  ['CreateManagedPrefixList', { PrefixListName: 'x', AddressFamily: 'IPv4', MaxEntries: 1 }, ['prefix-list/*']],
  ['ModifyManagedPrefixList', { PrefixListId }, [`prefix-list/${PrefixListId}`]],
  [
    'RestoreManagedPrefixListVersion',
    { PrefixListId, PreviousVersion: 1, CurrentVersion: 1 },
    [`prefix-list/${PrefixListId}`],
  ],
  ['DeleteManagedPrefixList', { PrefixListId }, [`prefix-list/${PrefixListId}`]],
  ['GetManagedPrefixListEntries', { PrefixListId }, [`prefix-list/${PrefixListId}`]],
  ['CreateNetworkInterface', { SubnetId }, ['network-interface/*', subnet, `security-group/${defaultGroup}`]],
  ['CreateNetworkInterface', { SubnetId, Groups: [GroupId] }, ['network-interface/*', subnet, group]],
  ['DeleteNetworkInterface', { NetworkInterfaceId }, [face]],
  ['ModifyNetworkInterfaceAttribute', { NetworkInterfaceId, Groups: [GroupId] }, [face, group]],
  ['AttachNetworkInterface', { NetworkInterfaceId, InstanceId, DeviceIndex: 2 }, [face, one]],
  ['DetachNetworkInterface', { AttachmentId }, [`network-interface/${attached}`, one]],
  [
    'RunInstances',
    { ...launch, SubnetId, SecurityGroupIds: [GroupId] },
    [...launched, 'network-interface/*', subnet, group],
  ],
  [
    'RunInstances',
    { ...launch, SubnetId, KeyName: 'mine' },
    [...launched, 'network-interface/*', 'key-pair/mine', subnet, `security-group/${defaultGroup}`],
  ],
  [
    'RunInstances',
    { ...launch, NetworkInterfaces: [{ DeviceIndex: 0, SubnetId, Groups: [GroupId] }] },
    [...launched, 'network-interface/*', subnet, group],
  ],
  [
    'RunInstances',
    { ...launch, NetworkInterfaces: [{ DeviceIndex: 0, NetworkInterfaceId }] },
    [...launched, face, subnet, `security-group/${defaultGroup}`],
  ],
  ['StartInstances', { InstanceIds: [InstanceId, second] }, [one, `instance/${second}`]],
  ['StopInstances', { InstanceIds: [InstanceId] }, [one]],
  ['RebootInstances', { InstanceIds: [InstanceId] }, [one]],
  ['TerminateInstances', { InstanceIds: [second, InstanceId] }, [one, `instance/${second}`]],
  ['ModifyInstanceAttribute', { InstanceId, Groups: [GroupId] }, [one, group]],
  ['ModifyInstanceMetadataOptions', { InstanceId, HttpTokens: 'optional' }, [one]],
  ['AssociateIamInstanceProfile', { InstanceId: second, IamInstanceProfile: { Name: 'web' } }, [`instance/${second}`]],
  [
    'CreateVpcEndpoint',
    { ...toNetwork, SubnetIds: [SubnetId], SecurityGroupIds: [GroupId] },
    ['vpc-endpoint/*', vpc, subnet, group],
  ],
  ['CreateVpcEndpoint', toNetwork, ['vpc-endpoint/*', vpc, `security-group/${defaultGroup}`]],
  ['ModifyVpcEndpoint', { VpcEndpointId, AddSecurityGroupIds: [GroupId] }, [`vpc-endpoint/${VpcEndpointId}`, group]],
  ['DeleteVpcEndpoints', { VpcEndpointIds: [VpcEndpointId] }, [`vpc-endpoint/${VpcEndpointId}`]],
  ['CreateRouteTable', { VpcId }, ['route-table/*', vpc]],
  ['DeleteRouteTable', { RouteTableId }, [table]],
  ['CreateRoute', { ...route, GatewayId: InternetGatewayId }, [table]],
  ['ReplaceRoute', { ...route, GatewayId: InternetGatewayId }, [table]],
  ['DeleteRoute', route, [table]],
  ['AssociateRouteTable', { RouteTableId, SubnetId: other }, [table, `subnet/${other}`]],
  ['DisassociateRouteTable', { AssociationId: routeId }, [`route-table/${otherTable}`, subnet]],
  [
    'ReplaceRouteTableAssociation',
    { RouteTableId, AssociationId: routeId },
    [table, `route-table/${otherTable}`, subnet],
  ],
  ['CreateInternetGateway', {}, ['internet-gateway/*']],
  ['AttachInternetGateway', { InternetGatewayId, VpcId }, [`internet-gateway/${InternetGatewayId}`, vpc]],
  ['DetachInternetGateway', { InternetGatewayId, VpcId }, [`internet-gateway/${InternetGatewayId}`, vpc]],
  ['DeleteInternetGateway', { InternetGatewayId }, [`internet-gateway/${InternetGatewayId}`]],
  ['CreateEgressOnlyInternetGateway', { VpcId }, ['egress-only-internet-gateway/*', vpc]],
  [
    'DeleteEgressOnlyInternetGateway',
    { EgressOnlyInternetGatewayId },
    [`egress-only-internet-gateway/${EgressOnlyInternetGatewayId}`],
  ],
  ['CreateNatGateway', { SubnetId, AllocationId }, ['natgateway/*', subnet, address]],
  ['DeleteNatGateway', { NatGatewayId }, [`natgateway/${NatGatewayId}`]],
  ['AllocateAddress', {}, ['elastic-ip/*']],
  ['ReleaseAddress', { AllocationId }, [address]],
  ['AssociateAddress', { AllocationId, InstanceId }, [address, one]],
  ['AssociateAddress', { AllocationId, NetworkInterfaceId }, [address, face]],
  ['DisassociateAddress', { AssociationId: addressId }, [`elastic-ip/${usedAddress}`, `network-interface/${attached}`]],
  ['CreateNetworkAcl', { VpcId }, ['network-acl/*', vpc]],
  ['DeleteNetworkAcl', { NetworkAclId }, [acl]],
  ['CreateNetworkAclEntry', { ...entry, Protocol: '-1', RuleAction: 'allow', CidrBlock: '0.0.0.0/0' }, [acl]],
  ['ReplaceNetworkAclEntry', { ...entry, Protocol: '-1', RuleAction: 'deny', CidrBlock: '0.0.0.0/0' }, [acl]],
  ['DeleteNetworkAclEntry', entry, [acl]],
  ['ReplaceNetworkAclAssociation', { NetworkAclId, AssociationId: aclAssociation }, [acl, subnet]],
  ['CreateDhcpOptions', { DhcpConfigurations }, ['dhcp-options/*']],
  ['AssociateDhcpOptions', { DhcpOptionsId, VpcId }, [`dhcp-options/${DhcpOptionsId}`, vpc]],
  ['DeleteDhcpOptions', { DhcpOptionsId }, [`dhcp-options/${DhcpOptionsId}`]],
  // These have no DryRun, and do what they say.
  ['AssignPrivateIpAddresses', { NetworkInterfaceId, PrivateIpAddresses: ['10.0.1.99'] }, [face]],
  ['UnassignPrivateIpAddresses', { NetworkInterfaceId, PrivateIpAddresses: ['10.0.1.99'] }, [face]],
  ['DisassociateVpcCidrBlock', { AssociationId: range.CidrBlockAssociation?.AssociationId }, [vpc]],
  ['DisassociateSubnetCidrBlock', { AssociationId: six.Ipv6CidrBlockAssociation?.AssociationId }, [`subnet/${other}`]],
  [
    'ReplaceIamInstanceProfileAssociation',
    { AssociationId: profileId, IamInstanceProfile: { Name: 'absent' } },
    [`instance/${second}`],
  ],
  ['DisassociateIamInstanceProfile', { AssociationId: profileId }, [`instance/${second}`]],
];

type AnyCommand = Parameters<typeof ec2.send>[0];
const commands = sdk as unknown as Readonly<Record<string, new (input: object) => AnyCommand>>;

/** Calls as ann, who has these policies. */
async function call(operation: string, input: object, statements: readonly object[]): Promise<unknown> {
  const { ann } = await callAs(api, { ann: statements });
  const Command = commands[`${operation}Command`];
  assert.ok(Command !== undefined, operation);
  return ann.ec2.send(new Command({ DryRun: true, ...input }));
}

const beside = ['iam:PassRole', 'vpc-lattice:*'];
const everything = { Effect: 'Allow', Action: ['ec2:*', ...beside], Resource: '*' };
const allow = (Action: string | readonly string[], Resource: string | readonly string[], Condition = {}) => ({
  ...{ Effect: 'Allow', Action, Resource, Condition },
});
const deny = (Action: string, Resource: string | readonly string[], Condition = {}) => ({
  ...{ Effect: 'Deny', Action, Resource, Condition },
});
const arnsOf = (resources: readonly string[]): readonly string[] =>
  resources.map((one) => (one === '*' ? one : arn(one)));

for (const [operation, input, resources] of cases)
  test(`${operation} ${Object.keys(input).join(' ')} is asked about ${resources.map((one) => one.replace(/0[0-9a-f]{16}/, '…')).join(', ')}`, async () => {
    const action = `ec2:${operation}`;
    for (const [index, resource] of arnsOf(resources).entries()) {
      await assert.rejects(call(operation, input, [everything, deny(action, resource)]), (error) => {
        assert.ok(error instanceof sdk.EC2ServiceException, String(error));
        assert.deepEqual([error.name, error.$metadata.httpStatusCode], ['UnauthorizedOperation', 403], error.message);
        const words = `You are not authorized to perform this operation. User: arn:aws:iam::${account}:user/ann is not authorized to perform: ${action} on resource: ${resource} with an explicit deny`;
        assert.equal(error.message.slice(0, words.length), words);
        return true;
      });
      // Each of them must be allowed.
      const others = arnsOf(resources).filter((_one, at) => at !== index);
      if (others.length > 0)
        assert.equal(
          await codeOf(call(operation, input, [allow(action, others), allow(beside, '*')])),
          'UnauthorizedOperation',
          `without ${resource}`,
        );
    }
    const code = await codeOf(call(operation, input, [allow(action, arnsOf(resources)), allow(beside, '*')]));
    assert.notEqual(code, 'UnauthorizedOperation');
  });

test('every operation that changes something is asked about what it is done to', () => {
  const changing = ec2Operations(['us-east-1']).filter(({ kind }) => kind === 'change');
  const reading = ['GetSecurityGroupsForVpc', 'GetManagedPrefixListEntries'];
  assert.ok(changing.length > 60);
  assert.deepEqual(
    [...new Set(cases.map(([operation]) => operation))].sort(),
    [...changing.map(({ name }) => name), ...reading].sort(),
  );
});
