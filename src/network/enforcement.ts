// The packet filter of a VPC's router: who may reach what. It sits in the router, never where a workload could change it.

import { cidrIncludes, parseCidr, type Cidr } from '../base/cidr.ts';
import {
  membersByGroup,
  portsOf,
  type GroupMember,
  type SecurityGroupRecord,
  type SecurityRule,
} from '../snapshot/index.ts';
import { routerUplink, workloadLink } from './names.ts';
import type { Chain, FilterRule, Ruleset } from './ruleset.ts';

/** Where a workload stands and which security groups it has; none means that everything is allowed. */
export type GuardedWorkload = GroupMember;

/** A door's service addresses (of a VPC endpoint its ranges), and which groups choose its clients; none means all clients. */
export interface GuardedDoor {
  readonly id: string;
  readonly addresses: readonly string[];
  readonly securityGroups: readonly string[];
}

export interface RouterGuard {
  /** The dial block: the only source that may open connections to workloads. */
  readonly block: string;
  readonly dnsAddresses: readonly string[];
  /** Reached on port 80 by every workload, whatever its groups say (EC2 User Guide: security groups do not filter it). */
  readonly metadataAddresses: readonly string[];
  readonly workloads: readonly GuardedWorkload[];
  readonly doors: readonly GuardedDoor[];
  /** The ranges of addresses that are the router's own because they lead to doors. */
  readonly ranges: readonly string[];
  readonly securityGroups: readonly SecurityGroupRecord[];
  /** Open `ADDRESS . PORT` pairs. */
  readonly open: ReadonlySet<string>;
}

/** The port of the metadata addresses. */
export const metadataPort = 80;

/** The set of open (address . port) pairs. */
export const openSet = 'doors';

const refusals: readonly string[] = ['meta l4proto tcp reject with tcp reset', 'reject with icmpx admin-prohibited'];

/** Every TCP packet but the one that opens a connection. */
const notOpening = 'tcp flags & (syn | ack) != syn';

/** What says that a packet got lost: the kernel believes it only when it quotes a packet of ours. */
const errorReport = 'icmp type destination-unreachable';

/**
 * The rules of a router. What security groups deny is dropped, as on AWS; what is no door is refused at once.
 *
 * The kernel tracks no connection here. Who may open one is decided on its first packet; other TCP packets pass to
 * where a connection can exist, since without a first packet there is none. Tracking would cost more than the namespaces
 * themselves do, and its table would be full with closed connections at some thousand new ones a second.
 */
export function routerRuleset(guard: RouterGuard): Ruleset {
  const fromCore = `iifname "${routerUplink}"`;
  const fromWorkload = `iifname != { "lo", "${routerUplink}" }`;
  const dns = `{ ${guard.dnsAddresses.join(', ')} }`;
  const chains = new Map<string, Chain>();
  chains.set('spoofed', {
    base: { hook: 'prerouting', priority: -300, policy: 'accept' },
    rules: [
      'meta nfproto ipv6 drop',
      `${fromCore} ip saddr != ${guard.block} drop`,
      `${fromWorkload}${formatAnyOf(
        ' iifname . ip saddr !=',
        guard.workloads.map(({ address }) => `"${workloadLink(address)}" . ${address}`),
      )} drop`,
    ],
  });
  chains.set('input', {
    base: { hook: 'input', priority: 0, policy: 'drop' },
    rules: [
      `${notOpening} ip daddr { ${[...guard.ranges, ...guard.dnsAddresses, ...guard.metadataAddresses].join(', ')} } accept`,
      `${fromWorkload} ip daddr ${dns} meta l4proto { tcp, udp } th dport 53 accept`,
      `${fromWorkload} ip daddr { ${guard.metadataAddresses.join(', ')} } tcp dport ${metadataPort} accept`,
      `${fromWorkload} ip daddr . tcp dport @${openSet} goto clients`,
      `${errorReport} accept`,
      ...refusals,
    ],
  });
  const addressesOf = membersByGroup(guard.workloads);
  const rulesOf = (groups: readonly string[], way: 'ingress' | 'egress'): readonly SecurityRule[] =>
    guard.securityGroups.filter(({ id }) => groups.includes(id)).flatMap((group) => group[way]);
  const leaving: string[] = [];
  const arriving: string[] = [];
  // Workloads with the same groups share their rules: each group may have thousands, and each VPC hundreds of workloads.
  const alike = Map.groupBy(guard.workloads, ({ securityGroups }) => [...securityGroups].sort().join(' '));
  for (const [groups, workloads] of alike) {
    const links = workloads.map(({ address }) => workloadLink(address));
    if (groups === '') {
      arriving.push(...links.map((link) => `"${link}" : accept`));
      continue;
    }
    const ids = groups.split(' ');
    const chain = ids.length === 1 ? groups : `groups-${chains.size}`;
    leaving.push(...links.map((link) => `"${link}" : jump ${chain}-out`));
    arriving.push(...links.map((link) => `"${link}" : goto ${chain}-in`));
    const out = rulesOf(ids, 'egress').map((rule) => permit(rule, 'daddr', addressesOf, 'return'));
    const into = rulesOf(ids, 'ingress').map((rule) => permit(rule, 'saddr', addressesOf, 'accept'));
    chains.set(`${chain}-out`, { rules: [...out.flat(), dropOthers(ids)] });
    chains.set(`${chain}-in`, { rules: [...into.flat(), dropOthers(ids)] });
  }
  const doors: string[] = [];
  for (const [i, door] of guard.doors.entries()) {
    if (door.securityGroups.length === 0 || door.addresses.length === 0) continue;
    doors.push(`ip daddr { ${door.addresses.join(', ')} } jump door-${i}`);
    const rules = rulesOf(door.securityGroups, 'ingress').map((rule) => permit(rule, 'saddr', addressesOf, 'return'));
    chains.set(`door-${i}`, { rules: [...rules.flat(), dropOthers(door.securityGroups)] });
  }
  chains.set('clients', {
    rules: [...(leaving.length === 0 ? [] : [`iifname vmap { ${leaving.join(', ')} }`]), ...doors, 'accept'],
  });
  chains.set('forward', {
    base: { hook: 'forward', priority: 0, policy: 'drop' },
    rules: [
      `${notOpening} ${fromCore} accept`,
      `${notOpening} oifname "${routerUplink}" ip daddr ${guard.block} accept`,
      ...(arriving.length === 0 ? [] : [`${fromCore} meta l4proto tcp oifname vmap { ${arriving.join(', ')} }`]),
      `${errorReport} accept`,
      `${fromCore} drop`,
      ...refusals,
    ],
  });
  return { chains, sets: new Map([[openSet, { type: 'ipv4_addr . inet_service', elements: guard.open }]]) };
}

/** `match` with an anonymous set; nothing when there is no element, since nft refuses an empty set. */
function formatAnyOf(match: string, elements: readonly string[]): string {
  return elements.length === 0 ? '' : `${match} { ${elements.join(', ')} }`;
}

/** The last rule of a chain of groups. It counts, as every rule of a group does: first packets of connections, since others come here never. */
function dropOthers(groups: readonly string[]): FilterRule {
  return { text: 'counter drop', name: `no rule of ${groups.join(' ')}`.slice(0, 100) };
}

/** One permission as at most one rule with `verdict`; none when it permits no IPv4 address. */
function permit(
  rule: SecurityRule,
  side: 'saddr' | 'daddr',
  members: ReadonlyMap<string, readonly string[]>,
  verdict: 'accept' | 'return',
): readonly FilterRule[] {
  const ranges = rangesOf(rule, members);
  // IPv6 is not carried.
  if (ranges.length === 0 || rule.protocol === 'icmpv6') return [];
  const where = ranges.includes('0.0.0.0/0') ? '' : `ip ${side} { ${ranges.join(', ')} } `;
  return [{ text: `${where}${formatProtocol(rule)}counter ${verdict}`, name: rule.id }];
}

/** The IPv4 ranges that a rule is about, those of its groups' members too. */
function rangesOf({ cidrs, groups }: SecurityRule, members: ReadonlyMap<string, readonly string[]>): readonly string[] {
  const addresses = groups.flatMap((group) => members.get(group) ?? []).map((address) => `${address}/32`);
  return disjoint([...cidrs, ...addresses]);
}

function formatProtocol(rule: SecurityRule): string {
  const { protocol } = rule;
  if (protocol === '-1') return '';
  if (protocol === 'icmp') return formatIcmp(rule);
  if (protocol !== 'tcp' && protocol !== 'udp') return `meta l4proto ${protocol} `;
  const ports = portsOf(rule);
  return ports === 'every' ? `meta l4proto ${protocol} ` : `${protocol} dport ${ports[0]}-${ports[1]} `;
}

/** Type and code of ICMP, where a rule is about these alone. */
function formatIcmp({ fromPort: type, toPort: code }: SecurityRule): string {
  if (type < 0) return 'meta l4proto icmp ';
  return `icmp type ${type} ${code < 0 ? '' : `icmp code ${code} `}`;
}

/** The IPv4 ranges in order, without those that lie inside another one: nft refuses a set whose intervals overlap. */
function disjoint(cidrs: readonly string[]): readonly string[] {
  const ranges = cidrs
    .flatMap((text) => {
      const range = parseCidr(text);
      return range?.family === 4 ? [{ text, range }] : [];
    })
    // What lies inside another one comes behind it: there may be thousands, too many to compare each with each.
    .sort((a, b) => Number(a.range.base - b.range.base) || a.range.prefix - b.range.prefix);
  const kept: string[] = [];
  let last: Cidr | undefined;
  for (const { text, range } of ranges) {
    if (last !== undefined && cidrIncludes(last, range)) continue;
    kept.push(text);
    last = range;
  }
  return kept;
}
