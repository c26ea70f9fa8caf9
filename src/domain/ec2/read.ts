// DescribeVpcs and DescribeSubnets: what they filter by.

import { createHash } from 'node:crypto';
import type { Caller } from '../identifiers.ts';
import type { RecordList } from '../page.ts';
import type { Subnet, Vpc } from '../records/ec2.ts';
import type { State } from '../state.ts';
import { countFreeAddresses } from './address.ts';
import { describeThings, type DescribeInput } from './describe.ts';
import type { FilterTable } from './filter.ts';
import { zoneId } from './zone.ts';

const none = (): readonly string[] => [];

/** EC2 API: DescribeVpcs. */
const vpcFilters: FilterTable<Vpc> = {
  'vpc-id': (vpc) => [vpc.id],
  cidr: (vpc) => vpc.cidrs.slice(0, 1),
  cidrBlock: (vpc) => vpc.cidrs.slice(0, 1),
  'cidr-block-association.cidr-block': (vpc) => vpc.cidrs,
  'cidr-block-association.association-id': (vpc) => vpc.cidrs.map((cidr) => cidrAssociationId(vpc, cidr)),
  'cidr-block-association.state': () => ['associated'],
  'ipv6-cidr-block-association.association-id': ({ ipv6Cidrs = [], ...vpc }) =>
    ipv6Cidrs.map((cidr) => cidrAssociationId(vpc, cidr)),
  'ipv6-cidr-block-association.ipv6-cidr-block': ({ ipv6Cidrs = [] }) => ipv6Cidrs,
  'ipv6-cidr-block-association.ipv6-pool': ({ ipv6Cidrs = [] }) => ipv6Cidrs.map(() => 'Amazon'),
  'ipv6-cidr-block-association.state': ({ ipv6Cidrs = [] }) => ipv6Cidrs.map(() => 'associated'),
  'dhcp-options-id': ({ dhcpOptionsId = 'default' }) => [dhcpOptionsId],
  'is-default': ({ isDefault = false }) => [String(isDefault)],
  isDefault: ({ isDefault = false }) => [String(isDefault)],
  'owner-id': (vpc) => [vpc.account],
  state: () => ['available'],
};

/** EC2 API: DescribeSubnets. */
const subnetFilters = (state: State): FilterTable<Subnet> => ({
  'availability-zone': (subnet) => [subnet.zone],
  availabilityZone: (subnet) => [subnet.zone],
  'availability-zone-id': (subnet) => [zoneId(subnet.zone)],
  availabilityZoneId: (subnet) => [zoneId(subnet.zone)],
  'available-ip-address-count': (subnet) => [String(countFreeAddresses(state, subnet))],
  cidr: (subnet) => [subnet.cidr],
  cidrBlock: (subnet) => [subnet.cidr],
  'cidr-block': (subnet) => [subnet.cidr],
  'default-for-az': ({ isDefault = false }) => [String(isDefault)],
  defaultForAz: ({ isDefault = false }) => [String(isDefault)],
  'ipv6-cidr-block-association.association-id': (subnet) =>
    subnet.ipv6Cidr === undefined ? [] : [subnetIpv6Id(subnet)],
  'ipv6-cidr-block-association.ipv6-cidr-block': ({ ipv6Cidr }) => (ipv6Cidr === undefined ? [] : [ipv6Cidr]),
  'ipv6-cidr-block-association.state': ({ ipv6Cidr }) => (ipv6Cidr === undefined ? [] : ['associated']),
  'ipv6-native': () => ['false'],
  'map-public-ip-on-launch': ({ attributes }) => [String(attributes?.mapPublicIpOnLaunch ?? false)],
  'outpost-arn': none,
  'owner-id': (subnet) => [subnet.account],
  state: () => ['available'],
  'subnet-arn': (subnet) => [subnet.arn],
  'subnet-id': (subnet) => [subnet.id],
  'vpc-id': (subnet) => [subnet.vpcId],
});

/** The VPCs that DescribeVpcs shows: by id (an unknown one is refused) and by filter. */
export function describeVpcs(state: State, caller: Caller, input: DescribeInput): RecordList<Vpc> {
  return describeThings(state, caller, 'vpc', vpcFilters, input);
}

/** The subnets that DescribeSubnets shows: by id (an unknown one is refused) and by filter. */
export function describeSubnets(state: State, caller: Caller, input: DescribeInput): RecordList<Subnet> {
  return describeThings(state, caller, 'subnet', subnetFilters(state), input);
}

/** The id of the association of a VPC with one of its ranges, which follows from both. */
export function cidrAssociationId({ id, cidrs }: Pick<Vpc, 'id' | 'cidrs'>, cidr: string): string {
  if (cidr === cidrs[0]) return `vpc-cidr-assoc-${id.slice('vpc-'.length)}`;
  return `vpc-cidr-assoc-0${createHash('sha256').update(`${id} ${cidr}`).digest('hex').slice(0, 16)}`;
}

/** The id of the association of a subnet with its range of IPv6. */
export function subnetIpv6Id({ id }: Pick<Subnet, 'id'>): string {
  return id.replace(/^subnet-/, 'subnet-cidr-assoc-');
}
