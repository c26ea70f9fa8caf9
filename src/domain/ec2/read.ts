// DescribeVpcs and DescribeSubnets: ids, filters, values with wildcards.

import { parseCidr } from '../../base/cidr.ts';
import type { Caller } from '../identifiers.ts';
import { listBy, listOf, type ListFilter, type RecordList } from '../page.ts';
import type { BaseRecord } from '../records/base.ts';
import type { Subnet, Vpc } from '../records/ec2.ts';
import { ec2Refusal } from '../refusal.ts';
import { ownedIndexValue } from '../state-indexes.ts';
import type { State } from '../state.ts';
import { availableAddresses } from './cidr.ts';
import { getSubnet } from './subnet.ts';
import { getVpc } from './vpc.ts';

/** An EC2 filter: any of `values`, in which `*` and `?` are wildcards. */
export interface Ec2Filter {
  readonly name: string;
  readonly values: readonly string[];
}

/** The VPCs that DescribeVpcs shows: by id (an unknown one is refused) and by filter. */
export function describeVpcs(
  state: State,
  caller: Caller,
  { vpcIds = [], filters = [] }: { readonly vpcIds?: readonly string[]; readonly filters?: readonly Ec2Filter[] },
): RecordList<Vpc> {
  const filter = ec2Filter<Vpc>(filters, (vpc, name) => vpcValues(vpc, name) ?? tagValues(vpc, name));
  if (vpcIds.length === 0) return listBy(state, 'vpc', 'owned', ownedIndexValue('vpc', caller), filter);
  const found = vpcIds.map((id) => getVpc(state, caller, id));
  return listOf(`${vpcIds.join(' ')} ${filter?.name}`, filter === undefined ? found : found.filter(filter.passes));
}

/** All of `filters` as one; undefined when there are none. */
function ec2Filter<T>(
  filters: readonly Ec2Filter[],
  valuesOf: (record: T, name: string) => readonly string[],
): ListFilter<T> | undefined {
  if (filters.length === 0) return undefined;
  return {
    name: JSON.stringify(filters),
    passes: (record) => filters.every((filter) => passes(filter, valuesOf(record, filter.name))),
  };
}

function vpcValues(vpc: Vpc, name: string): readonly string[] | undefined {
  switch (name) {
    case 'vpc-id':
      return [vpc.id];
    case 'cidr':
      return vpc.cidrs.slice(0, 1);
    case 'cidr-block-association.cidr-block':
      return vpc.cidrs;
    case 'is-default':
      return ['false'];
    case 'owner-id':
      return [vpc.account];
    case 'state':
      return ['available'];
    default:
      return undefined;
  }
}

/** The subnets that DescribeSubnets shows: by id (an unknown one is refused) and by filter. */
export function describeSubnets(
  state: State,
  caller: Caller,
  { subnetIds = [], filters = [] }: { readonly subnetIds?: readonly string[]; readonly filters?: readonly Ec2Filter[] },
): RecordList<Subnet> {
  const filter = ec2Filter<Subnet>(filters, (subnet, name) => subnetValues(subnet, name) ?? tagValues(subnet, name));
  if (subnetIds.length === 0) return listBy(state, 'subnet', 'owned', ownedIndexValue('subnet', caller), filter);
  const found = subnetIds.map((id) => getSubnet(state, caller, id));
  return listOf(`${subnetIds.join(' ')} ${filter?.name}`, filter === undefined ? found : found.filter(filter.passes));
}

function subnetValues(subnet: Subnet, name: string): readonly string[] | undefined {
  switch (name) {
    case 'subnet-id':
      return [subnet.id];
    case 'vpc-id':
      return [subnet.vpcId];
    case 'cidr':
    case 'cidrBlock':
    case 'cidr-block':
      return [subnet.cidr];
    case 'availability-zone':
    case 'availabilityZone':
      return [subnet.zone];
    case 'default-for-az':
    case 'defaultForAz':
      return ['false'];
    case 'owner-id':
      return [subnet.account];
    case 'state':
      return ['available'];
    case 'subnet-arn':
      return [subnet.arn];
    default:
      return undefined;
  }
}

/** How many addresses of a subnet DescribeSubnets shows as available. */
export function subnetAvailableAddresses(subnet: Subnet): number {
  const cidr = parseCidr(subnet.cidr);
  return cidr === undefined ? 0 : availableAddresses(cidr);
}

function tagValues(record: BaseRecord, name: string): readonly string[] {
  if (name === 'tag-key') return Object.keys(record.tags);
  if (!name.startsWith('tag:')) throw ec2Refusal('InvalidParameterValue', `The filter '${name}' is invalid`);
  const value = record.tags[name.slice('tag:'.length)];
  return value === undefined ? [] : [value];
}

function passes(filter: Ec2Filter, values: readonly string[]): boolean {
  return filter.values.some((pattern) => values.some((value) => matchesWildcard(pattern, value)));
}

/** Linear in both lengths times the number of stars: patterns come from callers. */
function matchesWildcard(pattern: string, text: string): boolean {
  let p = 0;
  let t = 0;
  let star = -1;
  let resume = 0;
  while (t < text.length) {
    if (p < pattern.length && pattern[p] === '*') {
      star = p++;
      resume = t;
    } else if (p < pattern.length && (pattern[p] === '?' || pattern[p] === text[t])) {
      p++;
      t++;
    } else if (star >= 0) {
      p = star + 1;
      t = ++resume;
    } else return false;
  }
  while (pattern[p] === '*') p++;
  return p === pattern.length;
}
