// What a client of a VPC gets when it asks the VPC's DNS for a name, without a question on the network.

import { encode } from 'dns-packet';
import type { Snapshot } from '../snapshot/index.ts';
import { answerQuery } from './answer.ts';
import { parseQuery } from './message.ts';
import { createZones } from './zones.ts';

/** An answer: addresses, that there is no such name, or that other resolvers are asked. */
export type FoundName =
  | { readonly kind: 'addresses'; readonly v4: readonly string[]; readonly v6: readonly string[] }
  | { readonly kind: 'absent' }
  | { readonly kind: 'forwarded' };

/** Looks names up. */
export interface LookUp {
  apply(snapshot: Snapshot): void;
  /** The answer to clients of the VPC. `name` is a host name: labels of at most 63 characters. */
  find(name: string, vpcId: string): FoundName;
}

/** Looks up in the newest snapshot that it was given; none at first. */
export function createLookUp(): LookUp {
  const zones = createZones();
  const ask = (name: string, type: 'A' | 'AAAA', vpcId: string): readonly string[] | 'forward' => {
    const parsed = parseQuery(encode({ type: 'query', id: 0, flags: 0x0100, questions: [{ type, name }] }));
    const answer = parsed.kind === 'query' ? answerQuery(zones, parsed.query, vpcId) : undefined;
    if (answer === 'forward') return 'forward';
    return (answer?.answers ?? []).flatMap((one) => (one.type === type ? [one.data] : []));
  };
  return {
    apply: (snapshot) => zones.apply(snapshot),
    find(name, vpcId) {
      const v4 = ask(name, 'A', vpcId);
      const v6 = ask(name, 'AAAA', vpcId);
      if (v4 === 'forward' || v6 === 'forward') return { kind: 'forwarded' };
      return v4.length + v6.length === 0 ? { kind: 'absent' } : { kind: 'addresses', v4, v6 };
    },
  };
}
