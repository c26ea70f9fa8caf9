// What is known here about a name: which zone answers, where aliases and CNAME records lead, and from where on others have to be asked.

import type { Random } from '../base/random.ts';
import { DNS_TTL, type Snapshot, type VpcRecord, type ZoneRecord } from '../snapshot/index.ts';
import { parseAddress } from '../base/cidr.ts';
import { createGeneratedNames, generatedZone } from './generated-names.ts';
import { createHostedZones, type AnsweringZone } from './hosted-zones.ts';
import { findInternal } from './internal-names.ts';
import { encodeKey, keyOfData, nameKey } from './wire-name.ts';
import { encodeIpv4, types, type WireRecord } from './wire-record.ts';
import { pickSet, type ZoneNode, type ZoneSet } from './zone-tree.ts';

/** How a resolution ends. */
export type Outcome = 'found' | 'no data' | 'no name' | 'loop' | 'refused' | 'forward';

/** What is known about a name and a type. */
export interface Resolution {
  readonly outcome: Outcome;
  /** CNAME records on the way, then what was asked for. */
  readonly records: readonly WireRecord[];
  /** Of an answer without data: who says so, and how long it may be believed. */
  readonly soa?: WireRecord;
  /** The name that others have to be asked for, when that is not the question's own. */
  readonly target?: string;
  /** The next question may have another answer although nothing changed. */
  readonly varies: boolean;
  /** The hosted zone that knew the first name. */
  readonly zone?: ZoneRecord;
}

/** All names of the newest snapshot. */
export interface Names {
  apply(snapshot: Snapshot): void;
  /** Resolves for clients of the VPC; undefined: for those of the host. */
  resolve(key: string, type: number, vpcId: string | undefined): Resolution;
  vpc(vpcId: string): VpcRecord | undefined;
}

/** CNAME records or aliases one behind the other; more are taken for a loop. */
const LONGEST_CHAIN = 8;

/** How long a client may believe that a generated name does not exist, in seconds: a new association is seen soon. */
const NEGATIVE_TTL = 5;

/** Makes the names of no snapshot. */
export function createNames(random: Pick<Random, 'fraction'>): Names {
  const generated = createGeneratedNames();
  const hosted = createHostedZones();

  /** A resolution on its way. */
  interface Way {
    readonly type: number;
    readonly vpcId: string | undefined;
    readonly records: WireRecord[];
    varies: boolean;
    zone?: ZoneRecord;
  }

  type End = Pick<Resolution, 'outcome'> & Partial<Pick<Resolution, 'soa' | 'target'>>;

  /** The end of the way at the name with `key`, or the key of the name that it leads on to. */
  function step(way: Way, key: string, owner: string | undefined): End | string {
    const { vpcId, type } = way;
    const own = generatedZone(key);
    const privateZone = vpcId === undefined ? undefined : hosted.findPrivate(key, vpcId);
    // The longer of two names is nearer.
    if (own !== undefined && (privateZone === undefined || privateZone.tree.apex.length < own.length))
      return askGenerated(way, key, own, owner);
    if (privateZone !== undefined) return askZone(way, privateZone, key, owner, false);
    const vpc = vpcId === undefined ? undefined : generated.vpc(vpcId);
    const internal = vpc === undefined ? undefined : findInternal(key, vpc, generated);
    if (internal !== undefined) {
      const soa = ownSoa(internal.zone);
      if (internal.kind === 'absent') return { outcome: 'no name', soa };
      if (internal.type !== type) return { outcome: 'no data', soa };
      for (const data of internal.data) way.records.push({ ...named(owner), type, ttl: DNS_TTL, data });
      return { outcome: 'found' };
    }
    // Anybody may make a zone of any name: it must not lead other accounts' clients astray.
    const publicZone = vpcId !== undefined && vpc === undefined ? undefined : hosted.findPublic(key, vpc?.account);
    if (publicZone !== undefined) return askZone(way, publicZone, key, owner, true);
    return { outcome: 'forward', ...(owner === undefined ? {} : { target: key }) };
  }

  function askGenerated(way: Way, key: string, zone: string, owner: string | undefined): End {
    const soa = ownSoa(zone);
    if (key === zone) {
      if (way.type !== types.soa) return { outcome: 'no data', soa };
      way.records.push({ ...named(owner), type: types.soa, ttl: DNS_TTL, data: soa.data });
      return { outcome: 'found' };
    }
    if (generated.find(key, way.vpcId) === undefined) return { outcome: 'no name', soa };
    return addAddresses(way, key, owner) ? { outcome: 'found' } : { outcome: 'no data', soa };
  }

  /** Adds the addresses of the generated name with `key`, under the name of `owner`; whether there were some of the wanted type. */
  function addAddresses(way: Way, key: string, owner: string | undefined): boolean {
    const { type, records } = way;
    const found = generated.find(key, way.vpcId);
    const data =
      type === types.a ? found?.v4.map(encodeIpv4) : type === types.aaaa ? found?.v6.map(encodeIpv6) : undefined;
    for (const one of data ?? []) records.push({ ...named(owner), type, ttl: DNS_TTL, data: one });
    return (data?.length ?? 0) > 0;
  }

  function askZone(
    way: Way,
    { record, tree }: AnsweringZone,
    key: string,
    owner: string | undefined,
    delegates: boolean,
  ): End | string {
    way.zone ??= record;
    const { soa } = tree;
    const ended = (outcome: Outcome): End => ({ outcome, ...(soa === undefined ? {} : { soa }) });
    const found = tree.find(key, delegates);
    if (found.kind === 'absent') return ended('no name');
    if (found.kind === 'delegated') return { outcome: 'forward', ...(owner === undefined ? {} : { target: key }) };
    const count = way.records.length;
    const node = found.node;
    const all = way.type === types.any ? [...node.keys()] : [way.type];
    for (const type of all) {
      const set = pick(way, node, type);
      const last = set === undefined ? undefined : followAliases(way, { record, tree }, set, type, owner);
      if (last === 'loop') return { outcome: 'loop' };
    }
    if (way.records.length > count) return { outcome: 'found' };
    const cname = node.has(way.type) ? undefined : pick(way, node, types.cname);
    if (cname === undefined) return ended('no data');
    if (followAliases(way, { record, tree }, cname, types.cname, owner) === 'loop') return { outcome: 'loop' };
    const target = way.records.at(-1)?.data;
    return way.records.length === count || target === undefined ? ended('no data') : keyOfData(target);
  }

  function pick(way: Way, node: ZoneNode, type: number): ZoneSet | undefined {
    const sets = node.get(type);
    if (sets === undefined || sets.length < 2) return sets?.[0];
    way.varies = true;
    return pickSet(sets, random.fraction());
  }

  /** Adds the records of `set`, or of what it is an alias of, under the name of `owner`. */
  function followAliases(
    way: Way,
    { tree }: AnsweringZone,
    set: ZoneSet,
    type: number,
    owner: string | undefined,
  ): 'loop' | 'done' {
    let at: ZoneSet | undefined = set;
    for (let i = 0; at !== undefined; i++) {
      if (i === LONGEST_CHAIN) return 'loop';
      const { alias, ttl, data }: ZoneSet = at;
      if (alias === undefined) {
        for (const one of data) way.records.push({ ...named(owner), type, ttl, data: one });
        return 'done';
      }
      if (generatedZone(alias.key) !== undefined) {
        addAddresses({ ...way, type }, alias.key, owner);
        return 'done';
      }
      const found = tree.find(alias.key, false);
      at = found.kind === 'node' ? pick(way, found.node, type) : undefined;
    }
    return 'done';
  }

  function ownSoa(zone: string): WireRecord {
    const numbers = Buffer.alloc(20);
    [generated.serial >>> 0, 7200, 900, 1_209_600, NEGATIVE_TTL].forEach((one, i) => numbers.writeUInt32BE(one, 4 * i));
    const data = Buffer.concat([encodeKey(nameKey('ns') + zone), encodeKey(nameKey('hostmaster') + zone), numbers]);
    return { owner: zone, type: types.soa, ttl: NEGATIVE_TTL, data };
  }

  return {
    apply(snapshot) {
      generated.apply(snapshot);
      hosted.apply(snapshot);
    },
    resolve(key, type, vpcId) {
      // VPC User Guide: without DNS support the server at the VPC's address answers nothing.
      if (vpcId !== undefined && generated.vpc(vpcId)?.dns.support === false)
        return { outcome: 'refused', records: [], varies: false };
      const way: Way = { type, vpcId, records: [], varies: false };
      const seen = new Set<string>();
      let at = key;
      for (let i = 0; ; i++) {
        if (i > LONGEST_CHAIN || seen.has(at)) return { outcome: 'loop', records: [], varies: way.varies };
        seen.add(at);
        const end = step(way, at, i === 0 ? undefined : at);
        if (typeof end === 'string') {
          at = end;
          continue;
        }
        const { records, varies, zone } = way;
        return { ...end, records, varies, ...(zone === undefined ? {} : { zone }) };
      }
    },
    vpc: (vpcId) => generated.vpc(vpcId),
  };
}

function named(owner: string | undefined): { readonly owner?: string } {
  return owner === undefined ? {} : { owner };
}

function encodeIpv6(address: string): Buffer {
  return Buffer.from((parseAddress(address)?.value ?? 0n).toString(16).padStart(32, '0'), 'hex');
}
