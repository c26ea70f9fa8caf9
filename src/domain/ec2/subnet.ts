// Subnets: create, delete.

import { cidrIncludes, cidrOverlaps, formatCidr, parseCidr } from '../../base/cidr.ts';
import type { Context, Decided } from '../decision.ts';
import { formatArn, newId } from '../identifiers.ts';
import { keyOf, keyOfRecord, type Tags } from '../records/base.ts';
import type { Subnet } from '../records/ec2.ts';
import { ec2Refusal } from '../refusal.ts';
import { put, recordsBy, remove, type State } from '../state.ts';
import { parseEc2Cidr } from './cidr.ts';
import { getVpc } from './vpc.ts';
import { zoneId } from './zone.ts';

export interface CreateSubnetInput {
  readonly vpcId: string;
  readonly cidrBlock: string;
  /** Default: the region's zone `a`. */
  readonly availabilityZone?: string;
  /** The zone by its id (`use1-az1`), in place of its name. */
  readonly availabilityZoneId?: string;
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
  return { changes: [remove('subnet', subnet)], result: null };
}

/** Refuses when a resource gateway stands in the subnet. */
export function checkSubnetUnused(state: State, subnet: Subnet): void {
  if (state.indexes.resourceGatewaysBySubnet.has(keyOfRecord(subnet)))
    throw ec2Refusal('DependencyViolation', `The subnet '${subnet.id}' has dependencies and cannot be deleted.`);
}

/** The subnet with `id`; refused with `InvalidSubnetID.NotFound` when absent. */
export function getSubnet(
  state: State,
  caller: { readonly account: string; readonly region: string },
  id: string,
): Subnet {
  const subnet = state.tables.subnet.get(keyOf(caller.account, caller.region, id));
  if (subnet === undefined) throw ec2Refusal('InvalidSubnetID.NotFound', `The subnet ID '${id}' does not exist`);
  return subnet;
}
