// Whether a connection of a client arrives at a listener of a VPC: what is open there, and what security groups say of its packets.

import { managedRanges } from '../base/managed-ranges.ts';
import { askGroups, membersByGroup, type GroupsVerdict, type Snapshot, type VpcRecord } from '../snapshot/index.ts';
import type { WorkloadPlace } from './workload-namespace.ts';
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

/** What the groups of the client's workload say of packets that leave it, and those of the door of packets that come. */
export interface Passage {
  readonly egress: GroupsVerdict;
  readonly ingress: GroupsVerdict;
  /** Nobody has the client's address: there are no groups to ask, and who comes may have some. */
  readonly isVacant: boolean;
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
  const own = workloads.find((one) => one.address === client);
  return {
    egress: askGroups(vpc.securityGroups, own?.securityGroups ?? [], 'egress', { address, port, members }),
    ingress: askGroups(vpc.securityGroups, doorGroups, 'ingress', { address: client, port, members }),
    isVacant: own === undefined,
  };
}

/** Ids of the groups that stop some client of the VPC, whoever it is: those that do not let it out, and those of the door if they do not let all of the VPC in. */
export interface Barriers {
  readonly egress: readonly string[];
  readonly ingress: readonly string[];
}

/** What the VPC's groups may have against a connection of which nobody says who opens it. */
export function findBarriers({ vpc, address, port }: Approach, doorGroups: readonly string[]): Barriers {
  // Members come and go; what only they may is not for everybody.
  const members = new Map<string, readonly string[]>();
  const { securityGroups: known, cidrs } = vpc;
  const admits = (range: string): boolean =>
    askGroups(known, doorGroups, 'ingress', { address: range, port, members }).passes;
  return {
    egress: known.flatMap(({ id }) =>
      askGroups(known, [id], 'egress', { address, port, members }).passes ? [] : [id],
    ),
    ingress: cidrs.every(admits) ? [] : doorGroups,
  };
}

/** What the groups of the workload at `address` say of dials from managed addresses; undefined when it has none, or nothing is filtered. */
export function findAdmission(
  { vpc, address, port }: Approach,
  places: readonly WorkloadPlace[],
): GroupsVerdict | undefined {
  const own = places.find((one) => one.vpcId === vpc.id && one.address === address)?.securityGroups ?? [];
  if (own.length === 0 || vpc.attachment.kind === 'loopback') return undefined;
  return askGroups(vpc.securityGroups, own, 'ingress', { address: managedRanges.sources, port, members: new Map() });
}
