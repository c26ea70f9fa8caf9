// DescribeSecurityGroups and DescribeSecurityGroupRules.

import type { Caller } from '../identifiers.ts';
import { listOf, type RecordList } from '../page.ts';
import { keyOfRecord } from '../records/base.ts';
import type { SecurityGroup, SecurityGroupRule } from '../records/ec2.ts';
import { ec2Refusal } from '../refusal.ts';
import { ownedIndexValue } from '../state-indexes.ts';
import { recordsBy, type State } from '../state.ts';
import { describeThings, type DescribeInput } from '../ec2/describe.ts';
import { ec2Filter, type FilterTable } from '../ec2/filter.ts';

/** The rules of a group, of one direction or of both. */
export function listRulesOf(state: State, group: SecurityGroup, isEgress?: boolean): SecurityGroupRule[] {
  const rules = recordsBy(state, 'securityGroupRule', 'rulesByGroup', keyOfRecord(group));
  return isEgress === undefined ? rules : rules.filter((rule) => rule.isEgress === isEgress);
}

/** What rules of each direction are found by. */
const ofRules: Readonly<Record<string, (rule: SecurityGroupRule) => string | number | undefined>> = {
  cidr: ({ peer }) => (peer.kind === 'cidr' && !peer.cidr.includes(':') ? peer.cidr : undefined),
  'ipv6-cidr': ({ peer }) => (peer.kind === 'cidr' && peer.cidr.includes(':') ? peer.cidr : undefined),
  'from-port': ({ fromPort }) => fromPort,
  'to-port': ({ toPort }) => toPort,
  protocol: ({ protocol }) => protocol,
  'group-id': ({ peer }) => (peer.kind === 'group' ? peer.groupId : undefined),
  'prefix-list-id': ({ peer }) => (peer.kind === 'prefixList' ? peer.prefixListId : undefined),
  'user-id': ({ peer, account }) => (peer.kind === 'group' ? account : undefined),
};

/** EC2 API: DescribeSecurityGroups. */
const groupFilters = (state: State): FilterTable<SecurityGroup> => ({
  'group-id': ({ id }) => [id],
  'group-name': ({ name }) => [name],
  description: ({ name, description = name }) => [description],
  'owner-id': ({ account }) => [account],
  'vpc-id': ({ vpcId }) => [vpcId],
  ...Object.fromEntries(
    [false, true].flatMap((isEgress) =>
      Object.entries(ofRules).map(([name, valueOf]) => [
        `${isEgress ? 'egress.' : ''}ip-permission.${name}`,
        (group: SecurityGroup) =>
          listRulesOf(state, group, isEgress)
            .flatMap((rule) => valueOf(rule) ?? [])
            .map(String),
      ]),
    ),
  ),
});

/** The security groups that DescribeSecurityGroups shows: by id or name (an unknown one is refused) and by filter. */
export function describeSecurityGroups(
  state: State,
  caller: Caller,
  { names = [], ...input }: DescribeInput & { readonly names?: readonly string[] },
): RecordList<SecurityGroup> {
  const table = groupFilters(state);
  if (names.length === 0) return describeThings(state, caller, 'securityGroup', table, input);
  const filter = ec2Filter(table, input.filters ?? []);
  const all = recordsBy(state, 'securityGroup', 'owned', ownedIndexValue('securityGroup', caller));
  for (const name of names)
    if (all.every((group) => group.name !== name))
      throw ec2Refusal('InvalidGroup.NotFound', `The security group '${name.slice(0, 255)}' does not exist`);
  const ids = new Set(input.ids);
  const found = all.filter((group) => names.includes(group.name) || ids.has(group.id));
  return listOf(
    `${names.join(' ')} ${[...ids].join(' ')} ${filter?.name}`,
    filter === undefined ? found : found.filter(filter.passes),
  );
}

/** EC2 API: DescribeSecurityGroupRules. */
const ruleFilters: FilterTable<SecurityGroupRule> = {
  'group-id': ({ groupId }) => [groupId],
  'security-group-rule-id': ({ id }) => [id],
};

/** The rules that DescribeSecurityGroupRules shows, by id and by filter. */
export function describeSecurityGroupRules(
  state: State,
  caller: Caller,
  input: DescribeInput,
): RecordList<SecurityGroupRule> {
  return describeThings(state, caller, 'securityGroupRule', ruleFilters, input);
}
