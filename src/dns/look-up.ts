// What a client of a VPC gets when it asks the VPC's DNS for a name, without a question on the network.

import { formatAddress } from '../base/cidr.ts';
import type { Random } from '../base/random.ts';
import type { Snapshot } from '../snapshot/index.ts';
import { createNames, type Resolution } from './resolve.ts';
import { labelsOfKey, nameKey } from './wire-name.ts';
import { types } from './wire-record.ts';

/** A hosted zone that knew a name. */
export interface NamedZone {
  readonly id: string;
  readonly name: string;
}

/** An answer: addresses, that there is no such name, that nothing is answered at all, or that other resolvers are asked. */
export type FoundName = (
  | { readonly kind: 'addresses'; readonly v4: readonly string[]; readonly v6: readonly string[] }
  | { readonly kind: 'absent' | 'refused' | 'forwarded' }
) & {
  /** The hosted zone that answers, or that leads on to another name. */
  readonly zone?: NamedZone;
};

/** Looks names up. */
export interface LookUp {
  apply(snapshot: Snapshot): void;
  /** The answer to clients of the VPC. `name` is a host name: labels of at most 63 characters. */
  find(name: string, vpcId: string): FoundName;
  /** The texts that public zones have for a name, the strings of each record joined, or the name that other resolvers are to be asked for. */
  findTexts(name: string): { readonly texts: readonly string[] } | { readonly target: string };
}

/** Looks up in the newest snapshot that it was given; none at first. */
export function createLookUp(random: Pick<Random, 'fraction'>): LookUp {
  const names = createNames(random);
  const keyOfText = (name: string): string => nameKey(name.toLowerCase().replace(/\.$/, ''));
  return {
    apply: (snapshot) => names.apply(snapshot),
    findTexts(name) {
      const { outcome, records, target } = names.resolve(keyOfText(name), types.txt, undefined);
      if (outcome === 'forward') return { target: target === undefined ? name : labelsOfKey(target).join('.') };
      return { texts: records.filter(({ type }) => type === types.txt).map(({ data }) => joinStrings(data)) };
    },
    find(name, vpcId) {
      const key = keyOfText(name);
      const [a, aaaa] = [names.resolve(key, types.a, vpcId), names.resolve(key, types.aaaa, vpcId)];
      const zone = a.zone === undefined ? {} : { zone: { id: a.zone.id, name: a.zone.name } };
      if (a.outcome === 'forward' || aaaa.outcome === 'forward') return { kind: 'forwarded', ...zone };
      if (a.outcome === 'refused') return { kind: 'refused' };
      const [v4, v6] = [addresses(a, types.a), addresses(aaaa, types.aaaa)];
      return v4.length + v6.length === 0 ? { kind: 'absent', ...zone } : { kind: 'addresses', v4, v6, ...zone };
    },
  };
}

function addresses({ records }: Resolution, wanted: number): readonly string[] {
  return records
    .filter(({ type }) => type === wanted)
    .map(({ data }) => formatAddress(wanted === types.a ? 4 : 6, BigInt(`0x${data.toString('hex')}`)));
}

/** The strings of a TXT record's data, each behind its length, as one text. */
function joinStrings(data: Buffer): string {
  const parts: Buffer[] = [];
  for (let at = 0; at < data.length; at += 1 + (data[at] ?? 0))
    parts.push(data.subarray(at + 1, at + 1 + (data[at] ?? 0)));
  return Buffer.concat(parts).toString('utf8');
}
