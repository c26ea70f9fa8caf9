// What each operation of EC2 is done to: its resources by the members that name them (Service Authorization Reference: Amazon EC2).

import { findDefaultSubnet, findDefaultVpc, findThing } from '../../domain/ec2/index.ts';
import type { AssociationKind } from '../../domain/ec2-association/index.ts';
import type { Caller, State } from '../../domain/index.ts';
import { recordsBy } from '../../domain/index.ts';
import { keyOf, keyOfRecord, type NetworkInterface, type Vpc } from '../../domain/records/index.ts';
import { findMembers, type Input } from './find-members.ts';
import type { Ec2Thing } from '../../domain/ec2/index.ts';

/** The ids of what EC2 takes where a call names nothing. */
type Otherwise = (input: Input, caller: Caller, state: State) => readonly string[];

/** Something that an operation is done to. */
export type Ec2Place =
  /** What is there: its kind and the members that hold ids of it; what is taken when they hold none. */
  | { readonly on: Ec2Thing; readonly by: readonly string[]; readonly otherwise?: Otherwise }
  /** What is to be made: its ARN ends in `*`. With `unless` not when that member is there, with `ifTagged` only when it gets tags. */
  | { readonly make: Ec2Thing | 'volume'; readonly unless?: string; readonly ifTagged?: true }
  /** What the association joins whose id the member holds. */
  | { readonly joinedBy: AssociationKind; readonly by: string }
  /** Whatever has the ids that the member holds. */
  | { readonly any: string }
  /** What is not kept here: its type in ARNs, and whether it is of an account. */
  | { readonly foreign: 'image' | 'key-pair'; readonly by: string };

/** Groups by id, else by name in the default VPC. */
const group = { on: 'securityGroup', by: ['GroupId'], otherwise: findGroupNamed } as const;
const rules = { on: 'securityGroupRule', by: ['SecurityGroupRuleIds'] } as const;
const toldRules = { on: 'securityGroupRule', by: ['SecurityGroupRuleDescriptions.SecurityGroupRuleId'] } as const;
const vpc = { on: 'vpc', by: ['VpcId'] } as const;
const subnet = { on: 'subnet', by: ['SubnetId'] } as const;
const instances = { on: 'instance', by: ['InstanceIds'] } as const;
const instance = { on: 'instance', by: ['InstanceId'] } as const;
const networkInterface = { on: 'networkInterface', by: ['NetworkInterfaceId'] } as const;
const address = { on: 'elasticIp', by: ['AllocationId'] } as const;
const table = { on: 'routeTable', by: ['RouteTableId'] } as const;
const acl = { on: 'networkAcl', by: ['NetworkAclId'] } as const;
const list = { on: 'prefixList', by: ['PrefixListId'] } as const;
const gateway = { on: 'internetGateway', by: ['InternetGatewayId'] } as const;
const newRule = { make: 'securityGroupRule', ifTagged: true } as const;
const ownInterface = 'NetworkInterfaces.NetworkInterfaceId';

/** Every operation that changes something, and those that read one thing; what describes is asked about `*`. */
export const ec2Places: Readonly<Record<string, readonly Ec2Place[]>> = {
  CreateVpc: [{ make: 'vpc' }],
  CreateDefaultVpc: [{ make: 'vpc' }],
  DeleteVpc: [vpc],
  ModifyVpcAttribute: [vpc],
  AssociateVpcCidrBlock: [vpc],
  DisassociateVpcCidrBlock: [{ joinedBy: 'vpcRange', by: 'AssociationId' }],
  CreateSubnet: [{ make: 'subnet' }, vpc],
  DeleteSubnet: [subnet],
  ModifySubnetAttribute: [subnet],
  AssociateSubnetCidrBlock: [subnet],
  DisassociateSubnetCidrBlock: [{ joinedBy: 'subnetRange', by: 'AssociationId' }],
  CreateTags: [{ any: 'Resources' }],
  DeleteTags: [{ any: 'Resources' }],
  CreateSecurityGroup: [{ make: 'securityGroup' }, { ...vpc, otherwise: findDefaultVpcId }],
  DeleteSecurityGroup: [group],
  AuthorizeSecurityGroupIngress: [group, newRule],
  AuthorizeSecurityGroupEgress: [group, newRule],
  RevokeSecurityGroupIngress: [group, rules],
  RevokeSecurityGroupEgress: [group, rules],
  UpdateSecurityGroupRuleDescriptionsIngress: [group, toldRules],
  UpdateSecurityGroupRuleDescriptionsEgress: [group, toldRules],
  ModifySecurityGroupRules: [group, { on: 'securityGroupRule', by: ['SecurityGroupRules.SecurityGroupRuleId'] }],
  GetSecurityGroupsForVpc: [vpc],
  CreateManagedPrefixList: [{ make: 'prefixList' }],
  ModifyManagedPrefixList: [list],
  RestoreManagedPrefixListVersion: [list],
  DeleteManagedPrefixList: [list],
  GetManagedPrefixListEntries: [list],
  CreateNetworkInterface: [
    ...[{ make: 'networkInterface' } as const, subnet],
    { on: 'securityGroup', by: ['Groups'], otherwise: findDefaultGroupIds },
  ],
  DeleteNetworkInterface: [networkInterface],
  ModifyNetworkInterfaceAttribute: [networkInterface, { on: 'securityGroup', by: ['Groups'] }],
  AssignPrivateIpAddresses: [networkInterface],
  UnassignPrivateIpAddresses: [networkInterface],
  AttachNetworkInterface: [networkInterface, instance],
  DetachNetworkInterface: [{ joinedBy: 'attachment', by: 'AttachmentId' }],
  RunInstances: [
    ...([{ make: 'instance' }, { make: 'networkInterface', unless: ownInterface }, { make: 'volume' }] as const),
    ...([
      { foreign: 'image', by: 'ImageId' },
      { foreign: 'key-pair', by: 'KeyName' },
    ] as const),
    { on: 'networkInterface', by: [ownInterface] },
    { on: 'subnet', by: ['SubnetId', 'NetworkInterfaces.SubnetId'], otherwise: findLaunchSubnetId },
    { on: 'securityGroup', by: ['SecurityGroupIds', 'NetworkInterfaces.Groups'], otherwise: findLaunchGroupIds },
  ],
  StartInstances: [instances],
  StopInstances: [instances],
  RebootInstances: [instances],
  TerminateInstances: [instances],
  ModifyInstanceAttribute: [instance, { on: 'securityGroup', by: ['Groups'] }],
  ModifyInstanceMetadataOptions: [instance],
  AssociateIamInstanceProfile: [instance],
  ReplaceIamInstanceProfileAssociation: [{ joinedBy: 'profile', by: 'AssociationId' }],
  DisassociateIamInstanceProfile: [{ joinedBy: 'profile', by: 'AssociationId' }],
  CreateVpcEndpoint: [
    ...[{ make: 'vpcEndpoint' } as const, vpc, { on: 'subnet', by: ['SubnetIds'] } as const],
    { on: 'securityGroup', by: ['SecurityGroupIds'], otherwise: findDefaultGroupIds },
  ],
  ModifyVpcEndpoint: [
    { on: 'vpcEndpoint', by: ['VpcEndpointId'] },
    { on: 'securityGroup', by: ['AddSecurityGroupIds', 'RemoveSecurityGroupIds'] },
  ],
  DeleteVpcEndpoints: [{ on: 'vpcEndpoint', by: ['VpcEndpointIds'] }],
  CreateRouteTable: [{ make: 'routeTable' }, vpc],
  DeleteRouteTable: [table],
  CreateRoute: [table],
  ReplaceRoute: [table],
  DeleteRoute: [table],
  AssociateRouteTable: [table, subnet],
  DisassociateRouteTable: [{ joinedBy: 'routeTable', by: 'AssociationId' }],
  ReplaceRouteTableAssociation: [table, { joinedBy: 'routeTable', by: 'AssociationId' }],
  CreateInternetGateway: [{ make: 'internetGateway' }],
  AttachInternetGateway: [gateway, vpc],
  DetachInternetGateway: [gateway, vpc],
  DeleteInternetGateway: [gateway],
  CreateEgressOnlyInternetGateway: [{ make: 'egressOnlyInternetGateway' }, vpc],
  DeleteEgressOnlyInternetGateway: [{ on: 'egressOnlyInternetGateway', by: ['EgressOnlyInternetGatewayId'] }],
  CreateNatGateway: [{ make: 'natGateway' }, subnet, address],
  DeleteNatGateway: [{ on: 'natGateway', by: ['NatGatewayId'] }],
  AllocateAddress: [{ make: 'elasticIp' }],
  ReleaseAddress: [address],
  AssociateAddress: [address, instance, networkInterface],
  DisassociateAddress: [{ joinedBy: 'address', by: 'AssociationId' }],
  CreateNetworkAcl: [{ make: 'networkAcl' }, vpc],
  DeleteNetworkAcl: [acl],
  CreateNetworkAclEntry: [acl],
  ReplaceNetworkAclEntry: [acl],
  DeleteNetworkAclEntry: [acl],
  ReplaceNetworkAclAssociation: [acl, { joinedBy: 'networkAcl', by: 'AssociationId' }],
  CreateDhcpOptions: [{ make: 'dhcpOptions' }],
  AssociateDhcpOptions: [{ on: 'dhcpOptions', by: ['DhcpOptionsId'] }, vpc],
  DeleteDhcpOptions: [{ on: 'dhcpOptions', by: ['DhcpOptionsId'] }],
};

function findDefaultVpcId(_input: Input, caller: Caller, state: State): readonly string[] {
  const found = findDefaultVpc(state, caller);
  return found === undefined ? [] : [found.id];
}

/** A group of the VPC with this name. */
function findGroupIds(state: State, of: Vpc | undefined, name: string): readonly string[] {
  if (of === undefined) return [];
  const groups = recordsBy(state, 'securityGroup', 'securityGroupsByVpc', keyOfRecord(of));
  return groups.filter((one) => one.name === name).map(({ id }) => id);
}

function findGroupNamed(input: Input, caller: Caller, state: State): readonly string[] {
  return findMembers(input, 'GroupName').flatMap((name) => findGroupIds(state, findDefaultVpc(state, caller), name));
}

/** The default group of the VPC that the call's subnet is in, or that it names. */
function findDefaultGroupIds(input: Input, caller: Caller, state: State): readonly string[] {
  const [subnetId] = findMembers(input, 'SubnetId');
  const [vpcId = subnetId && findThing(state, caller, 'subnet', subnetId)?.vpcId] = findMembers(input, 'VpcId');
  return findGroupIds(state, findVpc(state, caller, vpcId), 'default');
}

function findVpc(state: State, { account, region }: Caller, id: string | undefined): Vpc | undefined {
  return id === undefined ? undefined : state.tables.vpc.get(keyOf(account, region, id));
}

function findOwnInterface(input: Input, caller: Caller, state: State): NetworkInterface | undefined {
  const [id] = findMembers(input, ownInterface);
  return id === undefined ? undefined : findThing(state, caller, 'networkInterface', id);
}

/** That of the interface that is given; else of the default VPC. */
function findLaunchSubnetId(input: Input, caller: Caller, state: State): readonly string[] {
  const given = findMembers(input, ownInterface).length > 0;
  const [zone] = findMembers(input, 'Placement.AvailabilityZone');
  const id = given ? findOwnInterface(input, caller, state)?.subnetId : findDefaultSubnet(state, caller, zone)?.id;
  return id === undefined ? [] : [id];
}

/** Those of the interface that is given; else the default one of the VPC. */
function findLaunchGroupIds(input: Input, caller: Caller, state: State): readonly string[] {
  const own = findOwnInterface(input, caller, state);
  if (own !== undefined) return own.securityGroupIds;
  const [id = findLaunchSubnetId(input, caller, state)[0]] = [
    ...findMembers(input, 'SubnetId'),
    ...findMembers(input, 'NetworkInterfaces.SubnetId'),
  ];
  const place = id === undefined ? undefined : findThing(state, caller, 'subnet', id);
  return findGroupIds(state, findVpc(state, caller, place?.vpcId), 'default');
}
