// Names and numbers of one server's network: namespaces, links, dial blocks and routing tables.

import { createHash } from 'node:crypto';
import { cidrAddress, formatAddress, parseAddress, parseCidr } from '../base/cidr.ts';
import { managedRanges } from '../base/managed-ranges.ts';

/** The folder where iproute2 keeps named namespaces. */
export const namespaceFolder = '/run/netns';

/** The prefix of every name that belongs to the server with this data directory (an absolute, resolved path): `pg1a2b3c4d-`. */
export function namePrefix(dataDirectory: string): string {
  return `pg${createHash('sha256').update(dataDirectory).digest('hex').slice(0, 8)}-`;
}

/** The workers' namespace of the server. */
export function coreName(prefix: string): string {
  return `${prefix}core`;
}

/** The router namespace of a VPC. */
export function routerName(prefix: string, vpcId: string): string {
  return `${prefix}${vpcId}`;
}

/** The namespace of the workload with this address. */
export function workloadName(prefix: string, vpcId: string, address: string): string {
  return `${prefix}${vpcId}-${address}`;
}

/** The name of a namespace of others while it is the workload with this address; `identity` is `DEVICE:INODE`. */
export function joinedName(prefix: string, vpcId: string, address: string, identity: string): string {
  return `${workloadName(prefix, vpcId, address)}-joined-${identity.split(':')[1] ?? ''}`;
}

/** Whether a name of ours is that of somebody else's namespace. */
export function isJoinedName(name: string): boolean {
  return /-joined-\d+$/.test(name);
}

/** The path by which a process enters the namespace `name`. */
export function namespacePath(name: string): string {
  return `${namespaceFolder}/${name}`;
}

/** Whether a VPC id can be part of a namespace's name. */
export function isNameable(vpcId: string): boolean {
  return /^vpc-[0-9a-zA-Z]{1,40}$/.test(vpcId);
}

/** The router's end of the link to the workload with IPv4 address `address`: `w0a00010a`. */
export function workloadLink(address: string): string {
  return `w${(parseAddress(address)?.value ?? 0n).toString(16).padStart(8, '0')}`;
}

/** The router's end of the link to the core, in every router. */
export const routerUplink = 'core0';

/** The core's end of the link to the router of the VPC with this block. */
export function coreLink(block: number): string {
  return `u${block}`;
}

/** The number of dial blocks (/28 each) in the managed source range. */
export const blockCount = 512;

const sources = parseCidr(managedRanges.sources);

/** The dial block number `block` (0–511) as a range: `169.254.192.16/28`. */
export function blockCidr(block: number): string {
  if (sources === undefined) throw new Error(`not a range: ${managedRanges.sources}`);
  return `${cidrAddress(sources, block * 16)}/28`;
}

/** The block number of a range made by `blockCidr`, or undefined. */
export function parseBlock(range: string): number | undefined {
  const cidr = parseCidr(range);
  if (cidr === undefined || sources === undefined || cidr.prefix !== 28) return undefined;
  const block = Number((cidr.base - sources.base) / 16n);
  return block >= 0 && block < blockCount ? block : undefined;
}

/** The source addresses of a block: its 14 addresses between first and last. */
export function blockSources(block: number): readonly string[] {
  const cidr = parseCidr(blockCidr(block));
  if (cidr === undefined) return [];
  return Array.from({ length: 14 }, (_, i) => formatAddress(4, cidr.base + BigInt(i + 1)));
}

/** The core's routing table (and the preference of its rule) of a block. */
export function blockTable(block: number): number {
  return 7100 + block;
}
