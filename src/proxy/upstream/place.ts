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
 * The place of `address` of `vpc`. In a namespace it is the address itself, if the VPC has it: a load balancer's name may stand for any other,
 * which is not dialled (undefined). On loopback an address of the VPC's ranges has its place in 127/8, and every other one is dialled as it is.
 */
export function dialPlace(address: string, vpc: VpcRecord | undefined): DialPlace | undefined {
  const inside = vpc?.cidrs.some((text) => {
    const cidr = parseCidr(text);
    return cidr !== undefined && cidrContains(cidr, address);
  });
  if (vpc?.attachment.kind !== 'loopback') return inside === true ? { host: address, fromVpc: true } : undefined;
  if (inside === true) return { host: loopbackWorkloadAddress(vpc.attachment.n, address), fromVpc: true };
  return { host: address, fromVpc: address.startsWith('127.') && !isIPv6(address) };
}
