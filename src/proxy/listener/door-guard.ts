// Who comes through a door on loopback, where no packet filter stands before it: the inbound rules of the door's security groups.

import { askGroups, membersByGroup, vpcAddressOfLoopback, type GroupMember } from '../../snapshot/index.ts';
import type { Door } from '../doors.ts';

/** A client's connection. */
export interface Comer {
  /** Of the client, as the socket has it. */
  readonly remoteAddress: string;
  /** The listener's port. */
  readonly port: number;
  /** The workloads of the VPC that have security groups. */
  readonly members: readonly GroupMember[];
}

/**
 * Whether the door lets the connection in. A client that does not use an address of its VPC (127.n.c.d) is somebody in the VPC's first
 * range, in none of its groups. Where VPCs are namespaces their routers have decided it, packet by packet.
 */
export function isAdmitted({ vpc, securityGroups }: Door, { remoteAddress, port, members }: Comer): boolean {
  const { attachment, cidrs } = vpc;
  const [first] = cidrs;
  if (attachment.kind !== 'loopback' || securityGroups.length === 0 || first === undefined) return true;
  const address = vpcAddressOfLoopback(attachment.n, first, remoteAddress) ?? first;
  const question = { address, port, members: membersByGroup(members) };
  return askGroups(vpc.securityGroups, securityGroups, 'ingress', question).passes;
}
