// In which availability zone an address of a VPC is.

import { parseCidr } from '../base/cidr.ts';
import type { VpcRecord } from '../snapshot/index.ts';

interface Range {
  readonly first: number;
  readonly last: number;
  readonly zone: string;
}

/** Finds the zone of the subnet that holds an address; empty when none does. Subnets are read once per VPC record. */
export type ZoneFinder = (vpc: VpcRecord, address: string) => string;

/** Addresses of a VPC whose zone is kept: reading one anew for each request was a twentieth of what a request costs. */
const MAX_KNOWN = 4096;

interface KnownVpc {
  readonly ranges: readonly Range[];
  readonly zones: Map<string, string>;
}

/** Makes one. On loopback an address of 127/8 stands for the VPC's address with the same last two numbers. */
export function createZoneFinder(): ZoneFinder {
  const known = new WeakMap<VpcRecord, KnownVpc>();
  return (vpc, address) => {
    let one = known.get(vpc);
    if (one === undefined) known.set(vpc, (one = { ranges: readRanges(vpc), zones: new Map() }));
    const { ranges, zones } = one;
    if (ranges.length === 0) return '';
    let zone = zones.get(address);
    if (zone !== undefined) return zone;
    const number = readAddress(vpc, address);
    zone = ranges.find(({ first, last }) => number >= first && number <= last)?.zone ?? '';
    if (zones.size >= MAX_KNOWN) zones.clear();
    zones.set(address, zone);
    return zone;
  };
}

function readRanges({ subnets }: VpcRecord): readonly Range[] {
  return subnets.flatMap(({ cidr, zone }) => {
    const range = parseCidr(cidr);
    if (range?.family !== 4) return [];
    const first = Number(range.base);
    return [{ first, last: first + 2 ** (32 - range.prefix) - 1, zone }];
  });
}

/** An IPv4 address as a number; -1 for any other. */
function readAddress({ attachment, cidrs: [cidr = ''] }: VpcRecord, address: string): number {
  const [a = -1, b = -1, c = -1, d = -1, ...more] = address.split('.').map(Number);
  if (more.length > 0 || d < 0) return -1;
  if (attachment.kind === 'loopback' && a === 127) {
    const [network = 0, part = 0] = cidr.split('.').map(Number);
    return ((network * 256 + part) * 256 + c) * 256 + d;
  }
  return ((a * 256 + b) * 256 + c) * 256 + d;
}
