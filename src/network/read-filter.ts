// What netlink says of a namespace's packet filter, in the words of `nft`. Pure but for the asking.

import { formatAddress } from '../base/cidr.ts';
import { formatAttribute, parseAttributes, parseList, parseText } from './netlink.ts';
import { describeRuleset, emptyRuleset, isOurTable, readMark, type RulesetState } from './ruleset.ts';
import type { Netlink } from './system-calls.ts';

/** linux/netfilter/nf_tables.h, below NFNL_SUBSYS_NFTABLES. */
const requests = { tables: 0xa01, chains: 0xa04, rules: 0xa07, sets: 0xa0a, elements: 0xa0d } as const;

/** By NFPROTO_… number. */
const families = new Map([
  [1, 'inet'],
  [2, 'ip'],
  [3, 'arp'],
  [5, 'netdev'],
  [7, 'bridge'],
  [10, 'ip6'],
]);
const INET = 1;
const hooks = ['prerouting', 'input', 'forward', 'output', 'postrouting', 'ingress'];
/** nft's own numbers of the types that keys of sets have here; others are told by their number. */
const keyTypes = new Map([
  [7, 'ipv4_addr'],
  [8, 'ipv6_addr'],
  [12, 'inet_proto'],
  [13, 'inet_service'],
]);
const ANONYMOUS = 0x1;
const MAP = 0x8;
/** Of tables. */
const DORMANT = 0x1;

/** Asks for the filter of the namespace in which `netlink` (protocol netfilter) was opened. */
export function readFilter(netlink: Netlink): RulesetState {
  const tables = netlink.ask(requests.tables, 'dump', head(0)).map((body) => {
    const [family = 0] = body;
    const attributes = parseAttributes(body, 4);
    const asleep = ((attributes.get(2)?.readUInt32BE(0) ?? 0) & DORMANT) !== 0;
    return { name: `${families.get(family) ?? String(family)} ${parseText(attributes.get(1))}`, asleep };
  });
  // One that sleeps was never finished.
  const table = tables.find(({ name, asleep }) => isOurTable(name) && !asleep)?.name;
  const foreign = tables.flatMap(({ name }) => (name === table ? [] : [name]));
  if (table === undefined) return { ...emptyRuleset, foreign };
  const tableName = table.split(' ')[1] ?? '';
  // The kernel may answer with those of other tables too.
  const ask = (type: number): readonly ReadonlyMap<number, Buffer>[] =>
    netlink
      .ask(type, 'dump', Buffer.concat([head(INET), text(1, tableName)]))
      .map((body) => parseAttributes(body, 4))
      .filter((attributes) => parseText(attributes.get(1)) === tableName);
  const sets = ask(requests.sets).filter(
    (attributes) => ((attributes.get(3)?.readUInt32BE(0) ?? 0) & (ANONYMOUS | MAP)) === 0,
  );
  const types = sets.map((attributes): readonly [string, string] => [
    parseText(attributes.get(2)),
    formatKeyType(attributes.get(4)?.readUInt32BE(0) ?? 0),
  ]);
  const chains = new Map(
    ask(requests.chains).map((attributes) => [parseText(attributes.get(3)), readChain(attributes)]),
  );
  for (const attributes of ask(requests.rules))
    chains.get(parseText(attributes.get(2)))?.rules.push(readMark(readComment(attributes.get(7)) ?? 'unmarked'));
  return {
    table,
    shape: describeRuleset(types, [...chains.values()]),
    sets: new Map(types.map(([name, type]) => [name, readElements(netlink, tableName, name, type)])),
    foreign,
  };
}

function readChain(attributes: ReadonlyMap<number, Buffer>) {
  const name = parseText(attributes.get(3));
  const hook = attributes.get(4);
  if (hook === undefined) return { name, base: '', rules: [] as string[] };
  const place = parseAttributes(hook);
  const policy = (attributes.get(5)?.readUInt32BE(0) ?? 1) === 0 ? 'drop' : 'accept';
  const base = `${hooks[place.get(1)?.readUInt32BE(0) ?? -1] ?? ''} ${place.get(2)?.readInt32BE(0) ?? 0} ${policy}`;
  return { name, base, rules: [] as string[] };
}

/** The comment among what nft keeps with a rule: type 0, its length, its text. */
function readComment(userdata: Buffer | undefined): string | undefined {
  for (let at = 0; userdata !== undefined && at + 2 <= userdata.length;) {
    const [type, length = 0] = userdata.subarray(at, at + 2);
    if (type === 0) return parseText(userdata.subarray(at + 2, at + 2 + length));
    at += 2 + length;
  }
  return undefined;
}

function readElements(netlink: Netlink, tableName: string, set: string, type: string): ReadonlySet<string> {
  const elements = new Set<string>();
  const request = Buffer.concat([head(INET), text(1, tableName), text(2, set)]);
  for (const body of netlink.ask(requests.elements, 'dump', request)) {
    const list = parseAttributes(body, 4).get(3);
    for (const [, element] of list === undefined ? [] : parseList(list)) {
      const key = parseAttributes(element).get(1);
      const value = key === undefined ? undefined : parseAttributes(key).get(1);
      if (value !== undefined) elements.add(formatElement(value, type));
    }
  }
  return elements;
}

/** Parts of a key are padded to four bytes each. */
function formatElement(value: Buffer, type: string): string {
  if (type !== 'ipv4_addr . inet_service' || value.length < 6) return value.toString('hex');
  return `${formatAddress(4, BigInt(value.readUInt32BE(0)))} . ${value.readUInt16BE(4)}`;
}

/** A key of several parts has six bits of its number for each. */
function formatKeyType(type: number): string {
  const parts: string[] = [];
  for (let rest = type; rest > 0; rest >>>= 6) parts.unshift(keyTypes.get(rest & 63) ?? String(rest & 63));
  return parts.join(' . ');
}

/** struct nfgenmsg. */
function head(family: number): Buffer {
  return Buffer.from([family, 0, 0, 0]);
}

function text(type: number, value: string): Buffer {
  return formatAttribute(type, Buffer.from(`${value}\0`));
}
