// What security groups say of a TCP connection: the one reading of their rules.

import { cidrIncludes, parseCidr, type Cidr } from '../base/cidr.ts';
import type { SecurityGroupRecord, SecurityRule } from './types.ts';

/** An address of a VPC and the groups of who is there. */
export interface GroupMember {
  readonly address: string;
  readonly securityGroups: readonly string[];
}

/** The addresses that each group stands for. */
export function membersByGroup(workloads: Iterable<GroupMember>): ReadonlyMap<string, readonly string[]> {
  const members = new Map<string, string[]>();
  for (const { address, securityGroups } of workloads)
    for (const group of securityGroups) members.set(group, [...(members.get(group) ?? []), address]);
  return members;
}

/** The ports of a rule, inclusive; `fromPort` -1 or a range of all ports is every port (EC2 API reference, IpPermission). */
export function portsOf({ fromPort, toPort }: SecurityRule): readonly [from: number, to: number] | 'every' {
  return fromPort <= 0 && (toPort >= 65535 || toPort < 0) ? 'every' : [Math.max(fromPort, 0), toPort];
}

/** What groups say of a connection: the first rule that lets it pass, and its group. */
export interface GroupsVerdict {
  /** None: everything passes. */
  readonly groups: readonly string[];
  readonly passes: boolean;
  readonly by?: { readonly group: string; readonly rule: SecurityRule };
}

/**
 * Asks the groups with the ids `groups` among `known` about TCP connections on `port` whose other side is at `address`; a range
 * (`10.0.0.0/16`) stands for somebody in it, of whom only what is true of all is known.
 */
export function askGroups(
  known: readonly SecurityGroupRecord[],
  groups: readonly string[],
  way: 'ingress' | 'egress',
  {
    address,
    port,
    members,
  }: { readonly address: string; readonly port: number; readonly members: ReadonlyMap<string, readonly string[]> },
): GroupsVerdict {
  if (groups.length === 0) return { groups, passes: true };
  const other = parseCidr(address.includes('/') ? address : `${address}/32`);
  for (const { id, [way]: rules } of known) {
    if (!groups.includes(id)) continue;
    const rule = rules.find((one) => other !== undefined && permits(one, other, port, members));
    if (rule !== undefined) return { groups, passes: true, by: { group: id, rule } };
  }
  return { groups, passes: false };
}

function permits(
  rule: SecurityRule,
  other: Cidr,
  port: number,
  members: ReadonlyMap<string, readonly string[]>,
): boolean {
  if (rule.protocol !== 'tcp' && rule.protocol !== '-1') return false;
  const ports = rule.protocol === '-1' ? 'every' : portsOf(rule);
  if (ports !== 'every' && (port < ports[0] || port > ports[1])) return false;
  const ranges = [...rule.cidrs, ...rule.groups.flatMap((group) => members.get(group) ?? []).map((one) => `${one}/32`)];
  return ranges.some((text) => {
    const range = parseCidr(text);
    return range !== undefined && cidrIncludes(range, other);
  });
}
