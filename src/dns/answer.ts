// What is said about a name: our own zones from the snapshot; everything else is for other resolvers.

import type { Answer } from 'dns-packet';
import { DNS_TTL } from '../snapshot/index.ts';
import { rcodes, types, type OwnAnswer, type Query } from './message.ts';
import { zoneOf, type Zones } from './zones.ts';

/** How long a client may believe that a name or a type does not exist, in seconds: a new association is seen soon. */
const NEGATIVE_TTL = 5;

/** Our answer to a query of a client in the VPC `vpcId` (undefined: of the host), or that others have to be asked. */
export function answerQuery(zones: Zones, query: Query, vpcId: string | undefined): OwnAnswer | 'forward' {
  if (query.edns !== undefined && query.edns.version !== 0)
    return { rcode: rcodes.badVers, authoritative: false, answers: [] };
  const zone = zoneOf(query.name);
  if (zone === undefined) return 'forward';
  const soa = {
    zone,
    ttl: NEGATIVE_TTL,
    data: {
      mname: `ns.${zone}`,
      rname: `hostmaster.${zone}`,
      serial: zones.serial >>> 0,
      refresh: 7200,
      retry: 900,
      expire: 1_209_600,
      minimum: NEGATIVE_TTL,
    },
  };
  const own = (rcode: number, answers: readonly Answer[] = []): OwnAnswer => ({
    rcode,
    authoritative: true,
    answers,
    ...(answers.length === 0 ? { soa } : {}),
  });
  if (query.name === zone)
    return query.type === types.soa
      ? own(rcodes.noError, [{ type: 'SOA', name: query.spelling, ttl: DNS_TTL, data: soa.data }])
      : own(rcodes.noError);
  const found = zones.find(query.name, vpcId);
  if (found === undefined) return own(rcodes.nxDomain);
  const records = (type: 'A' | 'AAAA', values: readonly string[]): readonly Answer[] =>
    values.map((data) => ({ type, name: query.spelling, ttl: DNS_TTL, data }));
  if (query.type === types.a) return own(rcodes.noError, records('A', found.v4));
  if (query.type === types.aaaa) return own(rcodes.noError, records('AAAA', found.v6));
  return own(rcodes.noError);
}
