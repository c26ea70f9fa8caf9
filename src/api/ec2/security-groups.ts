// The calls that change security groups and their rules.

import type {
  AuthorizeSecurityGroupEgressRequest,
  AuthorizeSecurityGroupEgressResult,
  AuthorizeSecurityGroupIngressRequest,
  CreateSecurityGroupRequest,
  CreateSecurityGroupResult,
  DeleteSecurityGroupRequest,
  DeleteSecurityGroupResult,
  DescribeSecurityGroupReferencesRequest,
  DescribeSecurityGroupReferencesResult,
  GetSecurityGroupsForVpcRequest,
  GetSecurityGroupsForVpcResult,
  IpPermission,
  ModifySecurityGroupRulesRequest,
  RevokeSecurityGroupEgressRequest,
  RevokeSecurityGroupEgressResult,
  RevokeSecurityGroupIngressRequest,
  RevokedSecurityGroupRule,
  SecurityGroupForVpc,
  SecurityGroupRuleRequest,
  UpdateSecurityGroupRuleDescriptionsIngressRequest,
  UserIdGroupPair,
} from '@aws-sdk/client-ec2';
import { ServiceError } from '../../aws/index.ts';
import type { State } from '../../domain/index.ts';
import type { RulePeer, SecurityGroupRule } from '../../domain/records/index.ts';
import {
  authorizeRules,
  createSecurityGroup as create,
  deleteSecurityGroup as drop,
  describeSecurityGroups,
  modifyRules,
  revokeRules,
  tellRules,
  type GroupName,
  type NewRule,
} from '../../domain/security-group/index.ts';
import { getThing, getVpc } from '../../domain/ec2/index.ts';
import type { Operation, Valid, Wire } from '../operation.ts';
import { changeEc2 } from './change-ec2.ts';
import type { Ec2Deps } from './deps.ts';
import { describeRule } from './describe-security-group-rules.ts';
import { paginateEc2 } from './page-ec2.ts';
import { present } from './optional.ts';
import { readEc2 } from './read-ec2.ts';
import { describeTags, readFilters, readTags } from './tags.ts';

function need<T>(value: T | undefined, name: string): T {
  if (value === undefined) throw new ServiceError('MissingParameter', `The request must contain the parameter ${name}`);
  return value;
}

const described = (description: string | undefined) => (description === undefined ? {} : { description });

/** A group that a rule refers to; by its name only where that is a group of the default VPC, which is looked up as any. */
function readPair({ GroupId, GroupName, Description }: Valid<UserIdGroupPair>) {
  if (GroupId === undefined && GroupName !== undefined)
    throw new ServiceError('InvalidParameterValue', 'Groups of a VPC are referred to by their ids.');
  const peer: RulePeer = { kind: 'group', groupId: need(GroupId, 'groupId') };
  return { peer, ...described(Description) };
}

/** One rule for each peer of each permission. */
function readPermissions(permissions: readonly Valid<IpPermission>[] = []): readonly NewRule[] {
  return permissions.flatMap((permission) => {
    const { IpProtocol, FromPort, ToPort, IpRanges = [], Ipv6Ranges = [], PrefixListIds = [] } = permission;
    const ports = { protocol: need(IpProtocol, 'ipProtocol'), ...present({ fromPort: FromPort, toPort: ToPort }) };
    const cidr = (text: string | undefined, description: string | undefined) => {
      const peer: RulePeer = { kind: 'cidr', cidr: need(text, 'cidrIp') };
      return { peer, ...described(description) };
    };
    return [
      ...IpRanges.map((one) => cidr(one.CidrIp, one.Description)),
      ...Ipv6Ranges.map((one) => cidr(one.CidrIpv6, one.Description)),
      ...PrefixListIds.map(({ PrefixListId, Description }) => {
        const peer: RulePeer = { kind: 'prefixList', prefixListId: need(PrefixListId, 'prefixListId') };
        return { peer, ...described(Description) };
      }),
      ...(permission.UserIdGroupPairs ?? []).map(readPair),
    ].map((whom) => ({ ...ports, ...whom }));
  });
}

/** A request that names its rules by permissions, or the only one by members of its own. */
interface RulesRequest {
  readonly GroupId?: string;
  readonly GroupName?: string;
  readonly IpPermissions?: readonly Valid<IpPermission>[];
  readonly IpProtocol?: string;
  readonly FromPort?: number;
  readonly ToPort?: number;
  readonly CidrIp?: string;
  readonly SourceSecurityGroupName?: string;
}

function readRules(request: RulesRequest): readonly NewRule[] {
  const { IpPermissions, IpProtocol, FromPort, ToPort, CidrIp, SourceSecurityGroupName } = request;
  if (SourceSecurityGroupName !== undefined)
    throw new ServiceError('UnsupportedOperation', 'Groups of a VPC are referred to by their ids, in IpPermissions.');
  if (CidrIp === undefined) return readPermissions(IpPermissions);
  if (IpPermissions !== undefined)
    throw new ServiceError('InvalidParameterCombination', 'Give IpPermissions, or the members of one rule.');
  return readPermissions([{ ...present({ IpProtocol, FromPort, ToPort }), IpRanges: [{ CidrIp }] }]);
}

function nameOf({ GroupId, GroupName }: { readonly GroupId?: string; readonly GroupName?: string }): GroupName {
  return present({ groupId: GroupId, groupName: GroupName });
}

function authorize(way: 'Ingress' | 'Egress'): Operation<Ec2Deps> {
  return changeEc2(
    `AuthorizeSecurityGroup${way}`,
    authorizeRules,
    (request: Valid<AuthorizeSecurityGroupIngressRequest | AuthorizeSecurityGroupEgressRequest>) => ({
      ...{ ...nameOf(request), isEgress: way === 'Egress', rules: readRules(request) },
      ...readTags(request.TagSpecifications, 'security-group-rule'),
    }),
    (rules): Wire<AuthorizeSecurityGroupEgressResult> => ({
      Return: true,
      SecurityGroupRules: rules.map(describeRule),
    }),
  );
}

function revoke(way: 'Ingress' | 'Egress'): Operation<Ec2Deps> {
  return changeEc2(
    `RevokeSecurityGroup${way}`,
    revokeRules,
    (request: Valid<RevokeSecurityGroupIngressRequest | RevokeSecurityGroupEgressRequest>) => {
      const { SecurityGroupRuleIds: ruleIds } = request;
      const whose = { ...nameOf(request), isEgress: way === 'Egress' };
      const rules = readRules(request);
      if (ruleIds !== undefined && rules.length > 0)
        throw new ServiceError('InvalidParameterCombination', 'Give rules by their ids, or by what they say.');
      return ruleIds === undefined ? { ...whose, rules } : { ...whose, ruleIds };
    },
    (rules): Wire<RevokeSecurityGroupEgressResult> => ({
      ...{ Return: true, RevokedSecurityGroupRules: rules.map(describeRevoked) },
    }),
  );
}

function describeRevoked(rule: SecurityGroupRule): Wire<RevokedSecurityGroupRule> {
  const { SecurityGroupRuleId, GroupId, IsEgress, IpProtocol, FromPort, ToPort, ...whom } = describeRule(rule);
  const { CidrIpv4, CidrIpv6, PrefixListId, ReferencedGroupInfo, Description } = whom;
  return present({
    ...{ SecurityGroupRuleId, GroupId, IsEgress, IpProtocol, FromPort, ToPort, CidrIpv4, CidrIpv6, PrefixListId },
    ...{ ReferencedGroupId: ReferencedGroupInfo?.GroupId, Description },
  });
}

function tell(way: 'Ingress' | 'Egress'): Operation<Ec2Deps> {
  return changeEc2(
    `UpdateSecurityGroupRuleDescriptions${way}`,
    tellRules,
    (request: Valid<UpdateSecurityGroupRuleDescriptionsIngressRequest>) => ({
      ...{ ...nameOf(request), isEgress: way === 'Egress', rules: readPermissions(request.IpPermissions) },
      descriptions: (request.SecurityGroupRuleDescriptions ?? []).map(({ SecurityGroupRuleId, Description = '' }) => ({
        ...{ id: need(SecurityGroupRuleId, 'securityGroupRuleId'), description: Description },
      })),
    }),
    () => ({ Return: true }),
  );
}

/** A rule as ModifySecurityGroupRules gives it: with one peer. */
function readRule(rule: Valid<SecurityGroupRuleRequest>): NewRule {
  const { IpProtocol, FromPort, ToPort, CidrIpv4, CidrIpv6, PrefixListId, ReferencedGroupId, Description } = rule;
  const peers: readonly RulePeer[] = [
    ...[CidrIpv4, CidrIpv6].flatMap((cidr): RulePeer[] => (cidr === undefined ? [] : [{ kind: 'cidr', cidr }])),
    ...(PrefixListId === undefined ? [] : [{ kind: 'prefixList' as const, prefixListId: PrefixListId }]),
    ...(ReferencedGroupId === undefined ? [] : [{ kind: 'group' as const, groupId: ReferencedGroupId }]),
  ];
  const [peer] = peers;
  if (peer === undefined || peers.length > 1)
    throw new ServiceError('InvalidParameterCombination', 'A rule has exactly one source or destination.');
  const ports = { protocol: need(IpProtocol, 'IpProtocol'), ...present({ fromPort: FromPort, toPort: ToPort }) };
  return { ...ports, peer, ...described(Description) };
}

function describeForVpc(
  state: State,
  request: Valid<GetSecurityGroupsForVpcRequest>,
  call: Parameters<typeof getVpc>[1],
) {
  const vpc = getVpc(state, call, request.VpcId);
  const { filters = [] } = readFilters(request.Filters);
  const list = describeSecurityGroups(state, call, { filters: [...filters, { name: 'vpc-id', values: [vpc.id] }] });
  return paginateEc2(list, request);
}

/** Create and delete of groups; authorize, revoke, modify and describe of rules. */
export const securityGroupOperations: readonly Operation<Ec2Deps>[] = [
  changeEc2(
    'CreateSecurityGroup',
    create,
    ({ GroupName, Description, VpcId, TagSpecifications }: Valid<CreateSecurityGroupRequest>) => ({
      ...{ name: GroupName, description: Description, ...present({ vpcId: VpcId }) },
      ...readTags(TagSpecifications, 'security-group'),
    }),
    ({ id, arn, tags }): Wire<CreateSecurityGroupResult> => ({
      ...{ GroupId: id, SecurityGroupArn: arn, Tags: describeTags(tags) },
    }),
  ),
  changeEc2(
    'DeleteSecurityGroup',
    drop,
    (request: Valid<DeleteSecurityGroupRequest>) => nameOf(request),
    (_result): Wire<DeleteSecurityGroupResult> => ({ Return: true }),
  ),
  authorize('Ingress'),
  authorize('Egress'),
  revoke('Ingress'),
  revoke('Egress'),
  tell('Ingress'),
  tell('Egress'),
  changeEc2(
    'ModifySecurityGroupRules',
    modifyRules,
    ({ GroupId, SecurityGroupRules }: Valid<ModifySecurityGroupRulesRequest>) => ({
      groupId: GroupId,
      rules: SecurityGroupRules.map(({ SecurityGroupRuleId, SecurityGroupRule = {} }) => ({
        ...{ id: SecurityGroupRuleId, rule: readRule(SecurityGroupRule) },
      })),
    }),
    () => ({ Return: true }),
  ),
  // Such references come from VPCs that are peers, and there are none.
  readEc2(
    'DescribeSecurityGroupReferences',
    (
      state,
      { GroupId }: Valid<DescribeSecurityGroupReferencesRequest>,
      call,
    ): Wire<DescribeSecurityGroupReferencesResult> => {
      for (const id of GroupId) getThing(state, call, 'securityGroup', id);
      return { SecurityGroupReferenceSet: [] };
    },
  ),
  readEc2(
    'GetSecurityGroupsForVpc',
    (state, request: Valid<GetSecurityGroupsForVpcRequest>, call): Wire<GetSecurityGroupsForVpcResult> => {
      const { items, nextToken } = describeForVpc(state, request, call);
      return {
        SecurityGroupForVpcs: items.map(
          ({ id, name, description = name, account, vpcId, tags }): Wire<SecurityGroupForVpc> => ({
            ...{ GroupId: id, GroupName: name, Description: description, OwnerId: account, PrimaryVpcId: vpcId },
            Tags: describeTags(tags),
          }),
        ),
        NextToken: nextToken,
      };
    },
  ),
];
