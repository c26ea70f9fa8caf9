// Whether a connection of a client arrives at a listener of a VPC: what is open there, and what security groups say of its packets.

import { cidrContains, parseCidr } from '../base/cidr.ts';
import type { SecurityRule, Snapshot, VpcRecord } from '../snapshot/index.ts';
import type { WorkloadPlace } from './desired.ts';
import { membersByGroup, portsOf, rangesOf } from './enforcement.ts';
import { desiredSockets, openPairs, type SocketOptions } from './sockets.ts';

/** A connection that a client of a VPC would open. */
export interface Approach {
  readonly vpc: VpcRecord;
  /** Where it goes. */
  readonly address: string;
  readonly port: number;
}

/** The port of the listener that a connection comes to; or why it is refused, in a sentence. */
export type Arrival = { readonly listenerPort: number } | { readonly refused: string };

/** Whether a connection is taken, once its packets pass. `listening` has the keys of the sockets that workers listen on. */
export function findArrival(
  { vpc, address, port }: Approach,
  snapshot: Snapshot,
  options: SocketOptions,
  listening: ReadonlySet<string>,
): Arrival {
  if (vpc.attachment.kind !== options.attach)
    return { refused: `VPC ${vpc.id} is not attached to this machine: its attachment is ${vpc.attachment.kind}` };
  const doors = [...snapshot.doors].filter(([, { vpcId }]) => vpcId === vpc.id);
  const own = { ...snapshot, vpcs: new Map([[vpc.id, vpc]]), doors: new Map(doors) };
  const refused = { refused: `nothing listens at ${address} port ${port}` };
  if (options.attach === 'netns')
    return openPairs(own, listening).get(vpc.id)?.has(`${address} . ${port}`) === true
      ? { listenerPort: port }
      : refused;
  const sockets = desiredSockets(own, options).filter((one) => one.purpose === 'service' && one.address === address);
  const socket = sockets.find((one) => one.port === port && listening.has(one.key));
  if (socket !== undefined) return { listenerPort: socket.listenerPort ?? port };
  const moved = sockets.find(({ listenerPort }) => listenerPort === port);
  return moved === undefined
    ? refused
    : { refused: `${refused.refused}: without the right to ports below 1024 it is opened at ${moved.port}` };
}

/** What the security groups of one side say of a connection. */
export interface GroupsVerdict {
  /** None: everything passes. */
  readonly groups: readonly string[];
  readonly passes: boolean;
  /** The rule that lets it pass, and its group. */
  readonly by?: { readonly group: string; readonly rule: SecurityRule };
}

/** What the groups of the client's workload say of packets that leave it, and those of the door of packets that come. */
export interface Passage {
  readonly egress: GroupsVerdict;
  readonly ingress: GroupsVerdict;
}

/** Whether the first packet of a connection passes, as the filter of the VPC's router decides it; `client` is an IPv4 address of the VPC. */
export function findPassage(
  { vpc, address, port }: Approach,
  client: string,
  doorGroups: readonly string[],
  places: readonly WorkloadPlace[],
): Passage {
  const workloads = places.filter(({ vpcId }) => vpcId === vpc.id);
  const members = membersByGroup(workloads);
  const judge = (
    groups: readonly string[],
    way: 'ingress' | 'egress',
    other: string,
    otherPort: number,
  ): GroupsVerdict => {
    if (groups.length === 0) return { groups, passes: true };
    for (const group of vpc.securityGroups) {
      if (!groups.includes(group.id)) continue;
      const rule = group[way].find((one) => permits(one, other, otherPort, members));
      if (rule !== undefined) return { groups, passes: true, by: { group: group.id, rule } };
    }
    return { groups, passes: false };
  };
  const own = workloads.find((one) => one.address === client)?.securityGroups ?? [];
  return { egress: judge(own, 'egress', address, port), ingress: judge(doorGroups, 'ingress', client, port) };
}

function permits(
  rule: SecurityRule,
  address: string,
  port: number,
  members: ReadonlyMap<string, readonly string[]>,
): boolean {
  if (rule.protocol !== 'tcp' && rule.protocol !== '-1') return false;
  const ports = rule.protocol === '-1' ? 'every' : portsOf(rule);
  if (ports !== 'every' && (port < ports[0] || port > ports[1])) return false;
  return rangesOf(rule, members).some((text) => {
    const range = parseCidr(text);
    return range !== undefined && cidrContains(range, address);
  });
}
