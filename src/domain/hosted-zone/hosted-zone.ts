// Hosted zones: made with their SOA and NS record sets, commented, deleted.

import type { Context, Decided } from '../decision.ts';
import { GLOBAL_REGION, keyOfRecord } from '../records/base.ts';
import type { HostedZone, RecordSet, RecordSetType, ZoneChange, ZoneVpc } from '../records/hosted-zone.ts';
import { checkQuota } from '../quotas.ts';
import { route53Refusal } from '../refusal.ts';
import { countBy, put, recordsBy, remove, type State } from '../state.ts';
import { recordSetId } from '../record-set/record-set-id.ts';
import { countHostedZones, getHostedZone, getZoneVpcKey } from './find-zone.ts';
import { checkNameFree } from './vpc-association.ts';
import { newZoneChange } from './zone-change.ts';
import { canonicalName } from './zone-name.ts';

/** Those of every zone: nobody outside may be made to believe that AWS's own servers know a zone of ours. */
const NAME_SERVERS = ['ns-1', 'ns-2', 'ns-3', 'ns-4'].map((host) => `${host}.pergola.internal`);

/** Record sets that every zone has: SOA and NS of its own name. */
export const OWN_RECORD_SETS = 2;

export interface CreateHostedZoneInput {
  readonly name: string;
  readonly callerReference: string;
  readonly comment?: string;
  /** As the caller says; a zone with a VPC is private whatever is said. */
  readonly private?: boolean;
  readonly vpc?: ZoneVpc;
  readonly delegationSetId?: string;
}

/** What was made, and the change that GetChange tells of. */
export interface ZoneResult {
  readonly zone: HostedZone;
  readonly change: ZoneChange;
}

/** CreateHostedZone (Route 53 API). */
export function createHostedZone(state: State, input: CreateHostedZoneInput, context: Context): Decided<ZoneResult> {
  const { account, now, random } = context;
  const { vpc, callerReference, comment } = input;
  const name = canonicalName(input.name);
  if (name === undefined || (vpc === undefined && !name.includes('.')))
    throw route53Refusal('InvalidDomainName', `${input.name} is not a valid domain name.`);
  if (input.delegationSetId !== undefined)
    throw route53Refusal('NoSuchDelegationSet', `Delegation set ${input.delegationSetId} does not exist.`);
  if (input.private === true && vpc === undefined)
    throw route53Refusal('InvalidInput', 'A private hosted zone needs a VPC: give VPCId and VPCRegion.');
  if (countBy(state, 'hostedZonesByReference', `${account} ${callerReference}`) > 0)
    throw route53Refusal(
      'HostedZoneAlreadyExists',
      `A hosted zone has already been created with the specified caller reference: ${callerReference}`,
    );
  if (vpc !== undefined) {
    getZoneVpcKey(state, context, vpc);
    checkNameFree(state, name, { ...vpc, account });
  }
  checkQuota(context, 'hostedZones', () => countHostedZones(state, context) + 1);
  const id = `Z${random.hex(10).toUpperCase()}`;
  const zone: HostedZone = {
    account,
    region: GLOBAL_REGION,
    id,
    arn: `arn:aws:route53:::hostedzone/${id}`,
    name,
    callerReference,
    ...(comment === undefined ? {} : { comment }),
    private: vpc !== undefined,
    vpcs: vpc === undefined ? [] : [{ ...vpc, account }],
    authorizations: [],
    nameServers: NAME_SERVERS,
    createdAt: now,
    lastUpdatedAt: now,
    tags: {},
  };
  const change = newZoneChange(state, context);
  const own = (type: RecordSetType, ttl: number, values: readonly string[]) =>
    put('recordSet', ownRecordSet(zone, type, ttl, values));
  const changes = [
    put('hostedZone', zone),
    // Times and TTLs as Route 53 makes them (Developer Guide: NS and SOA records).
    own(
      'NS',
      172_800,
      zone.nameServers.map((server) => `${server}.`),
    ),
    own('SOA', 900, [`${zone.nameServers[0]}. hostmaster.pergola.internal. 1 7200 900 1209600 86400`]),
    put('zoneChange', change),
  ];
  return { changes, result: { zone, change } };
}

function ownRecordSet(zone: HostedZone, type: RecordSetType, ttl: number, values: readonly string[]): RecordSet {
  const { account, region, createdAt, name, id: zoneId } = zone;
  return {
    ...{ account, region, id: recordSetId(zoneId, name, type), zoneKey: keyOfRecord(zone), zoneId },
    ...{ name, type, ttl, values, createdAt, lastUpdatedAt: createdAt, tags: {} },
  };
}

/** UpdateHostedZoneComment: no comment removes it. */
export function updateHostedZoneComment(
  state: State,
  input: { readonly id: string; readonly comment?: string },
  context: Context,
): Decided<HostedZone> {
  const { comment: _, ...zone } = getHostedZone(state, context, input.id);
  const updated: HostedZone = {
    ...zone,
    ...(input.comment === undefined ? {} : { comment: input.comment }),
    lastUpdatedAt: context.now,
  };
  return { changes: [put('hostedZone', updated)], result: updated };
}

/** DeleteHostedZone: HostedZoneNotEmpty while it has more than its own SOA and NS record sets. */
export function deleteHostedZone(state: State, input: { readonly id: string }, context: Context): Decided<ZoneChange> {
  const zone = getHostedZone(state, context, input.id);
  if (recordSetCount(state, zone) > OWN_RECORD_SETS)
    throw route53Refusal(
      'HostedZoneNotEmpty',
      'The specified hosted zone contains non-required resource record sets and so cannot be deleted.',
    );
  const change = newZoneChange(state, context);
  const sets = recordsBy(state, 'recordSet', 'recordSetsByZone', keyOfRecord(zone));
  return {
    changes: [...sets.map((one) => remove('recordSet', one)), remove('hostedZone', zone), put('zoneChange', change)],
    result: change,
  };
}

/** How many record sets a zone has; at once. */
export function recordSetCount(state: State, zone: HostedZone): number {
  return countBy(state, 'recordSetsByZone', keyOfRecord(zone));
}
