// The calls of network ACLs, which are stored and not enforced.

import type {
  CreateNetworkAclEntryRequest,
  CreateNetworkAclRequest,
  CreateNetworkAclResult,
  DeleteNetworkAclEntryRequest,
  DeleteNetworkAclRequest,
  DescribeNetworkAclsRequest,
  DescribeNetworkAclsResult,
  NetworkAcl as WireNetworkAcl,
  NetworkAclEntry as WireEntry,
  ReplaceNetworkAclAssociationRequest,
  ReplaceNetworkAclAssociationResult,
  ReplaceNetworkAclEntryRequest,
} from '@aws-sdk/client-ec2';
import { ServiceError } from '../../../aws/index.ts';
import { getVpc } from '../../../domain/ec2/index.ts';
import type { State } from '../../../domain/index.ts';
import type { NetworkAcl, NetworkAclEntry } from '../../../domain/records/index.ts';
import {
  aclAssociationIdOf,
  createNetworkAcl as create,
  createNetworkAclEntry as addEntry,
  deleteNetworkAcl as drop,
  deleteNetworkAclEntry as dropEntry,
  describeParts,
  listSubnetsOfAcl,
  replaceNetworkAclAssociation as replaceAssociation,
  replaceNetworkAclEntry as changeEntry,
} from '../../../domain/vpc-part/index.ts';
import type { Valid, Wire } from '../../operation.ts';
import { changeEc2 } from '../change-ec2.ts';
import { changeEc2Once } from '../change-ec2-once.ts';
import { describeEc2 } from '../describe-things.ts';
import { present } from '../optional.ts';
import { describeTags, readTags } from '../tags.ts';

/** What denies the rest is the last entry of all, of each family that the VPC has. */
function describeNetworkAcl(acl: NetworkAcl, state: State): Wire<WireNetworkAcl> {
  const { id, vpcId, account, isDefault, entries, tags } = acl;
  const ranges = getVpc(state, acl, vpcId).ipv6Cidrs === undefined ? ['0.0.0.0/0'] : ['0.0.0.0/0', '::/0'];
  const last = [true, false].flatMap((egress) =>
    ranges.map((cidr, index): NetworkAclEntry => ({
      ...{ ruleNumber: 32_767 + index, egress, action: 'deny', protocol: '-1', cidr },
    })),
  );
  const byNumber = [...entries].sort((a, b) => a.ruleNumber - b.ruleNumber);
  return {
    ...{ NetworkAclId: id, VpcId: vpcId, OwnerId: account, IsDefault: isDefault, Tags: describeTags(tags) },
    Entries: [...byNumber, ...last].map(describeEntry),
    Associations: listSubnetsOfAcl(state, acl).map((SubnetId) => ({
      ...{ NetworkAclAssociationId: aclAssociationIdOf(SubnetId, id), NetworkAclId: id, SubnetId },
    })),
  };
}

function describeEntry({ ruleNumber, egress, action, protocol, cidr, ports, icmp }: NetworkAclEntry): Wire<WireEntry> {
  return {
    ...{ RuleNumber: ruleNumber, Egress: egress, RuleAction: action, Protocol: protocol },
    ...(cidr.includes(':') ? { Ipv6CidrBlock: cidr } : { CidrBlock: cidr }),
    ...(ports === undefined ? {} : { PortRange: { From: ports.from, To: ports.to } }),
    ...(icmp === undefined ? {} : { IcmpTypeCode: { Type: icmp.type, Code: icmp.code } }),
  };
}

const protocolNumbers: Readonly<Record<string, string>> = {
  ...{ all: '-1', icmp: '1', tcp: '6', udp: '17', icmpv6: '58' },
};

function readEntry(request: Valid<CreateNetworkAclEntryRequest> | Valid<ReplaceNetworkAclEntryRequest>) {
  const { NetworkAclId, RuleNumber, RuleAction, Egress, Protocol, CidrBlock, Ipv6CidrBlock } = request;
  const { PortRange, IcmpTypeCode } = request;
  const protocol = protocolNumbers[Protocol.toLowerCase()] ?? Protocol;
  if (!/^(-1|\d{1,2}|1\d\d|2[0-4]\d|25[0-5])$/.test(protocol))
    throw new ServiceError('InvalidParameterValue', `Invalid value '${Protocol.slice(0, 64)}' for IP protocol.`);
  const cidr = CidrBlock ?? Ipv6CidrBlock;
  if (cidr === undefined)
    throw new ServiceError('MissingParameter', 'The request must contain the parameter cidrBlock');
  if (CidrBlock !== undefined && Ipv6CidrBlock !== undefined)
    throw new ServiceError('InvalidParameterCombination', 'An entry has one range, of IPv4 or of IPv6.');
  if (RuleAction !== 'allow' && RuleAction !== 'deny')
    throw new ServiceError(
      'InvalidParameterValue',
      `Invalid value '${String(RuleAction).slice(0, 64)}' for ruleAction.`,
    );
  const hasPorts = protocol === '6' || protocol === '17';
  const entry: NetworkAclEntry = {
    ...{ ruleNumber: RuleNumber, egress: Egress, action: RuleAction, protocol, cidr },
    ...(hasPorts && PortRange !== undefined
      ? { ports: { from: PortRange.From ?? 0, to: PortRange.To ?? 65_535 } }
      : {}),
    ...((protocol === '1' || protocol === '58') && IcmpTypeCode !== undefined
      ? { icmp: { type: IcmpTypeCode.Type ?? -1, code: IcmpTypeCode.Code ?? -1 } }
      : {}),
  };
  return { networkAclId: NetworkAclId, entry };
}

/** Describe, create and delete of ACLs and their entries, and which subnets they stand before. */
export const networkAclOperations = [
  describeEc2('DescribeNetworkAcls', {
    ids: (request: Valid<DescribeNetworkAclsRequest>) => request.NetworkAclIds,
    list: (state, call, input) => describeParts(state, call, 'networkAcl', input),
    show: describeNetworkAcl,
    answer: (NetworkAcls, NextToken): Wire<DescribeNetworkAclsResult> => ({ NetworkAcls, NextToken }),
  }),
  changeEc2Once(
    'CreateNetworkAcl',
    create,
    ({ VpcId, TagSpecifications }: Valid<CreateNetworkAclRequest>) => ({
      ...{ vpcId: VpcId, ...readTags(TagSpecifications, 'network-acl') },
    }),
    (acl, state, ClientToken): Wire<CreateNetworkAclResult> => ({
      NetworkAcl: describeNetworkAcl(acl, state),
      ...present({ ClientToken }),
    }),
  ),
  changeEc2(
    'DeleteNetworkAcl',
    drop,
    ({ NetworkAclId }: Valid<DeleteNetworkAclRequest>) => ({ networkAclId: NetworkAclId }),
    () => ({}),
  ),
  changeEc2(
    'CreateNetworkAclEntry',
    addEntry,
    (request: Valid<CreateNetworkAclEntryRequest>) => readEntry(request),
    () => ({}),
  ),
  changeEc2(
    'ReplaceNetworkAclEntry',
    changeEntry,
    (request: Valid<ReplaceNetworkAclEntryRequest>) => readEntry(request),
    () => ({}),
  ),
  changeEc2(
    'DeleteNetworkAclEntry',
    dropEntry,
    ({ NetworkAclId, RuleNumber, Egress }: Valid<DeleteNetworkAclEntryRequest>) => ({
      ...{ networkAclId: NetworkAclId, ruleNumber: RuleNumber, egress: Egress },
    }),
    () => ({}),
  ),
  changeEc2(
    'ReplaceNetworkAclAssociation',
    replaceAssociation,
    ({ AssociationId, NetworkAclId }: Valid<ReplaceNetworkAclAssociationRequest>) => ({
      ...{ associationId: AssociationId, networkAclId: NetworkAclId },
    }),
    (NewAssociationId): Wire<ReplaceNetworkAclAssociationResult> => ({ NewAssociationId }),
  ),
];
