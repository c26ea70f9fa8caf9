// DescribeVpcs and DescribeSubnets: ids, filters, values with wildcards.

import { parseCidr } from '../../base/cidr.ts';
import type { Caller } from '../identifiers.ts';
import type { BaseRecord } from '../records/base.ts';
import type { Subnet, Vpc } from '../records/ec2.ts';
import { ec2Refusal } from '../refusal.ts';
import type { State } from '../state.ts';
import { availableAddresses } from './cidr.ts';
import { getSubnet } from './subnet.ts';
import { getVpc } from './vpc.ts';

/** An EC2 filter: any of `values`, in which `*` and `?` are wildcards. */
export interface Ec2Filter {
  readonly name: string;
  readonly values: readonly string[];
}

/** The VPCs that DescribeVpcs shows: by id (an unknown one is refused) and by filter; in no particular order. */
export function describeVpcs(
  state: State,
  caller: Caller,
  input: { readonly vpcIds?: readonly string[]; readonly filters?: readonly Ec2Filter[] },
): Vpc[] {
  const vpcs =
    input.vpcIds === undefined || input.vpcIds.length === 0
      ? owned(state.tables.vpc.values(), caller)
      : input.vpcIds.map((id) => getVpc(state, caller, id));
  return vpcs.filter((vpc) =>
    (input.filters ?? []).every((filter) => passes(filter, vpcValues(vpc, filter.name) ?? tagValues(vpc, filter.name))),
  );
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

/** The subnets that DescribeSubnets shows: by id (an unknown one is refused) and by filter; in no particular order. */
export function describeSubnets(
  state: State,
  caller: Caller,
  input: { readonly subnetIds?: readonly string[]; readonly filters?: readonly Ec2Filter[] },
): Subnet[] {
  const subnets =
    input.subnetIds === undefined || input.subnetIds.length === 0
      ? owned(state.tables.subnet.values(), caller)
      : input.subnetIds.map((id) => getSubnet(state, caller, id));
  return subnets.filter((subnet) =>
    (input.filters ?? []).every((filter) =>
      passes(filter, subnetValues(subnet, filter.name) ?? tagValues(subnet, filter.name)),
    ),
  );
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

function owned<T extends BaseRecord>(records: Iterable<T>, caller: Caller): T[] {
  return [...records].filter((record) => record.account === caller.account && record.region === caller.region);
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
