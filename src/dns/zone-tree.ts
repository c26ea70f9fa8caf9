// The names of one hosted zone: what stands at them, and what stands for names that are not there (RFC 4592).

import type { RecordSetRecord } from '../snapshot/index.ts';
import { nameKey, parentKey, wildcardKey } from './wire-name.ts';
import { types, type WireRecord } from './wire-record.ts';

/** A record set with its data as bytes. */
export interface ZoneSet {
  readonly id: string;
  readonly ttl: number;
  readonly data: readonly Buffer[];
  readonly alias?: { readonly zoneId: string; readonly key: string };
  readonly weight?: number;
}

/** What stands at one name, by type: one set, or several weighted ones. */
export type ZoneNode = ReadonlyMap<number, readonly ZoneSet[]>;

interface Node {
  readonly sets: Map<number, readonly ZoneSet[]>;
  /** How many record sets stand at the name and below it. */
  below: number;
}

const typeNumbers: Readonly<Record<RecordSetRecord['type'], number>> = {
  ...{ A: types.a, AAAA: types.aaaa, CAA: types.caa, CNAME: types.cname, MX: types.mx, NS: types.ns },
  ...{ PTR: types.ptr, SOA: types.soa, SPF: types.spf, SRV: types.srv, TXT: types.txt },
};

/** What a zone has for a name. */
export type FoundNode =
  | { readonly kind: 'node'; readonly node: ZoneNode }
  /** At or below the name with this key other servers are to be asked. */
  | { readonly kind: 'delegated'; readonly key: string }
  | { readonly kind: 'absent' };

/** The names of a zone, which change with its record sets. */
export interface ZoneTree {
  /** The key of the zone's own name. */
  readonly apex: string;
  put(record: RecordSetRecord): void;
  drop(record: RecordSetRecord): void;
  readonly isEmpty: boolean;
  /** What stands at the name with the key, which lies in the zone; `delegates`: whether NS record sets below the apex lead elsewhere. */
  find(key: string, delegates: boolean): FoundNode;
  /** What tells how long a client may believe that something is not there: the SOA record. */
  readonly soa: WireRecord | undefined;
}

/** Makes the names of a zone without record sets. */
export function createZoneTree(apexName: string): ZoneTree {
  const apex = nameKey(apexName);
  const nodes = new Map<string, Node>();

  /** Adds `count` to the name and to every name above it in the zone; names that nothing stands at or below are none. */
  function weigh(key: string, count: number): Node | undefined {
    let first: Node | undefined;
    for (let at = key; ; at = parentKey(at)) {
      const node = nodes.get(at) ?? { sets: new Map(), below: 0 };
      first ??= node;
      node.below += count;
      if (node.below === 0) nodes.delete(at);
      else nodes.set(at, node);
      if (at === apex || at === '') return first;
    }
  }

  function findDelegation(key: string): string | undefined {
    let found: string | undefined;
    // The cut nearest to the apex is the one that leads elsewhere.
    for (let at = key; at !== apex && at !== ''; at = parentKey(at))
      if (nodes.get(at)?.sets.has(types.ns) === true) found = at;
    return found;
  }

  return {
    apex,
    put(record) {
      const type = typeNumbers[record.type];
      const node = weigh(nameKey(record.name), 1);
      node?.sets.set(type, [...(node.sets.get(type) ?? []), readSet(record)]);
    },
    drop(record) {
      const type = typeNumbers[record.type];
      const node = weigh(nameKey(record.name), -1);
      const left = node?.sets.get(type)?.filter(({ id }) => id !== record.id) ?? [];
      if (left.length === 0) node?.sets.delete(type);
      else node?.sets.set(type, left);
    },
    get isEmpty() {
      return nodes.size === 0;
    },
    find(key, delegates) {
      const cut = delegates ? findDelegation(key) : undefined;
      if (cut !== undefined) return { kind: 'delegated', key: cut };
      const exact = nodes.get(key);
      if (exact !== undefined) return { kind: 'node', node: exact.sets };
      // The closest name above that there is decides: a wildcard further up does not reach below it.
      let encloser = parentKey(key);
      while (encloser !== apex && !nodes.has(encloser)) encloser = parentKey(encloser);
      const wildcard = nodes.get(wildcardKey(encloser));
      return wildcard === undefined ? { kind: 'absent' } : { kind: 'node', node: wildcard.sets };
    },
    get soa() {
      const [set] = nodes.get(apex)?.sets.get(types.soa) ?? [];
      const data = set?.data[0];
      if (set === undefined || data === undefined) return undefined;
      // RFC 2308: the lesser of the record's own time and its last field.
      return { owner: apex, type: types.soa, ttl: Math.min(set.ttl, data.readUInt32BE(data.length - 4)), data };
    },
  };
}

function readSet({ id, ttl, data, alias, weight }: RecordSetRecord): ZoneSet {
  return {
    id,
    ttl: ttl ?? 0,
    data: data.map((one) => Buffer.from(one, 'base64')),
    ...(alias === undefined ? {} : { alias: { zoneId: alias.zoneId, key: nameKey(alias.name) } }),
    ...(weight === undefined ? {} : { weight }),
  };
}

/** One of several weighted sets, by `fraction` in [0, 1); of sets that all weigh nothing any. */
export function pickSet(sets: readonly ZoneSet[], fraction: number): ZoneSet | undefined {
  if (sets.length < 2) return sets[0];
  const total = sets.reduce((sum, { weight = 0 }) => sum + weight, 0);
  if (total === 0) return sets[Math.floor(fraction * sets.length)];
  let left = fraction * total;
  for (const set of sets) {
    left -= set.weight ?? 0;
    if (left < 0) return set;
  }
  return sets.at(-1);
}
