// DescribeSecurityGroups.

import type {
  DescribeSecurityGroupsRequest,
  DescribeSecurityGroupsResult,
  IpPermission,
  SecurityGroup as WireSecurityGroup,
} from '@aws-sdk/client-ec2';
import { describeSecurityGroups as list, listRulesOf } from '../../domain/security-group/index.ts';
import type { State } from '../../domain/index.ts';
import type { SecurityGroup, SecurityGroupRule } from '../../domain/records/index.ts';
import type { Valid, Wire } from '../operation.ts';
import { readDescribe } from './describe-input.ts';
import { paginateEc2 } from './page-ec2.ts';
import { readEc2 } from './read-ec2.ts';
import { describeTags } from './tags.ts';

/** Lists security groups by id, name and filter. */
export const describeSecurityGroups = readEc2(
  'DescribeSecurityGroups',
  (state, request: Valid<DescribeSecurityGroupsRequest>, call): Wire<DescribeSecurityGroupsResult> => {
    const { GroupIds, GroupNames, Filters } = request;
    const names = GroupNames === undefined ? {} : { names: GroupNames };
    const { items, nextToken } = paginateEc2(
      list(state, call, { ...readDescribe(GroupIds, Filters), ...names }),
      request,
    );
    return { SecurityGroups: items.map((group) => describeSecurityGroup(state, group)), NextToken: nextToken };
  },
);

/** Where a group has no description it is the name, for EC2 always has one. */
function describeSecurityGroup(state: State, group: SecurityGroup): Wire<WireSecurityGroup> {
  const { id, name, description = name, arn, account, vpcId, tags } = group;
  return {
    ...{ GroupId: id, GroupName: name, Description: description, SecurityGroupArn: arn, OwnerId: account },
    VpcId: vpcId,
    IpPermissions: describePermissions(listRulesOf(state, group, false)),
    IpPermissionsEgress: describePermissions(listRulesOf(state, group, true)),
    Tags: describeTags(tags),
  };
}

/** Rules of the same protocol and ports are one permission with all of their peers, as EC2 shows them. */
export function describePermissions(rules: readonly SecurityGroupRule[]): readonly Wire<IpPermission>[] {
  const groups = Map.groupBy(rules, ({ protocol, fromPort, toPort }) => `${protocol} ${fromPort} ${toPort}`);
  return [...groups.values()].map((alike): Wire<IpPermission> => {
    const [first] = alike;
    // A permission for every protocol has no ports in EC2.
    const ports =
      first === undefined || first.protocol === '-1' ? {} : { FromPort: first.fromPort, ToPort: first.toPort };
    const peers = alike.map(describePeer);
    return {
      IpProtocol: first?.protocol,
      ...ports,
      IpRanges: peers.flatMap(({ IpRanges = [] }) => IpRanges),
      Ipv6Ranges: peers.flatMap(({ Ipv6Ranges = [] }) => Ipv6Ranges),
      PrefixListIds: peers.flatMap(({ PrefixListIds = [] }) => PrefixListIds),
      UserIdGroupPairs: peers.flatMap(({ UserIdGroupPairs = [] }) => UserIdGroupPairs),
    };
  });
}

function describePeer({ peer, account, description }: SecurityGroupRule): Wire<IpPermission> {
  const said = description === undefined ? {} : { Description: description };
  if (peer.kind === 'group') return { UserIdGroupPairs: [{ GroupId: peer.groupId, UserId: account, ...said }] };
  if (peer.kind === 'prefixList') return { PrefixListIds: [{ PrefixListId: peer.prefixListId, ...said }] };
  if (peer.cidr.includes(':')) return { Ipv6Ranges: [{ CidrIpv6: peer.cidr, ...said }] };
  return { IpRanges: [{ CidrIp: peer.cidr, ...said }] };
}
