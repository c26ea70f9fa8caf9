// The namespaces in which workloads stand: those that are made for them, and those of others that joined their VPC. Pure.
//
// Of a namespace that joined, only our link, its addresses and its routes are ours. Its routes have a metric that nobody else has, so that they
// stand beside those that are there already, which are preferred where both lead to the same range.

import { managedRanges } from '../base/managed-ranges.ts';
import type { VpcRecord } from '../snapshot/index.ts';
import { isJoinedName, joinedName, routerName, workloadLink, workloadName } from './names.ts';
import { emptyRuleset, type RulesetState } from './ruleset.ts';
import { kernelRules, type LinkState, type NamespaceState, type ObservedNetwork } from './state.ts';
import { gatewayOf, ipv4Ranges, linkLocalDns, metadataAddresses } from './vpc-addresses.ts';

/** An existing network namespace. */
export interface JoinedNamespace {
  /** Where it is found, absolute: a name below /run/netns, or /proc/PID/ns/net. */
  readonly path: string;
  /** `DEVICE:INODE` in decimal, which no other namespace has while this one is. */
  readonly identity: string;
}

/** A workload's place in a VPC. */
export interface WorkloadPlace {
  readonly vpcId: string;
  readonly address: string;
  readonly securityGroups: readonly string[];
  /** Absent: a namespace is made for it. */
  readonly joined?: JoinedNamespace;
}

/** The link to the VPC in a namespace that joined; it has an `eth0` of its own. */
export const joinedLink = 'pergola0';

/** Metrics of our routes in a namespace that joined. Its own default route is preferred, whatever metric that has. */
const JOINED_METRIC = 7100;
const JOINED_DEFAULT_METRIC = 4_000_000_000;

/** The namespace of a workload and the link in it. */
export function workloadEnd(
  prefix: string,
  vpcId: string,
  { address, joined }: Pick<WorkloadPlace, 'address' | 'joined'>,
): { readonly name: string; readonly link: string } {
  return joined === undefined
    ? { name: workloadName(prefix, vpcId, address), link: 'eth0' }
    : { name: joinedName(prefix, vpcId, address, joined.identity), link: joinedLink };
}

/** What the namespace of a workload shall have; of one that joined, our part of it. */
export function workloadNamespace(
  prefix: string,
  vpc: VpcRecord,
  place: Pick<WorkloadPlace, 'address' | 'joined'>,
): NamespaceState<undefined> {
  const { address, joined } = place;
  const { link } = workloadEnd(prefix, vpc.id, place);
  const gateway = gatewayOf(vpc, address);
  const end: LinkState = { up: true, peer: `${routerName(prefix, vpc.id)}/${workloadLink(address)}` };
  return {
    links: new Map<string, LinkState>([...(joined === undefined ? [['lo', { up: true }] as const] : []), [link, end]]),
    addresses: new Set([`${link} ${address}/32`]),
    routes: new Set(
      joined === undefined
        ? [`${gateway} dev ${link}`, `default via ${gateway} dev ${link}`]
        : joinedRoutes(vpc, gateway),
    ),
    rules: new Set(kernelRules),
    sysctls: new Map(),
    filter: undefined,
  };
}

/** Ranges that lead into the VPC; all else only where nothing else leads. */
function joinedRoutes(vpc: VpcRecord, gateway: string): readonly string[] {
  const own = vpc.cidrs.filter((cidr) => ipv4Ranges([cidr]).length > 0);
  const { services, sources, resources } = managedRanges;
  // On the link, not by a route of its own: the gateway may be an address of the namespace's other networks too.
  const way = `via ${gateway} dev ${joinedLink} onlink metric`;
  return [
    ...[...own, ...services, sources, resources, linkLocalDns, ...metadataAddresses].map(
      (range) => `${range} ${way} ${JOINED_METRIC}`,
    ),
    `default ${way} ${JOINED_DEFAULT_METRIC}`,
  ];
}

/** What was seen, of namespaces that joined our part alone: links into our routers, and what is on them. */
export function withoutForeign(observed: ObservedNetwork): ObservedNetwork {
  return new Map([...observed].map(([name, state]) => [name, isJoinedName(name) ? ownPart(state) : state]));
}

function ownPart(state: NamespaceState<RulesetState>): NamespaceState<RulesetState> {
  const links = new Map([...state.links].filter(([, link]) => leadsToRouter(link)));
  const isOwn = (device: string | undefined): boolean => device !== undefined && links.has(device);
  return {
    links,
    addresses: new Set([...state.addresses].filter((text) => isOwn(text.split(' ')[0]))),
    routes: new Set([...state.routes].filter((text) => isOwn(/\bdev (\S+)/.exec(text)?.[1]))),
    rules: new Set(kernelRules),
    sysctls: new Map(),
    filter: emptyRuleset,
  };
}

/** The peer of a foreign link is in no namespace of ours, or in one that joined as this did. */
function leadsToRouter({ peer }: LinkState): boolean {
  return peer !== undefined && !isJoinedName(peer.split('/')[0] ?? '');
}

/** The names of namespaces that joined in which somebody else has a link of our name. */
export function findBlocked(observed: ObservedNetwork): ReadonlySet<string> {
  return new Set(
    [...observed].flatMap(([name, { links }]) => {
      const link = isJoinedName(name) ? links.get(joinedLink) : undefined;
      return link === undefined || leadsToRouter(link) ? [] : [name];
    }),
  );
}
