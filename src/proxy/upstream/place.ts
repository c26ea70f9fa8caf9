// Where a target is dialled, as its VPC is attached to this machine.

import { isIPv6 } from 'node:net';
import { cidrContains, parseCidr } from '../../base/cidr.ts';
import { loopbackWorkloadAddress, type VpcRecord } from '../../snapshot/index.ts';

/** An address to dial, and whether dials to it come from the VPC's own source addresses. */
export interface DialPlace {
  readonly host: string;
  readonly fromVpc: boolean;
}

/**
 * The place of `address` of `vpc`: in a namespace, the address itself; on loopback an address of the VPC's ranges has its place in 127/8, and
 * every other one (127/8, ::1, what a load balancer's name stands for) is dialled as it is.
 */
export function dialPlace(address: string, vpc: VpcRecord | undefined): DialPlace {
  if (isIPv6(address)) return { host: address, fromVpc: false };
  if (vpc?.attachment.kind !== 'loopback' || address.startsWith('127.')) return { host: address, fromVpc: true };
  const inside = vpc.cidrs.some((text) => {
    const cidr = parseCidr(text);
    return cidr !== undefined && cidrContains(cidr, address);
  });
  return inside
    ? { host: loopbackWorkloadAddress(vpc.attachment.n, address), fromVpc: true }
    : { host: address, fromVpc: false };
}
