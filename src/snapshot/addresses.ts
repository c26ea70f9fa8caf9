// Where a component of a service network is found: its managed addresses, from its place in the pools.

import { cidrAddress, formatAddress, parseAddress, parseCidr } from '../base/cidr.ts';
import { managedRanges } from '../base/managed-ranges.ts';
import type { DoorRecord, NetworkComponent, VpcRecord } from './types.ts';

function range(text: string) {
  const cidr = parseCidr(text);
  if (cidr === undefined) throw new Error(`not a range: ${text}`);
  return cidr;
}

/** The DNS names' time to live in seconds (also how long a client may hold a component's address). */
export const DNS_TTL = 60;

const first = range(managedRanges.services[0]);
const second = range(managedRanges.services[1]);
const base6 = parseAddress('fd00:ec2:80::')?.value ?? 0n;

/** The IPv4 address of the component with pool place `index` (1–254 in 169.254.171.0/24, then 169.254.176.0/20). */
export function componentIpv4(index: number): string {
  return index <= 254 ? cidrAddress(first, index) : cidrAddress(second, index - 254);
}

/** The IPv6 address that embeds an IPv4 one in its last 32 bits: 169.254.171.65 → fd00:ec2:80::a9fe:ab41 (User Guide). */
export function embeddedIpv6(v4: string): string {
  return formatAddress(6, base6 | (parseAddress(v4)?.value ?? 0n));
}

/** The addresses of the component with pool place `index`. */
export function componentAddresses(index: number): { readonly v4: string; readonly v6: string } {
  const v4 = componentIpv4(index);
  return { v4, v6: embeddedIpv6(v4) };
}

/** The loopback address of the component with pool place `index` in the loopback VPC `n` (1–99). */
export function loopbackComponentAddress(n: number, index: number): string {
  return `127.${100 + n}.${index >> 8}.${index & 255}`;
}

/** The name at which every VPC has the AWS API. */
export const apiName = 'api.pergola.internal';

/** Its address in a VPC. AWS uses others of 169.254.169.0/24 and 169.254.170.0/24: .169.123, .169.250 to .254, .170.2, .170.23. */
export const apiAddress = '169.254.170.9';

/** The address that `apiName` has in a VPC; on loopback one that no component gets. */
export function apiAddressIn({ attachment }: Pick<VpcRecord, 'attachment'>): string {
  return attachment.kind === 'loopback' ? `127.${100 + attachment.n}.255.9` : apiAddress;
}

/** Whether a connection to `address` of a VPC is for the AWS API. */
export function isApiAddress(address: string): boolean {
  return address === apiAddress || /^127\.1\d\d\.255\.9$/.test(address);
}

/** Where the workload address `address` (a.b.c.d of the VPC's first /16) is found on loopback: 127.n.c.d. */
export function loopbackWorkloadAddress(n: number, address: string): string {
  const [, , c = '0', d = '0'] = address.split('.');
  return `127.${n}.${c}.${d}`;
}

/** The address of the VPC, whose first range is `cidr`, that is found at `address` on loopback; undefined for any that is not 127.n.c.d. */
export function vpcAddressOfLoopback(n: number, cidr: string, address: string): string | undefined {
  const [a, b] = cidr.split('.');
  const [first, second, c, d] = address.split('.');
  return first === '127' && second === String(n) ? `${a}.${b}.${c}.${d}` : undefined;
}

/** Addresses of each family. */
export interface AddressPair {
  readonly v4: readonly string[];
  readonly v6: readonly string[];
}

/** How many addresses a range of a VPC endpoint has. */
const BLOCK_SIZE = 16;

/**
 * Where clients of the VPC find the component with pool place `index` behind a door: its managed addresses, or one in each range of a
 * VPC endpoint, which components share when there are more of them than addresses; on loopback as loopback has them.
 */
export function doorAddresses(
  { attachment }: Pick<VpcRecord, 'attachment'>,
  { blocks }: Pick<DoorRecord, 'blocks'>,
  index: number,
): AddressPair {
  if (blocks === undefined) {
    if (attachment.kind === 'loopback') return { v4: [loopbackComponentAddress(attachment.n, index)], v6: [] };
    const { v4, v6 } = componentAddresses(index);
    return { v4: [v4], v6: [v6] };
  }
  const own = blocks.map((block) => cidrAddress(range(block), index % BLOCK_SIZE));
  const { kind } = attachment;
  return { v4: kind === 'loopback' ? own.map((one) => loopbackWorkloadAddress(attachment.n, one)) : own, v6: [] };
}

/** The zone of the names of services (User Guide: service networks). */
export function serviceZone(region: string): string {
  return `7d67968.vpc-lattice-svcs.${region}.on.aws`;
}

/** The name of a component through a VPC endpoint (`vpce-…-snsa-….ZONE`); undefined for an association, where it has its own. */
export function nameThrough(
  { id, blocks }: Pick<DoorRecord, 'id' | 'blocks'>,
  { associationId }: Pick<NetworkComponent, 'associationId'>,
  { region }: Pick<VpcRecord, 'region'>,
): string | undefined {
  return blocks === undefined ? undefined : `${id}-${associationId}.${serviceZone(region)}`;
}
