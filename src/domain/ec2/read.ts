// DescribeVpcs and DescribeSubnets: what they filter by.

import { parseCidr } from '../../base/cidr.ts';
import type { Caller } from '../identifiers.ts';
import type { RecordList } from '../page.ts';
import type { Subnet, Vpc } from '../records/ec2.ts';
import type { State } from '../state.ts';
import { availableAddresses } from './cidr.ts';
import { describeStored, type DescribeInput } from './describe.ts';
import type { FilterTable } from './filter.ts';
import { zoneId } from './zone.ts';

const none = (): readonly string[] => [];

/** EC2 API: DescribeVpcs. VPCs have no IPv6 ranges. */
const vpcFilters: FilterTable<Vpc> = {
  'vpc-id': (vpc) => [vpc.id],
  cidr: (vpc) => vpc.cidrs.slice(0, 1),
  cidrBlock: (vpc) => vpc.cidrs.slice(0, 1),
  'cidr-block-association.cidr-block': (vpc) => vpc.cidrs,
  'cidr-block-association.association-id': (vpc) => vpc.cidrs.map((_cidr, index) => cidrAssociationId(vpc, index)),
  'cidr-block-association.state': () => ['associated'],
  'ipv6-cidr-block-association.association-id': none,
  'ipv6-cidr-block-association.ipv6-cidr-block': none,
  'ipv6-cidr-block-association.ipv6-pool': none,
  'ipv6-cidr-block-association.state': none,
  'dhcp-options-id': () => ['default'],
  'is-default': () => ['false'],
  isDefault: () => ['false'],
  'owner-id': (vpc) => [vpc.account],
  state: () => ['available'],
};

/** EC2 API: DescribeSubnets. */
const subnetFilters: FilterTable<Subnet> = {
  'availability-zone': (subnet) => [subnet.zone],
  availabilityZone: (subnet) => [subnet.zone],
  'availability-zone-id': (subnet) => [zoneId(subnet.zone)],
  availabilityZoneId: (subnet) => [zoneId(subnet.zone)],
  'available-ip-address-count': (subnet) => [String(subnetAvailableAddresses(subnet))],
  cidr: (subnet) => [subnet.cidr],
  cidrBlock: (subnet) => [subnet.cidr],
  'cidr-block': (subnet) => [subnet.cidr],
  'default-for-az': () => ['false'],
  defaultForAz: () => ['false'],
  'ipv6-cidr-block-association.association-id': none,
  'ipv6-cidr-block-association.ipv6-cidr-block': none,
  'ipv6-cidr-block-association.state': none,
  'ipv6-native': () => ['false'],
  'map-public-ip-on-launch': () => ['false'],
  'outpost-arn': none,
  'owner-id': (subnet) => [subnet.account],
  state: () => ['available'],
  'subnet-arn': (subnet) => [subnet.arn],
  'subnet-id': (subnet) => [subnet.id],
  'vpc-id': (subnet) => [subnet.vpcId],
};

/** The VPCs that DescribeVpcs shows: by id (an unknown one is refused) and by filter. */
export function describeVpcs(state: State, caller: Caller, input: DescribeInput): RecordList<Vpc> {
  const unknown = { code: 'InvalidVpcID.NotFound', message: (id: string) => `The vpc ID '${id}' does not exist` };
  return describeStored(state, caller, { kind: 'vpc', table: vpcFilters, unknown }, input);
}

/** The subnets that DescribeSubnets shows: by id (an unknown one is refused) and by filter. */
export function describeSubnets(state: State, caller: Caller, input: DescribeInput): RecordList<Subnet> {
  const unknown = { code: 'InvalidSubnetID.NotFound', message: (id: string) => `The subnet ID '${id}' does not exist` };
  return describeStored(state, caller, { kind: 'subnet', table: subnetFilters, unknown }, input);
}

/** The id of the association of a VPC with the range at `index`. */
export function cidrAssociationId(vpc: Vpc, index: number): string {
  return `vpc-cidr-assoc-${vpc.id.slice('vpc-'.length)}${index === 0 ? '' : `-${index}`}`;
}

/** How many addresses of a subnet DescribeSubnets shows as available. */
export function subnetAvailableAddresses(subnet: Subnet): number {
  const cidr = parseCidr(subnet.cidr);
  return cidr === undefined ? 0 : availableAddresses(cidr);
}
