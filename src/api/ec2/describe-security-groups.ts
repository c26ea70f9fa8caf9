// DescribeSecurityGroups.

import type {
  DescribeSecurityGroupsRequest,
  DescribeSecurityGroupsResult,
  IpPermission,
  SecurityGroup as WireSecurityGroup,
} from '@aws-sdk/client-ec2';
import { describeSecurityGroups as list } from '../../domain/ec2/index.ts';
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
    return { SecurityGroups: items.map(describeSecurityGroup), NextToken: nextToken };
  },
);

/** The configuration gives groups no description: it is the name, for EC2 always has one. */
function describeSecurityGroup(group: SecurityGroup): Wire<WireSecurityGroup> {
  const { id, name, arn, account, vpcId, ingress, egress, tags } = group;
  return {
    ...{ GroupId: id, GroupName: name, Description: name, SecurityGroupArn: arn, OwnerId: account, VpcId: vpcId },
    IpPermissions: ingress.map((rule) => describePermission(account, rule)),
    IpPermissionsEgress: egress.map((rule) => describePermission(account, rule)),
    Tags: describeTags(tags),
  };
}

function describePermission(
  account: string,
  { protocol, fromPort, toPort, cidrs, groups }: SecurityGroupRule,
): Wire<IpPermission> {
  return {
    IpProtocol: protocol,
    // A rule for every protocol has no ports in EC2.
    ...(protocol === '-1' ? {} : { FromPort: fromPort, ToPort: toPort }),
    IpRanges: cidrs.filter((cidr) => !cidr.includes(':')).map((CidrIp) => ({ CidrIp })),
    Ipv6Ranges: cidrs.filter((cidr) => cidr.includes(':')).map((CidrIpv6) => ({ CidrIpv6 })),
    PrefixListIds: [],
    UserIdGroupPairs: groups.map((GroupId) => ({ GroupId, UserId: account })),
  };
}
