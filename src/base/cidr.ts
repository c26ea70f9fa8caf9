// IPv4 and IPv6 addresses and ranges: parse, format, compare.

import { isIPv4, isIPv6 } from 'node:net';

/** A range of addresses: `base` has no bits set below `prefix`. */
export interface Cidr {
  readonly family: 4 | 6;
  readonly base: bigint;
  readonly prefix: number;
}

/** An address as a number, or undefined when `text` is none. IPv6 zones are refused. */
export function parseAddress(text: string): { readonly family: 4 | 6; readonly value: bigint } | undefined {
  if (isIPv4(text)) return { family: 4, value: parseIPv4(text) };
  if (!isIPv6(text) || text.includes('%')) return undefined;
  const embedded = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(text);
  let groups = text;
  if (embedded?.[1] !== undefined && embedded[2] !== undefined) {
    const low = parseIPv4(embedded[2]);
    groups = `${embedded[1]}${(low >> 16n).toString(16)}:${(low & 0xffffn).toString(16)}`;
  }
  const [left = '', right] = groups.split('::');
  const head = left === '' ? [] : left.split(':');
  const tail = right === undefined || right === '' ? [] : right.split(':');
  const middle = right === undefined ? [] : Array.from({ length: 8 - head.length - tail.length }, () => '0');
  let value = 0n;
  for (const group of [...head, ...middle, ...tail]) value = (value << 16n) | BigInt(Number.parseInt(group, 16));
  return { family: 6, value };
}

function parseIPv4(text: string): bigint {
  return text.split('.').reduce((value, part) => (value << 8n) | BigInt(part), 0n);
}

/** The address `value` of `family` in its usual text form (IPv6: RFC 5952). */
export function formatAddress(family: 4 | 6, value: bigint): string {
  if (family === 4) return [24n, 16n, 8n, 0n].map((shift) => (value >> shift) & 0xffn).join('.');
  const groups = Array.from({ length: 8 }, (_, i) => (value >> BigInt(112 - 16 * i)) & 0xffffn);
  let best = { start: -1, length: 1 };
  for (let start = 0; start < 8; start++) {
    let length = 0;
    while (start + length < 8 && groups[start + length] === 0n) length++;
    if (length > best.length) best = { start, length };
  }
  const text = (part: readonly bigint[]): string => part.map((group) => group.toString(16)).join(':');
  if (best.start < 0) return text(groups);
  return `${text(groups.slice(0, best.start))}::${text(groups.slice(best.start + best.length))}`;
}

/** A range written `address/prefix`, or undefined when it is malformed or has bits set below its prefix. */
export function parseCidr(text: string): Cidr | undefined {
  const match = /^([^/]+)\/(\d{1,3})$/.exec(text);
  if (match?.[1] === undefined || match[2] === undefined) return undefined;
  const address = parseAddress(match[1]);
  const prefix = Number(match[2]);
  if (address === undefined || prefix > bits(address.family)) return undefined;
  const host = BigInt(bits(address.family) - prefix);
  if ((address.value >> host) << host !== address.value) return undefined;
  return { family: address.family, base: address.value, prefix };
}

/** `address/prefix` of a range. */
export function formatCidr(cidr: Cidr): string {
  return `${formatAddress(cidr.family, cidr.base)}/${cidr.prefix}`;
}

/** Whether `address` (text) lies in `cidr`; an address of the other family does not. */
export function cidrContains(cidr: Cidr, address: string): boolean {
  const parsed = parseAddress(address);
  if (parsed === undefined || parsed.family !== cidr.family) return false;
  const host = BigInt(bits(cidr.family) - cidr.prefix);
  return parsed.value >> host === cidr.base >> host;
}

/** Whether two ranges share an address. */
export function cidrOverlaps(a: Cidr, b: Cidr): boolean {
  if (a.family !== b.family) return false;
  const host = BigInt(bits(a.family) - Math.min(a.prefix, b.prefix));
  return a.base >> host === b.base >> host;
}

/** Whether `inner` lies in `outer`. */
export function cidrIncludes(outer: Cidr, inner: Cidr): boolean {
  return outer.prefix <= inner.prefix && cidrOverlaps(outer, inner);
}

/** The `index`-th address of a range (0 = the range's own base) as text. */
export function cidrAddress(cidr: Cidr, index: number): string {
  return formatAddress(cidr.family, cidr.base + BigInt(index));
}

/** The number of addresses in a range. */
export function cidrSize(cidr: Cidr): bigint {
  return 1n << BigInt(bits(cidr.family) - cidr.prefix);
}

function bits(family: 4 | 6): number {
  return family === 4 ? 32 : 128;
}
