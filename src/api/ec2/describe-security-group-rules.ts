// DescribeSecurityGroupRules, and a rule in EC2's shape.

import type {
  DescribeSecurityGroupRulesRequest,
  DescribeSecurityGroupRulesResult,
  SecurityGroupRule as WireRule,
} from '@aws-sdk/client-ec2';
import { describeSecurityGroupRules as list } from '../../domain/security-group/index.ts';
import type { SecurityGroupRule } from '../../domain/records/index.ts';
import type { Valid, Wire } from '../operation.ts';
import { readDescribe } from './describe-input.ts';
import { paginateEc2 } from './page-ec2.ts';
import { readEc2 } from './read-ec2.ts';
import { describeTags } from './tags.ts';

/** Lists the rules of security groups by id and filter. */
export const describeSecurityGroupRules = readEc2(
  'DescribeSecurityGroupRules',
  (state, request: Valid<DescribeSecurityGroupRulesRequest>, call): Wire<DescribeSecurityGroupRulesResult> => {
    const found = list(state, call, readDescribe(request.SecurityGroupRuleIds, request.Filters));
    const { items, nextToken } = paginateEc2(found, request);
    return { SecurityGroupRules: items.map(describeRule), NextToken: nextToken };
  },
);

/** A rule. One for every protocol has all ports. */
export function describeRule(rule: SecurityGroupRule): Wire<WireRule> {
  const { id, groupId, account, region, isEgress, protocol, fromPort, toPort, description, tags } = rule;
  return {
    ...{ SecurityGroupRuleId: id, GroupId: groupId, GroupOwnerId: account, IsEgress: isEgress, IpProtocol: protocol },
    SecurityGroupRuleArn: `arn:aws:ec2:${region}:${account}:security-group-rule/${id}`,
    ...(protocol === '-1' ? { FromPort: -1, ToPort: -1 } : { FromPort: fromPort, ToPort: toPort }),
    ...describePeer(rule),
    ...(description === undefined ? {} : { Description: description }),
    Tags: describeTags(tags),
  };
}

function describePeer({ peer, account }: SecurityGroupRule): Wire<WireRule> {
  if (peer.kind === 'group') return { ReferencedGroupInfo: { GroupId: peer.groupId, UserId: account } };
  if (peer.kind === 'prefixList') return { PrefixListId: peer.prefixListId };
  return peer.cidr.includes(':') ? { CidrIpv6: peer.cidr } : { CidrIpv4: peer.cidr };
}
