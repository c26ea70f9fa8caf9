// What a client of a VPC gets when it asks the VPC's DNS for a name, without a question on the network.

import { formatAddress } from '../base/cidr.ts';
import type { Random } from '../base/random.ts';
import type { Snapshot } from '../snapshot/index.ts';
import { createNames, type Resolution } from './resolve.ts';
import { nameKey } from './wire-name.ts';
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
}

/** Looks up in the newest snapshot that it was given; none at first. */
export function createLookUp(random: Pick<Random, 'fraction'>): LookUp {
  const names = createNames(random);
  return {
    apply: (snapshot) => names.apply(snapshot),
    find(name, vpcId) {
      const key = nameKey(name.toLowerCase().replace(/\.$/, ''));
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
