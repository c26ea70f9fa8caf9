// DescribeSecurityGroupRules.

import type {
  DescribeSecurityGroupRulesRequest,
  DescribeSecurityGroupRulesResult,
  SecurityGroupRule,
} from '@aws-sdk/client-ec2';
import { describeSecurityGroupRules as list, type SecurityGroupPermission } from '../../domain/ec2/index.ts';
import type { Valid, Wire } from '../operation.ts';
import { readDescribe } from './describe-input.ts';
import { paginateEc2 } from './page-ec2.ts';
import { readEc2 } from './read-ec2.ts';

/** Lists the rules of security groups by id and filter. */
export const describeSecurityGroupRules = readEc2(
  'DescribeSecurityGroupRules',
  (state, request: Valid<DescribeSecurityGroupRulesRequest>, call): Wire<DescribeSecurityGroupRulesResult> => {
    const found = list(state, call, readDescribe(request.SecurityGroupRuleIds, request.Filters));
    const { items, nextToken } = paginateEc2(found, request);
    return { SecurityGroupRules: items.map(describeRule), NextToken: nextToken };
  },
);

function describeRule(rule: SecurityGroupPermission): Wire<SecurityGroupRule> {
  const { id, groupId, account, isEgress, protocol, fromPort, toPort, cidr, referencedGroupId } = rule;
  return {
    ...{ SecurityGroupRuleId: id, GroupId: groupId, GroupOwnerId: account, IsEgress: isEgress, IpProtocol: protocol },
    ...(protocol === '-1' ? { FromPort: -1, ToPort: -1 } : { FromPort: fromPort, ToPort: toPort }),
    ...(cidr === undefined ? {} : cidr.includes(':') ? { CidrIpv6: cidr } : { CidrIpv4: cidr }),
    ...(referencedGroupId === undefined
      ? {}
      : { ReferencedGroupInfo: { GroupId: referencedGroupId, UserId: account } }),
    Tags: [],
  };
}
