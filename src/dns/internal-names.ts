// Names that EC2 gives to every address of a VPC, and names of addresses: reverse look-ups (VPC User Guide: DNS attributes).

import { cidrContains, formatAddress, parseCidr } from '../base/cidr.ts';
import { loopbackWorkloadAddress, vpcAddressOfLoopback, type VpcRecord } from '../snapshot/index.ts';
import type { GeneratedNames } from './generated-names.ts';
import { encodeKey, labelsOfKey, nameEndsWith, nameKey } from './wire-name.ts';
import { encodeIpv4, types } from './wire-record.ts';

/** What such a zone has for a name: data of records of one type, or nothing at all. */
export type InternalAnswer =
  | { readonly kind: 'name'; readonly zone: string; readonly type: number; readonly data: readonly Buffer[] }
  | { readonly kind: 'absent'; readonly zone: string };

const reverse4 = nameKey('in-addr.arpa');
const reverse6 = nameKey('ip6.arpa');
/** All of 169.254/16 is local to a link (RFC 6303): nobody else is asked for it. */
const linkLocal = nameKey('254.169.in-addr.arpa');
/** fd00:ec2:80::/64, where services have IPv6 addresses. */
const services6 = nameKey('0.0.0.0.0.8.0.0.2.c.e.0.0.0.d.f.ip6.arpa');

/** The answer to clients of the VPC; undefined: others know. */
export function findInternal(key: string, vpc: VpcRecord, names: GeneratedNames): InternalAnswer | undefined {
  if (key.endsWith(reverse4)) return findReverse4(key, vpc, names);
  if (key.endsWith(services6)) return findReverse6(key, vpc, names);
  const domain = nameKey(internalDomain(vpc.region));
  return key.endsWith(domain) ? findHost(key, domain, vpc) : undefined;
}

function internalDomain(region: string): string {
  return region === 'us-east-1' ? 'ec2.internal' : `${region}.compute.internal`;
}

function findHost(key: string, zone: string, vpc: VpcRecord): InternalAnswer | undefined {
  if (!nameEndsWith(key, zone)) return undefined;
  const labels = labelsOfKey(key.slice(0, key.length - zone.length));
  if (labels.length === 0) return { kind: 'name', zone, type: 0, data: [] };
  const match = /^ip-(\d{1,3})-(\d{1,3})-(\d{1,3})-(\d{1,3})$/.exec(labels[0] ?? '');
  const address = match === null ? '' : match.slice(1).map(Number).join('.');
  if (labels.length !== 1 || !isOwn(address, vpc)) return { kind: 'absent', zone };
  const { attachment } = vpc;
  const found = attachment.kind === 'loopback' ? loopbackWorkloadAddress(attachment.n, address) : address;
  return { kind: 'name', zone, type: types.a, data: [encodeIpv4(found)] };
}

function isOwn(address: string, { cidrs }: VpcRecord): boolean {
  return cidrs.some((text) => {
    const cidr = parseCidr(text);
    return cidr?.family === 4 && cidrContains(cidr, address);
  });
}

function findReverse4(key: string, vpc: VpcRecord, names: GeneratedNames): InternalAnswer | undefined {
  if (!nameEndsWith(key, reverse4)) return undefined;
  const bytes = [...labelsOfKey(key.slice(0, key.length - reverse4.length))].reverse();
  const address = bytes.length === 4 && bytes.every((one) => /^(?:0|[1-9]\d{0,2})$/.test(one)) ? bytes.join('.') : '';
  const local = bytes[0] === '169' && bytes[1] === '254';
  const found = address === '' ? [] : names.findByAddress(address, vpc.id);
  const zone = local ? linkLocal : reverse4;
  if (found.length > 0) return { kind: 'name', zone, type: types.ptr, data: found.map(encodeKey) };
  if (local) return { kind: 'absent', zone };
  const host = vpc.dns.hostnames ? hostOf(address, vpc) : undefined;
  if (host === undefined) return undefined;
  const name = `ip-${host.replaceAll('.', '-')}.${internalDomain(vpc.region)}`;
  return { kind: 'name', zone, type: types.ptr, data: [encodeKey(nameKey(name))] };
}

/** The address of the VPC that stands behind one that a client sees; on loopback 127.n.c.d is a.b.c.d of the first range. */
function hostOf(address: string, vpc: VpcRecord): string | undefined {
  const { attachment, cidrs } = vpc;
  if (attachment.kind === 'netns') return isOwn(address, vpc) ? address : undefined;
  const host = vpcAddressOfLoopback(attachment.n, cidrs[0] ?? '', address);
  return host !== undefined && isOwn(host, vpc) ? host : undefined;
}

function findReverse6(key: string, vpc: VpcRecord, names: GeneratedNames): InternalAnswer | undefined {
  if (!nameEndsWith(key, services6)) return undefined;
  const digits = [...labelsOfKey(key.slice(0, key.length - reverse6.length))].reverse();
  if (digits.length !== 32 || !digits.every((one) => /^[0-9a-f]$/.test(one)))
    return { kind: 'absent', zone: services6 };
  const found = names.findByAddress(formatAddress(6, BigInt(`0x${digits.join('')}`)), vpc.id);
  if (found.length === 0) return { kind: 'absent', zone: services6 };
  return { kind: 'name', zone: services6, type: types.ptr, data: found.map(encodeKey) };
}
