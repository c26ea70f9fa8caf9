// DescribeSecurityGroups and DescribeSecurityGroupRules.

import { createHash } from 'node:crypto';
import type { Caller } from '../identifiers.ts';
import { listOf, type RecordList } from '../page.ts';
import type { BaseRecord } from '../records/base.ts';
import type { SecurityGroup, SecurityGroupRule } from '../records/ec2.ts';
import { ec2Refusal } from '../refusal.ts';
import { ownedIndexValue } from '../state-indexes.ts';
import { recordsBy, type State } from '../state.ts';
import { describeDerived, describeStored, type DescribeInput } from './describe.ts';
import { ec2Filter, type FilterTable } from './filter.ts';

const ofRules =
  (direction: 'ingress' | 'egress', values: (rule: SecurityGroupRule) => readonly (string | number)[]) =>
  (group: SecurityGroup): readonly string[] =>
    group[direction].flatMap((rule) => values(rule).map(String));

const ruleFilters = (prefix: string, direction: 'ingress' | 'egress'): FilterTable<SecurityGroup> => ({
  [`${prefix}.cidr`]: ofRules(direction, ({ cidrs }) => cidrs),
  [`${prefix}.from-port`]: ofRules(direction, ({ fromPort }) => [fromPort]),
  [`${prefix}.to-port`]: ofRules(direction, ({ toPort }) => [toPort]),
  [`${prefix}.protocol`]: ofRules(direction, ({ protocol }) => [protocol]),
  [`${prefix}.group-id`]: ofRules(direction, ({ groups }) => groups),
});

/** EC2 API: DescribeSecurityGroups. */
const groupFilters: FilterTable<SecurityGroup> = {
  'group-id': ({ id }) => [id],
  'group-name': ({ name }) => [name],
  description: ({ name }) => [name],
  'owner-id': ({ account }) => [account],
  'vpc-id': ({ vpcId }) => [vpcId],
  ...ruleFilters('ip-permission', 'ingress'),
  ...ruleFilters('egress.ip-permission', 'egress'),
};

const unknownGroup = {
  code: 'InvalidGroup.NotFound',
  message: (id: string) => `The security group '${id}' does not exist`,
};

/** The security groups that DescribeSecurityGroups shows: by id or name (an unknown one is refused) and by filter. */
export function describeSecurityGroups(
  state: State,
  caller: Caller,
  { names = [], ...input }: DescribeInput & { readonly names?: readonly string[] },
): RecordList<SecurityGroup> {
  const what = { kind: 'securityGroup', table: groupFilters, unknown: unknownGroup } as const;
  if (names.length === 0) return describeStored(state, caller, what, input);
  const filter = ec2Filter(groupFilters, input.filters ?? []);
  const all = recordsBy(state, 'securityGroup', 'owned', ownedIndexValue('securityGroup', caller));
  for (const name of names)
    if (all.every((group) => group.name !== name)) throw ec2Refusal(unknownGroup.code, unknownGroup.message(name));
  const ids = new Set(input.ids);
  const found = all.filter((group) => names.includes(group.name) || ids.has(group.id));
  return listOf(
    `${names.join(' ')} ${[...ids].join(' ')} ${filter?.name}`,
    filter === undefined ? found : found.filter(filter.passes),
  );
}

/** One source or destination of one rule of a security group, as EC2 counts rules. */
export interface SecurityGroupPermission extends BaseRecord {
  readonly groupId: string;
  readonly isEgress: boolean;
  readonly protocol: SecurityGroupRule['protocol'];
  readonly fromPort: number;
  readonly toPort: number;
  readonly cidr?: string;
  /** The security group that the rule refers to. */
  readonly referencedGroupId?: string;
}

/** The rules that DescribeSecurityGroupRules shows, by id and by filter; their ids follow from what they say. */
export function describeSecurityGroupRules(
  state: State,
  caller: Caller,
  input: DescribeInput,
): RecordList<SecurityGroupPermission> {
  const groups = recordsBy(state, 'securityGroup', 'owned', ownedIndexValue('securityGroup', caller));
  const unknown = {
    code: 'InvalidSecurityGroupRuleId.NotFound',
    message: (id: string) => `The security group rule ID '${id}' does not exist`,
  };
  const table: FilterTable<SecurityGroupPermission> = {
    'group-id': ({ groupId }) => [groupId],
    'security-group-rule-id': ({ id }) => [id],
  };
  return describeDerived(groups.flatMap(permissionsOf), { scope: 'security group rules', table, unknown }, input);
}

function permissionsOf(group: SecurityGroup): readonly SecurityGroupPermission[] {
  const { account, region, createdAt, lastUpdatedAt } = group;
  return (['ingress', 'egress'] as const).flatMap((direction) =>
    group[direction].flatMap(({ protocol, fromPort, toPort, cidrs, groups }) => {
      const make = (peer: Pick<SecurityGroupPermission, 'cidr' | 'referencedGroupId'>): SecurityGroupPermission => {
        const rule = { groupId: group.id, isEgress: direction === 'egress', protocol, fromPort, toPort, ...peer };
        const hash = createHash('sha256').update(JSON.stringify(rule)).digest('hex').slice(0, 16);
        return { ...{ account, region, createdAt, lastUpdatedAt, tags: {} }, id: `sgr-0${hash}`, ...rule };
      };
      return [...cidrs.map((cidr) => make({ cidr })), ...groups.map((id) => make({ referencedGroupId: id }))];
    }),
  );
}
