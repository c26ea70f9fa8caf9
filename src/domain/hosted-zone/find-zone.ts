// Finding hosted zones: the caller's own, and what a VPC or an account has.

import type { Caller } from '../identifiers.ts';
import { GLOBAL_REGION, keyOf, type Key } from '../records/base.ts';
import type { HostedZone, ZoneVpc } from '../records/hosted-zone.ts';
import { Refusal, route53Refusal } from '../refusal.ts';
import { ownedIndexValue } from '../state-indexes.ts';
import { countBy, recordsBy, type State } from '../state.ts';
import { reversedName } from './zone-name.ts';

/** Route 53 is the same in every region: all that it needs to know of a caller is the account. */
export type Account = Pick<Caller, 'account'>;

/** The caller's zone with `id`; refused with NoSuchHostedZone, and with AccessDenied when it is another account's. */
export function getHostedZone(state: State, { account }: Account, id: string): HostedZone {
  const zone = getAnyZone(state, id);
  if (zone.account !== account)
    throw new Refusal({ kind: 'AccessDenied' }, `User is not authorized to access the hosted zone ${id}.`);
  return zone;
}

/** The zone with `id`, whosever it is; refused with NoSuchHostedZone. */
export function getAnyZone(state: State, id: string): HostedZone {
  const [zone] = recordsBy(state, 'hostedZone', 'hostedZonesById', id);
  if (zone === undefined) throw route53Refusal('NoSuchHostedZone', `No hosted zone found with ID: ${id}`);
  return zone;
}

/** The caller's zones in the order of creation. */
export function listHostedZones(state: State, { account }: Account): readonly HostedZone[] {
  return recordsBy(state, 'hostedZone', 'owned', ownedIndexValue('hostedZone', { account, region: GLOBAL_REGION }));
}

/** How many zones the caller has; at once. */
export function countHostedZones(state: State, { account }: Account): number {
  return countBy(state, 'owned', ownedIndexValue('hostedZone', { account, region: GLOBAL_REGION }));
}

/** The caller's zones by their reversed names, then by id. */
export function listZonesByName(state: State, caller: Account): readonly HostedZone[] {
  const named = listHostedZones(state, caller).map((zone) => ({ zone, name: reversedName(zone.name) }));
  named.sort((a, b) => compare(a.name, b.name) || compare(a.zone.id, b.zone.id));
  return named.map(({ zone }) => zone);
}

/** The private zones that answer the VPC, whosever they are. */
export function listZonesOfVpc(state: State, vpcKey: Key): readonly HostedZone[] {
  return recordsBy(state, 'hostedZone', 'hostedZonesByVpc', vpcKey);
}

/** The caller's own VPC; refused with InvalidVPCId when there is none. */
export function getZoneVpcKey(state: State, { account }: Account, { vpcId, region }: ZoneVpc): Key {
  const key = keyOf(account, region, vpcId);
  if (state.tables.vpc.has(key)) return key;
  throw route53Refusal('InvalidVPCId', `The VPC: ${vpcId} in region ${region} that you provided is not valid.`);
}

/** Which of two texts is first, by their bytes. */
export function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
