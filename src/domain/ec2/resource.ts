// The things of EC2 by their ids: what their ids begin with, what EC2 calls them, and what it says of an id that nothing has.

import type { Caller } from '../identifiers.ts';
import { keyOf, type BaseRecord, type Key } from '../records/base.ts';
import type { PartType, VpcPart } from '../records/vpc-part.ts';
import { ec2Refusal, type Refusal } from '../refusal.ts';
import type { Ec2Kind } from '../state-indexes.ts';
import type { RecordTypes, State } from '../state.ts';

/** The things that have an id and tags. */
export type Ec2Thing = Ec2Kind | PartType;

/** The record of each. */
export type ThingRecord<T extends Ec2Thing> = T extends Ec2Kind
  ? RecordTypes[T]
  : Extract<VpcPart, { readonly type: T }>;

interface ThingWords {
  /** What its ids begin with. */
  readonly prefix: string;
  /** EC2's word: the type of a tagged resource, and in ARNs. */
  readonly type: string;
  /** What a sentence calls its id. */
  readonly noun: string;
  /** The code of an id that nothing has. */
  readonly unknown: string;
  /** The code of what can be no id of it (EC2 API: Error codes). */
  readonly malformed: string;
}

const words = (prefix: string, type: string, noun: string, unknown: string, malformed: string): ThingWords => ({
  ...{ prefix: `${prefix}-`, type, noun, unknown, malformed },
});

/** Of all that one of them has an id, longer prefixes before those that they begin with. */
const things: Readonly<Record<Ec2Thing, ThingWords>> = {
  vpc: words('vpc', 'vpc', 'vpc ID', 'InvalidVpcID.NotFound', 'InvalidVpcID.NotFound'),
  subnet: words('subnet', 'subnet', 'subnet ID', 'InvalidSubnetID.NotFound', 'InvalidSubnetID.NotFound'),
  securityGroupRule: words(
    ...(['sgr', 'security-group-rule', 'security group rule ID'] as const),
    ...(['InvalidSecurityGroupRuleId.NotFound', 'InvalidSecurityGroupRuleId.Malformed'] as const),
  ),
  securityGroup: words('sg', 'security-group', 'security group', 'InvalidGroup.NotFound', 'InvalidGroupId.Malformed'),
  prefixList: words(
    ...(['pl', 'prefix-list', 'prefix list ID'] as const),
    ...(['InvalidPrefixListID.NotFound', 'InvalidPrefixListId.Malformed'] as const),
  ),
  networkInterface: words(
    ...(['eni', 'network-interface', 'networkInterface ID'] as const),
    ...(['InvalidNetworkInterfaceID.NotFound', 'InvalidNetworkInterfaceId.Malformed'] as const),
  ),
  vpcEndpoint: words(
    ...(['vpce', 'vpc-endpoint', 'Vpc Endpoint Id'] as const),
    ...(['InvalidVpcEndpointId.NotFound', 'InvalidVpcEndpointId.Malformed'] as const),
  ),
  instance: words('i', 'instance', 'instance ID', 'InvalidInstanceID.NotFound', 'InvalidInstanceID.Malformed'),
  routeTable: words(
    ...([
      'rtb',
      'route-table',
      'routeTable ID',
      'InvalidRouteTableID.NotFound',
      'InvalidRouteTableId.Malformed',
    ] as const),
  ),
  internetGateway: words(
    ...(['igw', 'internet-gateway', 'internetGateway ID'] as const),
    ...(['InvalidInternetGatewayID.NotFound', 'InvalidInternetGatewayId.Malformed'] as const),
  ),
  egressOnlyInternetGateway: words(
    ...(['eigw', 'egress-only-internet-gateway', 'egressOnlyInternetGateway ID'] as const),
    ...(['InvalidEgressOnlyInternetGatewayId.NotFound', 'InvalidEgressOnlyInternetGatewayId.Malformed'] as const),
  ),
  natGateway: words('nat', 'natgateway', 'NAT gateway', 'NatGatewayNotFound', 'NatGatewayMalformed'),
  elasticIp: words(
    ...(['eipalloc', 'elastic-ip', 'allocation ID'] as const),
    ...(['InvalidAllocationID.NotFound', 'InvalidAllocationID.NotFound'] as const),
  ),
  networkAcl: words(
    ...([
      'acl',
      'network-acl',
      'networkAcl ID',
      'InvalidNetworkAclID.NotFound',
      'InvalidNetworkAclId.Malformed',
    ] as const),
  ),
  dhcpOptions: words(
    ...(['dopt', 'dhcp-options', 'dhcpOptions ID'] as const),
    ...(['InvalidDhcpOptionID.NotFound', 'InvalidDhcpOptionsId.Malformed'] as const),
  ),
};

/** Every thing that has an id. */
export const ec2Things = Object.keys(things) as readonly Ec2Thing[];

/** EC2's word for a thing: `security-group`. */
export function wordOf(thing: Ec2Thing): string {
  return things[thing].type;
}

/** The prefix of a thing's ids, without its dash. */
export function idPrefixOf(thing: Ec2Thing): string {
  return things[thing].prefix.slice(0, -1);
}

/** Which thing an id is of, by its prefix; undefined when there is no such thing. */
export function thingOfId(id: string): Ec2Thing | undefined {
  return ec2Things.find((thing) => id.startsWith(things[thing].prefix));
}

/** The refusal of an id that nothing of this kind has. */
export function unknownId(thing: Ec2Thing, id: string): Refusal {
  const { prefix, noun, unknown, malformed } = things[thing];
  const shown = id.slice(0, 255);
  return id.startsWith(prefix) || malformed === unknown
    ? ec2Refusal(unknown, `The ${noun} '${shown}' does not exist`)
    : ec2Refusal(malformed, `Invalid id: "${shown}" (expecting "${prefix}...")`);
}

/** Which table a thing's records are in. */
export function kindOf(thing: Ec2Thing): Ec2Kind | 'vpcPart' {
  return isPart(thing) ? 'vpcPart' : thing;
}

function isPart(thing: Ec2Thing): thing is PartType {
  return thing in partTypes;
}

const partTypes: Readonly<Record<PartType, true>> = {
  ...{ routeTable: true, internetGateway: true, egressOnlyInternetGateway: true, natGateway: true },
  ...{ elasticIp: true, networkAcl: true, dhcpOptions: true },
};

/** The thing with `id`, or undefined. */
export function findThing<T extends Ec2Thing>(
  state: State,
  { account, region }: Caller,
  thing: T,
  id: string,
): ThingRecord<T> | undefined {
  const table: { get(key: Key): BaseRecord | undefined } = state.tables[kindOf(thing)];
  const record = table.get(keyOf(account, region, id));
  if (record === undefined) return undefined;
  // Ids of different things begin differently; a table holds what its kind says.
  return !('type' in record) || record.type === thing ? (record as ThingRecord<T>) : undefined;
}

/** The thing with `id`; refused as EC2 does when there is none. */
export function getThing<T extends Ec2Thing>(state: State, caller: Caller, thing: T, id: string): ThingRecord<T> {
  const found = findThing(state, caller, thing, id);
  if (found === undefined) throw unknownId(thing, id);
  return found;
}
