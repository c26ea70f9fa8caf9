// Which VPCs a private zone answers, and whose may be added.

import type { Context, Decided } from '../decision.ts';
import { keyOf } from '../records/base.ts';
import type { HostedZone, ZoneChange, ZoneVpc } from '../records/hosted-zone.ts';
import { checkQuota } from '../quotas.ts';
import { route53Refusal } from '../refusal.ts';
import { put, type Change, type State } from '../state.ts';
import { getAnyZone, getHostedZone, getZoneVpcKey, listZonesOfVpc } from './find-zone.ts';
import { newZoneChange } from './zone-change.ts';

export interface ZoneVpcInput {
  readonly id: string;
  readonly vpc: ZoneVpc;
  readonly comment?: string;
}

/** The most VPCs that may be authorized for a zone at a time (Developer Guide: Quotas). */
const MOST_AUTHORIZATIONS = 1000;

/** AssociateVPCWithHostedZone: of the caller's VPC, with a zone of its own or one whose owner authorized the VPC. */
export function associateVpc(state: State, input: ZoneVpcInput, context: Context): Decided<ZoneChange> {
  const { vpc } = input;
  const zone = getAnyZone(state, input.id);
  const { account } = context;
  if (zone.account !== account && !zone.authorizations.some((one) => isSame(one, vpc)))
    throw route53Refusal(
      'NotAuthorizedException',
      `The VPC: ${vpc.vpcId} has not authorized to associate with your hosted zone.`,
    );
  if (!zone.private)
    throw route53Refusal(
      'PublicZoneVPCAssociation',
      `You're trying to associate a VPC with a public hosted zone: ${zone.id}.`,
    );
  getZoneVpcKey(state, context, vpc);
  const associated = { ...vpc, account };
  checkNameFree(state, zone.name, associated);
  checkQuota(context, 'vpcsPerZone', () => zone.vpcs.length + 1);
  return changed(state, context, input, { ...zone, vpcs: [...zone.vpcs, associated] });
}

/** DisassociateVPCFromHostedZone: by the zone's owner or the VPC's; the last VPC stays. */
export function disassociateVpc(state: State, input: ZoneVpcInput, context: Context): Decided<ZoneChange> {
  const { vpc } = input;
  const zone = getAnyZone(state, input.id);
  const found = zone.vpcs.find(
    (one) => isSame(one, vpc) && (zone.account === context.account || one.account === context.account),
  );
  if (zone.account !== context.account && found === undefined) getHostedZone(state, context, input.id);
  if (found === undefined)
    throw route53Refusal(
      'VPCAssociationNotFound',
      `The VPC: ${vpc.vpcId} is not associated with the hosted zone ${zone.id}.`,
    );
  if (zone.vpcs.length === 1)
    throw route53Refusal(
      'LastVPCAssociation',
      `The VPC that you're trying to disassociate from the private hosted zone ${zone.id} is the last VPC that is associated with it.`,
    );
  return changed(state, context, input, { ...zone, vpcs: zone.vpcs.filter((one) => one !== found) });
}

function changed(state: State, context: Context, input: ZoneVpcInput, zone: HostedZone): Decided<ZoneChange> {
  const change = newZoneChange(state, context, input.comment);
  return {
    changes: [put('hostedZone', { ...zone, lastUpdatedAt: context.now }), put('zoneChange', change)],
    result: change,
  };
}

/** CreateVPCAssociationAuthorization: lets the owner of a VPC associate it. To authorize it again changes nothing. */
export function authorizeVpc(state: State, input: ZoneVpcInput, context: Context): Decided<HostedZone> {
  const zone = getHostedZone(state, context, input.id);
  if (!zone.private)
    throw route53Refusal('InvalidInput', `The hosted zone ${zone.id} is public: no VPC can be associated with it.`);
  if (zone.authorizations.some((one) => isSame(one, input.vpc))) return { changes: [], result: zone };
  if (zone.authorizations.length >= MOST_AUTHORIZATIONS)
    throw route53Refusal('LimitsExceeded', `A hosted zone can have ${MOST_AUTHORIZATIONS} authorizations.`);
  return authorized(zone, [...zone.authorizations, input.vpc], context);
}

/** DeleteVPCAssociationAuthorization: what was associated by it stays. */
export function revokeVpcAuthorization(state: State, input: ZoneVpcInput, context: Context): Decided<HostedZone> {
  const zone = getHostedZone(state, context, input.id);
  const left = zone.authorizations.filter((one) => !isSame(one, input.vpc));
  if (left.length === zone.authorizations.length)
    throw route53Refusal(
      'VPCAssociationAuthorizationNotFound',
      `The VPC: ${input.vpc.vpcId} is not authorized to associate with the hosted zone ${zone.id}.`,
    );
  return authorized(zone, left, context);
}

function authorized(zone: HostedZone, authorizations: readonly ZoneVpc[], { now }: Context): Decided<HostedZone> {
  const updated = { ...zone, authorizations, lastUpdatedAt: now };
  const changes: readonly Change[] = [put('hostedZone', updated)];
  return { changes, result: updated };
}

/** Refuses with ConflictingDomainExists when a zone of this name answers the VPC already. */
export function checkNameFree(state: State, name: string, vpc: HostedZone['vpcs'][number]): void {
  const twin = listZonesOfVpc(state, keyOf(vpc.account, vpc.region, vpc.vpcId)).find((zone) => zone.name === name);
  if (twin !== undefined)
    throw route53Refusal(
      'ConflictingDomainExists',
      `The VPC ${vpc.vpcId} in region ${vpc.region} has already been associated with the hosted zone ${twin.id} with the same domain name.`,
    );
}

function isSame(a: ZoneVpc, b: ZoneVpc): boolean {
  return a.vpcId === b.vpcId && a.region === b.region;
}
