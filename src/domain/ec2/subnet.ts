// Subnets: create, delete.

import { cidrIncludes, cidrOverlaps, formatCidr, parseCidr } from '../../base/cidr.ts';
import type { Context, Decided } from '../decision.ts';
import { formatArn, newId } from '../identifiers.ts';
import { keyOfRecord, type Tags } from '../records/base.ts';
import type { Subnet, Vpc } from '../records/ec2.ts';
import { ec2Refusal } from '../refusal.ts';
import { put, recordsBy, remove, type Change, type State } from '../state.ts';
import { parseEc2Cidr } from './cidr.ts';
import { getThing } from './resource.ts';
import { getVpc } from './vpc.ts';
import { zoneId } from './zone.ts';

export interface CreateSubnetInput {
  readonly vpcId: string;
  readonly cidrBlock: string;
  /** Default: the region's zone `a`. */
  readonly availabilityZone?: string;
  /** The zone by its id (`use1-az1`), in place of its name. */
  readonly availabilityZoneId?: string;
  /** A /64 of one of the VPC's ranges of IPv6. */
  readonly ipv6CidrBlock?: string;
  readonly tags?: Tags;
}

/** CreateSubnet (EC2): inside one of the VPC's ranges, beside its other subnets. */
export function createSubnet(state: State, input: CreateSubnetInput, context: Context): Decided<Subnet> {
  const { account, region, now } = context;
  const vpc = getVpc(state, context, input.vpcId);
  const cidr = parseEc2Cidr(input.cidrBlock, 'InvalidSubnet.Range');
  const vpcKey = keyOfRecord(vpc);
  if (!vpc.cidrs.some((text) => within(text, cidr)))
    throw ec2Refusal('InvalidSubnet.Range', `The CIDR '${input.cidrBlock}' is invalid.`);
  for (const other of recordsBy(state, 'subnet', 'subnetsByVpc', vpcKey)) {
    const taken = parseCidr(other.cidr);
    if (taken !== undefined && cidrOverlaps(taken, cidr))
      throw ec2Refusal('InvalidSubnet.Conflict', `The CIDR '${input.cidrBlock}' conflicts with another subnet`);
  }
  const zone = zoneOf(input, region);
  const id = newId('subnet', context.random);
  const subnet: Subnet = {
    account,
    region,
    id,
    arn: formatArn('ec2', context, `subnet/${id}`),
    vpcKey,
    vpcId: vpc.id,
    cidr: formatCidr(cidr),
    zone,
    ...(input.ipv6CidrBlock === undefined ? {} : { ipv6Cidr: checkIpv6(state, vpc, input.ipv6CidrBlock) }),
    createdAt: now,
    lastUpdatedAt: now,
    tags: input.tags ?? {},
  };
  return { changes: [put('subnet', subnet)], result: subnet };
}

/** The name of the zone that is asked for; one that is not of the region is refused. */
function zoneOf({ availabilityZone, availabilityZoneId }: CreateSubnetInput, region: string): string {
  const names = Array.from('abcdefghijklmnopqrstuvwxyz', (letter) => `${region}${letter}`);
  const wanted = availabilityZoneId ?? availabilityZone ?? names[0];
  const zone = names.find((name) => (availabilityZoneId === undefined ? name : zoneId(name)) === wanted);
  if (zone !== undefined) return zone;
  throw ec2Refusal(
    'InvalidParameterValue',
    `Value (${wanted}) for parameter availabilityZone is invalid. Zones of ${region} are ${region}a to ${region}z.`,
  );
}

/** A range of IPv6 that a subnet of the VPC can have, as text. */
export function checkIpv6(state: State, vpc: Vpc, text: string): string {
  const cidr = parseCidr(text);
  if (cidr?.family !== 6 || cidr.prefix !== 64)
    throw ec2Refusal(
      'InvalidParameterValue',
      `Value (${text.slice(0, 64)}) for parameter ipv6CidrBlock is invalid. This is not a valid IPv6 CIDR block of /64.`,
    );
  if (!(vpc.ipv6Cidrs ?? []).some((outer) => within(outer, cidr)))
    throw ec2Refusal('InvalidSubnet.Range', `The CIDR '${text}' is invalid.`);
  const range = formatCidr(cidr);
  if (recordsBy(state, 'subnet', 'subnetsByVpc', keyOfRecord(vpc)).some(({ ipv6Cidr }) => ipv6Cidr === range))
    throw ec2Refusal('InvalidSubnet.Conflict', `The CIDR '${text}' conflicts with another subnet`);
  return range;
}

function within(text: string, cidr: Parameters<typeof cidrIncludes>[1]): boolean {
  const outer = parseCidr(text);
  return outer !== undefined && cidrIncludes(outer, cidr);
}

/** DeleteSubnet (EC2): `DependencyViolation` while a resource gateway stands in it. */
export function deleteSubnet(state: State, input: { readonly subnetId: string }, context: Context): Decided<null> {
  const subnet = getSubnet(state, context, input.subnetId);
  if (subnet.origin === 'configuration')
    throw ec2Refusal(
      'OperationNotPermitted',
      `The subnet '${subnet.id}' is made by the configuration. Remove it there.`,
    );
  checkSubnetUnused(state, subnet);
  return { changes: [...leaveParts(state, subnet), remove('subnet', subnet)], result: null };
}

/** A subnet that goes is taken out of its route table and its network ACL. */
export function leaveParts(state: State, subnet: Subnet): readonly Change[] {
  return recordsBy(state, 'vpcPart', 'partsByVpc', subnet.vpcKey).flatMap((part) => {
    if (part.type === 'networkAcl' && part.subnetIds.includes(subnet.id))
      return [put('vpcPart', { ...part, subnetIds: part.subnetIds.filter((id) => id !== subnet.id) })];
    if (part.type !== 'routeTable' || part.associations.every(({ subnetId }) => subnetId !== subnet.id)) return [];
    return [put('vpcPart', { ...part, associations: part.associations.filter((one) => one.subnetId !== subnet.id) })];
  });
}

/** Refuses when a resource gateway or an interface stands in the subnet. */
export function checkSubnetUnused(state: State, subnet: Subnet): void {
  const key = keyOfRecord(subnet);
  if (state.indexes.resourceGatewaysBySubnet.has(key) || state.indexes.ec2Users.has(key))
    throw ec2Refusal('DependencyViolation', `The subnet '${subnet.id}' has dependencies and cannot be deleted.`);
}

/** The subnet with `id`; refused with `InvalidSubnetID.NotFound` when absent. */
export function getSubnet(
  state: State,
  caller: { readonly account: string; readonly region: string },
  id: string,
): Subnet {
  return getThing(state, caller, 'subnet', id);
}
