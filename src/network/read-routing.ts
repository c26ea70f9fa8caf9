// What netlink says of a namespace's links, addresses, routes and rules, in the words of `ip`. Pure.

import { formatAddress } from '../base/cidr.ts';
import { parseAttributes, parseText } from './netlink.ts';

/** rtnetlink(7): types of requests; the fixed part of each begins with the family. */
export const routeRequests = { link: 18, address: 22, route: 26, rule: 34, namespaceId: 90 } as const;

/** A link as the kernel numbers it. */
export interface SeenLink {
  readonly index: number;
  readonly name: string;
  readonly up: boolean;
  /** The other end, or what it lies on: in the namespace with this id, or in the same one. */
  readonly other?: { readonly index: number; readonly namespaceId?: number };
}

const IFF_UP = 0x1;

/** struct ifinfomsg and IFLA_IFNAME, IFLA_LINK, IFLA_LINK_NETNSID. */
export function parseLink(body: Buffer): SeenLink {
  const attributes = parseAttributes(body, 16);
  const other = attributes.get(5)?.readUInt32LE(0) ?? 0;
  const namespaceId = attributes.get(37)?.readInt32LE(0);
  return {
    index: body.readInt32LE(4),
    name: parseText(attributes.get(3)),
    up: (body.readUInt32LE(8) & IFF_UP) !== 0,
    ...(other === 0 ? {} : { other: { index: other, ...(namespaceId === undefined ? {} : { namespaceId }) } }),
  };
}

/** Names of links by their index. */
export type LinkNames = ReadonlyMap<number, string>;

/** struct ifaddrmsg and IFA_ADDRESS, IFA_LOCAL: `DEVICE ADDRESS/PREFIX`; undefined for one that is not of global scope. */
export function parseInterfaceAddress(body: Buffer, names: LinkNames): string | undefined {
  const [family = 0, prefix = 0, , scope = 0] = body;
  if (scope !== 0) return undefined;
  const attributes = parseAttributes(body, 8);
  const address = formatBytes(family, attributes.get(2) ?? attributes.get(1));
  return address === undefined ? undefined : `${names.get(body.readUInt32LE(4)) ?? ''} ${address}/${prefix}`;
}

/** By rtm_type; a route to a host or a network has no word. */
const routeTypes: readonly (string | undefined)[] = [
  ...['none', undefined, 'local', 'broadcast', 'anycast', 'multicast'],
  ...['blackhole', 'unreachable', 'prohibit', 'throw', 'nat'],
];
const KERNEL = 2;
const ONLINK = 0x4;
/** What IPv6 routes get when none is given. */
const METRIC = 1024;

/** struct rtmsg and its attributes as in `NamespaceState.routes`; undefined for the kernel's own routes and other families than IP. */
export function parseRoute(body: Buffer, names: LinkNames): string | undefined {
  const [family = 0, length = 0, , , , protocol, , type = 0] = body;
  if (protocol === KERNEL || (family !== AF_INET && family !== AF_INET6)) return undefined;
  const attributes = parseAttributes(body, 12);
  const device = attributes.get(4)?.readUInt32LE(0);
  const gateway = formatBytes(family, attributes.get(5));
  const metric = attributes.get(6)?.readUInt32LE(0) ?? METRIC;
  const source = formatBytes(family, attributes.get(7));
  const table = tableName(attributes.get(15)?.readUInt32LE(0) ?? body.readUInt8(4));
  const parts = [
    routeTypes[type],
    length === 0 ? 'default' : formatRange(family, attributes.get(1), length),
    gateway === undefined ? undefined : `via ${gateway}`,
    device === undefined ? undefined : `dev ${names.get(device) ?? ''}`,
    (body.readUInt32LE(8) & ONLINK) === 0 ? undefined : 'onlink',
    table === 'main' ? undefined : `table ${table}`,
    source === undefined ? undefined : `src ${source}`,
    metric === METRIC ? undefined : `metric ${metric}`,
  ];
  return parts.filter((part) => part !== undefined).join(' ');
}

const TO_TABLE = 1;
/** Attributes of a rule that restrict nothing: FRA_SRC, FRA_PRIORITY, FRA_SUPPRESS_PREFIXLEN (-1 in every rule), FRA_TABLE, FRA_PROTOCOL. */
const plainAttributes = new Set([2, 6, 14, 15, 21]);

/** struct fib_rule_hdr and its attributes as in `NamespaceState.rules`; only `pref N` of a rule that says more. */
export function parseRule(body: Buffer): string {
  const [family = 0, , sourceLength = 0] = body;
  const attributes = parseAttributes(body, 12);
  const preference = attributes.get(6)?.readUInt32LE(0) ?? 0;
  const plain =
    body.readUInt8(7) === TO_TABLE &&
    body.readUInt8(3) === 0 &&
    (body.readUInt32LE(8) & 0x2) === 0 &&
    (attributes.get(14)?.readInt32LE(0) ?? -1) === -1 &&
    [...attributes.keys()].every((type) => plainAttributes.has(type));
  if (!plain) return `pref ${preference}`;
  const source = sourceLength === 0 ? 'all' : formatRange(family, attributes.get(2), sourceLength);
  const table = tableName(attributes.get(15)?.readUInt32LE(0) ?? body.readUInt8(4));
  return `from ${source} lookup ${table} pref ${preference}`;
}

/** The request for the id that the namespace with this descriptor has here, and the id in the answer: NETNSA_FD, NETNSA_NSID. */
export function parseNamespaceId(body: Buffer): number | undefined {
  const id = parseAttributes(body, 4).get(1)?.readInt32LE(0);
  return id === undefined || id < 0 ? undefined : id;
}

const AF_INET = 2;
const AF_INET6 = 10;

function formatBytes(family: number, bytes: Buffer | undefined): string | undefined {
  if (bytes === undefined || (family !== AF_INET && family !== AF_INET6)) return undefined;
  return formatAddress(family === AF_INET ? 4 : 6, BigInt(`0x${bytes.toString('hex')}`));
}

function formatRange(family: number, bytes: Buffer | undefined, length: number): string {
  const whole = family === AF_INET ? 32 : 128;
  const address = formatBytes(family, bytes) ?? '';
  return length === whole ? address : `${address}/${length}`;
}

function tableName(table: number): string {
  return ({ 253: 'default', 254: 'main', 255: 'local' } as Readonly<Record<number, string>>)[table] ?? String(table);
}
