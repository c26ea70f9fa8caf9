// Rules of security groups: authorize, revoke, modify, describe. Each is judged by itself; a call changes all of them or none.

import { formatCidr, parseAddress } from '../../base/cidr.ts';
import type { Context, Decided } from '../decision.ts';
import { getPrefixList } from '../ec2/prefix-list.ts';
import { getThing } from '../ec2/resource.ts';
import { newId } from '../identifiers.ts';
import { keyOf, type Tags } from '../records/base.ts';
import type { IpProtocol, RulePeer, SecurityGroup, SecurityGroupRule } from '../records/ec2.ts';
import { ec2Refusal } from '../refusal.ts';
import { put, remove, type State } from '../state.ts';
import { getOwnGroup, type GroupName } from './get-group.ts';
import { listRulesOf } from './read.ts';

/** The most rules of a group in each direction (VPC User Guide: Quotas; 60, and up to 1,000 on request). */
const MOST_RULES = 1000;

/** A rule as a call gives it. */
export interface NewRule {
  /** A name or a number, `-1` or `all` for any. */
  readonly protocol: string;
  readonly fromPort?: number;
  readonly toPort?: number;
  readonly peer: RulePeer;
  readonly description?: string;
}

interface GoodRule {
  readonly protocol: IpProtocol;
  readonly fromPort: number;
  readonly toPort: number;
  readonly peer: RulePeer;
  readonly description?: string;
}

/** A rule of `group`, with an id of its own. */
export function makeRule(
  group: SecurityGroup,
  isEgress: boolean,
  rule: GoodRule,
  tags: Tags,
  context: Context,
): SecurityGroupRule {
  const { account, region, vpcKey, id: groupId } = group;
  const { now, random } = context;
  return {
    ...{ account, region, id: newId('sgr', random), createdAt: now, lastUpdatedAt: now, tags },
    ...{ vpcKey, groupId, isEgress, ...rule },
  };
}

const protocols: ReadonlyMap<string, IpProtocol> = new Map([
  ['all', '-1'],
  ['-1', '-1'],
  ['tcp', 'tcp'],
  ['6', 'tcp'],
  ['udp', 'udp'],
  ['17', 'udp'],
  ['icmp', 'icmp'],
  ['1', 'icmp'],
  ['icmpv6', 'icmpv6'],
  ['58', 'icmpv6'],
]);

/** A rule in the form in which it is stored and compared. */
function checkRule(state: State, group: SecurityGroup, rule: NewRule): GoodRule {
  const { description } = rule;
  if (description !== undefined && !/^[\w .:/()#,@[\]+=&;{}!$*-]{0,255}$/.test(description))
    throw ec2Refusal(
      'InvalidParameterValue',
      'Invalid rule description. Valid descriptions are strings less than 256 characters from the following set: a-zA-Z0-9. _-:/()#,@[]+=&;{}!$*',
    );
  return {
    ...checkPorts(rule),
    peer: checkPeer(state, group, rule.peer),
    ...(description === undefined || description === '' ? {} : { description }),
  };
}

function checkPorts({ protocol: text, fromPort, toPort }: NewRule): Pick<GoodRule, 'protocol' | 'fromPort' | 'toPort'> {
  const number = /^(?:0|[1-9]\d{0,2})$/.test(text) && Number(text) <= 255 ? Number(text) : undefined;
  const protocol: IpProtocol | undefined =
    protocols.get(text.toLowerCase()) ?? (number === undefined ? undefined : `${number}`);
  if (protocol === undefined)
    throw ec2Refusal(
      'InvalidParameterValue',
      `Invalid value '${text.slice(0, 64)}' for IP protocol. Unknown protocol.`,
    );
  if (protocol === 'icmp' || protocol === 'icmpv6') {
    const [type, code] = [fromPort ?? -1, toPort ?? -1];
    if (type < -1 || type > 255 || code < -1 || code > 255 || (type === -1 && code !== -1))
      throw ec2Refusal('InvalidParameterValue', `ICMP code (${code}) is not valid with ICMP type (${type}).`);
    return { protocol, fromPort: type, toPort: code };
  }
  if (protocol !== 'tcp' && protocol !== 'udp') return { protocol, fromPort: -1, toPort: -1 };
  if (fromPort === undefined || toPort === undefined)
    throw ec2Refusal(
      'InvalidParameterValue',
      "Invalid value 'Must specify both from and to ports with TCP/UDP.' for portRange.",
    );
  if (fromPort < 0 || toPort > 65_535 || fromPort > toPort)
    throw ec2Refusal('InvalidParameterValue', `Invalid value '${fromPort}-${toPort}' for portRange.`);
  return { protocol, fromPort, toPort };
}

function checkPeer(state: State, group: SecurityGroup, peer: RulePeer): RulePeer {
  if (peer.kind === 'prefixList')
    return { kind: 'prefixList', prefixListId: getPrefixList(state, group, peer.prefixListId).id };
  if (peer.kind === 'group') {
    const other = getThing(state, group, 'securityGroup', peer.groupId);
    if (other.vpcKey !== group.vpcKey)
      throw ec2Refusal('InvalidGroup.NotFound', 'You have specified two resources that belong to different networks.');
    return peer;
  }
  const [address = '', prefix = ''] = peer.cidr.split('/');
  const parsed = parseAddress(address);
  const bits = parsed?.family === 4 ? 32 : 128;
  if (parsed === undefined || !/^\d{1,3}$/.test(prefix) || Number(prefix) > bits)
    throw ec2Refusal('InvalidParameterValue', `CIDR block ${peer.cidr.slice(0, 64)} is malformed`);
  const host = BigInt(bits - Number(prefix));
  const cidr = { family: parsed.family, base: (parsed.value >> host) << host, prefix: Number(prefix) };
  return { kind: 'cidr', cidr: formatCidr(cidr) };
}

/** Equal for rules that say the same. A call may name thousands of them, so that they are looked up by it. */
function sense({ protocol, fromPort, toPort, peer }: GoodRule): string {
  const { kind } = peer;
  const whom = kind === 'cidr' ? peer.cidr : kind === 'group' ? peer.groupId : peer.prefixListId;
  return `${protocol} ${fromPort} ${toPort} ${kind} ${whom}`;
}

function bySense(rules: readonly SecurityGroupRule[]): ReadonlyMap<string, SecurityGroupRule> {
  return new Map(rules.map((rule) => [sense(rule), rule]));
}

/** Rules of one direction of one group. */
export interface RulesInput extends GroupName {
  readonly isEgress: boolean;
  readonly rules: readonly NewRule[];
}

/** AuthorizeSecurityGroupIngress and …Egress: `InvalidPermission.Duplicate` for what is there already. Result: the new rules. */
export function authorizeRules(
  state: State,
  input: RulesInput & { readonly tags?: Tags },
  context: Context,
): Decided<readonly SecurityGroupRule[]> {
  const group = getOwnGroup(state, context, input);
  const { isEgress, tags = {} } = input;
  if (input.rules.length === 0)
    throw ec2Refusal('MissingParameter', 'Either IpPermissions or a source or destination must be specified.');
  const there = listRulesOf(state, group, isEgress);
  const made: SecurityGroupRule[] = [];
  const taken = new Set(there.map(sense));
  for (const rule of input.rules) {
    const good = checkRule(state, group, rule);
    const text = sense(good);
    if (taken.has(text))
      throw ec2Refusal('InvalidPermission.Duplicate', `the specified rule "${formatRule(good)}" already exists`);
    taken.add(text);
    made.push(makeRule(group, isEgress, good, tags, context));
  }
  if (there.length + made.length > MOST_RULES)
    throw ec2Refusal(
      'RulesPerSecurityGroupLimitExceeded',
      'The maximum number of rules per security group has been reached.',
    );
  return { changes: made.map((rule) => put('securityGroupRule', rule)), result: made };
}

function formatRule({ protocol, fromPort, toPort, peer }: GoodRule): string {
  const whom = peer.kind === 'cidr' ? peer.cidr : peer.kind === 'group' ? peer.groupId : peer.prefixListId;
  return `peer: ${whom}, ${protocol === '-1' ? 'ALL' : protocol.toUpperCase()}, from port: ${fromPort}, to port: ${toPort}, ALLOW`;
}

/** What is revoked: rules by their ids, or by what they say. */
export type RevokeInput = GroupName & { readonly isEgress: boolean } & (
    | { readonly ruleIds: readonly string[] }
    | { readonly rules: readonly NewRule[] }
  );

/** RevokeSecurityGroupIngress and …Egress: `InvalidPermission.NotFound`, `InvalidSecurityGroupRuleId.NotFound`. Result: the rules that went. */
export function revokeRules(state: State, input: RevokeInput, context: Context): Decided<readonly SecurityGroupRule[]> {
  const group = getOwnGroup(state, context, input);
  const there = bySense(listRulesOf(state, group, input.isEgress));
  const gone = new Set(
    'ruleIds' in input
      ? input.ruleIds.map((id) => getRule(state, group, id, input.isEgress))
      : input.rules.map((rule) => {
          const found = there.get(sense(checkRule(state, group, rule)));
          if (found !== undefined) return found;
          throw ec2Refusal('InvalidPermission.NotFound', 'The specified rule does not exist in this security group.');
        }),
  );
  if (gone.size === 0)
    throw ec2Refusal('MissingParameter', 'Either IpPermissions or SecurityGroupRuleIds must be specified.');
  return { changes: [...gone].map((rule) => remove('securityGroupRule', rule)), result: [...gone] };
}

function getRule(state: State, group: SecurityGroup, id: string, isEgress?: boolean): SecurityGroupRule {
  const rule = getThing(state, group, 'securityGroupRule', id);
  if (rule.groupId === group.id && (isEgress === undefined || rule.isEgress === isEgress)) return rule;
  throw ec2Refusal(
    'InvalidSecurityGroupRuleId.NotFound',
    `The security group rule ID '${id}' does not exist in security group '${group.id}'`,
  );
}

/** ModifySecurityGroupRules: rules that keep their ids and direction. */
export function modifyRules(
  state: State,
  input: { readonly groupId: string; readonly rules: readonly { readonly id: string; readonly rule: NewRule }[] },
  context: Context,
): Decided<null> {
  const group = getOwnGroup(state, context, input);
  const changed = input.rules.map(({ id, rule }): SecurityGroupRule => {
    const { description: _gone, ...before } = getRule(state, group, id);
    return { ...before, ...checkRule(state, group, rule), lastUpdatedAt: context.now };
  });
  const after = new Map(listRulesOf(state, group).map((rule) => [rule.id, rule]));
  for (const rule of changed) after.set(rule.id, rule);
  const same = Map.groupBy(after.values(), (rule) => `${rule.isEgress} ${sense(rule)}`);
  for (const rule of changed)
    if (same.get(`${rule.isEgress} ${sense(rule)}`)?.some(({ id }) => id !== rule.id) === true)
      throw ec2Refusal('InvalidPermission.Duplicate', `the specified rule "${formatRule(rule)}" already exists`);
  return { changes: changed.map((rule) => put('securityGroupRule', rule)), result: null };
}

/** UpdateSecurityGroupRuleDescriptionsIngress and …Egress: by ids, or by what the rules say; an empty description takes it away. */
export function tellRules(
  state: State,
  input: GroupName & {
    readonly isEgress: boolean;
    readonly rules: readonly NewRule[];
    readonly descriptions: readonly { readonly id: string; readonly description: string }[];
  },
  context: Context,
): Decided<null> {
  const group = getOwnGroup(state, context, input);
  const there = bySense(listRulesOf(state, group, input.isEgress));
  const byText = input.rules.map((rule) => {
    const good = checkRule(state, group, rule);
    const found = there.get(sense(good));
    if (found === undefined)
      throw ec2Refusal('InvalidPermission.NotFound', 'The specified rule does not exist in this security group.');
    return [found, good.description] as const;
  });
  const byId = input.descriptions.map(({ id, description }) => {
    const found = getRule(state, group, id, input.isEgress);
    return [found, checkRule(state, group, { ...found, description }).description] as const;
  });
  const changes = [...byText, ...byId].map(([rule, description]) => {
    const current = state.tables.securityGroupRule.get(keyOf(rule.account, rule.region, rule.id)) ?? rule;
    const { description: _gone, ...rest } = current;
    return put('securityGroupRule', { ...rest, ...(description === undefined ? {} : { description }) });
  });
  return { changes, result: null };
}
