// Which address of its VPC a workload gets. Pure.

import { cidrAddress, cidrContains, cidrSize, formatCidr, parseAddress, parseCidr, type Cidr } from '../base/cidr.ts';
import type { VpcRecord } from '../snapshot/index.ts';

/** An address, or why there is none, in a sentence for the caller. */
export type AddressChoice =
  | { readonly kind: 'chosen'; readonly address: string }
  | { readonly kind: 'refused' | 'taken'; readonly reason: string };

/**
 * The address `wanted` when it is free in the VPC; without `wanted` the highest free one of the first subnet, or of the
 * first CIDR when there is no subnet. Of each range the first four addresses and the last are reserved (EC2 User Guide,
 * subnet sizing), and all of `blocks`, which VPC endpoints have. IPv4 only.
 */
export function chooseAddress(
  vpc: Pick<VpcRecord, 'cidrs' | 'subnets'>,
  used: ReadonlySet<string>,
  wanted?: string,
  blocks: readonly string[] = [],
): AddressChoice {
  const endpoints = ranges(blocks);
  const cidrs = ranges(vpc.cidrs);
  const subnets = ranges(vpc.subnets.map(({ cidr }) => cidr));
  if (wanted !== undefined) {
    const address = parseAddress(wanted);
    if (address?.family !== 4) return refuse(`${wanted} is not an IPv4 address`);
    const around = [...cidrs, ...subnets].filter((range) => cidrContains(range, wanted));
    if (around.length === 0) return refuse(`${wanted} is not in the VPC's range ${vpc.cidrs.join(', ')}`);
    if (around.some((range) => isReserved(range, address.value)))
      return refuse(`${wanted} is reserved: the first four addresses of a range and its last belong to the network`);
    if (endpoints.some((block) => cidrContains(block, wanted)))
      return { kind: 'taken', reason: `${wanted} is of a VPC endpoint` };
    return used.has(wanted) ? { kind: 'taken', reason: `${wanted} is in use` } : { kind: 'chosen', address: wanted };
  }
  const range = subnets[0] ?? cidrs[0];
  if (range === undefined) return refuse('the VPC has no IPv4 range');
  const size = Number(cidrSize(range));
  for (let index = size - 2; index >= 4; index--) {
    const address = cidrAddress(range, index);
    if (used.has(address) || endpoints.some((block) => cidrContains(block, address))) continue;
    const value = range.base + BigInt(index);
    if (![...cidrs, ...subnets].some((one) => cidrContains(one, address) && isReserved(one, value)))
      return { kind: 'chosen', address };
  }
  return { kind: 'taken', reason: `every address of ${formatCidr(range)} is in use` };
}

function refuse(reason: string): AddressChoice {
  return { kind: 'refused', reason };
}

function isReserved(range: Cidr, value: bigint): boolean {
  const offset = value - range.base;
  return offset < 4n || offset === cidrSize(range) - 1n;
}

function ranges(cidrs: readonly string[]): readonly Cidr[] {
  return cidrs.flatMap((text) => {
    const range = parseCidr(text);
    return range?.family === 4 ? [range] : [];
  });
}
