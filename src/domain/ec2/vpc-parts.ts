// What every VPC of EC2 comes with and what is so here too: a main route table with local routes, and a network ACL that allows everything.

import type { Caller } from '../identifiers.ts';
import type { RecordList } from '../page.ts';
import { keyOfRecord, type BaseRecord } from '../records/base.ts';
import type { Vpc } from '../records/ec2.ts';
import { ownedIndexValue } from '../state-indexes.ts';
import { recordsBy, type State } from '../state.ts';
import { describeDerived, type DescribeInput } from './describe.ts';
import type { FilterTable } from './filter.ts';

/** The main route table of a VPC: nothing but what is local. Stored nowhere; its id follows from the VPC's. */
export interface RouteTable extends BaseRecord {
  readonly vpcId: string;
  readonly associationId: string;
  /** The VPC's ranges. */
  readonly destinations: readonly string[];
}

/** The network ACL of a VPC, which stands before all of its subnets. Stored nowhere; its id follows from the VPC's. */
export interface NetworkAcl extends BaseRecord {
  readonly vpcId: string;
  readonly associations: readonly { readonly id: string; readonly subnetId: string }[];
}

/** What follows from a VPC has its age and owner, and no tags. */
function partOf({ account, region, createdAt, lastUpdatedAt, id }: Vpc, prefix: string) {
  return { account, region, createdAt, lastUpdatedAt, tags: {}, id: id.replace(/^vpc-/, `${prefix}-`), vpcId: id };
}

function vpcsOf(state: State, caller: Caller): readonly Vpc[] {
  return recordsBy(state, 'vpc', 'owned', ownedIndexValue('vpc', caller));
}

/** EC2 API: DescribeRouteTables. */
const routeTableFilters: FilterTable<RouteTable> = {
  'association.main': () => ['true'],
  'association.route-table-association-id': ({ associationId }) => [associationId],
  'association.route-table-id': ({ id }) => [id],
  // Subnets belong to the main table without an association of their own.
  'association.subnet-id': () => [],
  'association.gateway-id': () => [],
  'owner-id': ({ account }) => [account],
  'route-table-id': ({ id }) => [id],
  'route.destination-cidr-block': ({ destinations }) => destinations,
  'route.gateway-id': () => ['local'],
  'route.origin': () => ['CreateRouteTable'],
  'route.state': () => ['active'],
  'vpc-id': ({ vpcId }) => [vpcId],
};

/** The main route tables of the caller's VPCs, by id and filter. */
export function describeRouteTables(state: State, caller: Caller, input: DescribeInput): RecordList<RouteTable> {
  const all = vpcsOf(state, caller).map((vpc): RouteTable => ({
    ...partOf(vpc, 'rtb'),
    associationId: vpc.id.replace(/^vpc-/, 'rtbassoc-'),
    destinations: vpc.cidrs,
  }));
  const unknown = {
    code: 'InvalidRouteTableID.NotFound',
    message: (id: string) => `The routeTable ID '${id}' does not exist`,
  };
  return describeDerived(all, { scope: 'route tables', table: routeTableFilters, unknown }, input);
}

/** EC2 API: DescribeNetworkAcls. */
const aclFilters: FilterTable<NetworkAcl> = {
  'association.association-id': ({ associations }) => associations.map(({ id }) => id),
  'association.network-acl-id': ({ id }) => [id],
  'association.subnet-id': ({ associations }) => associations.map(({ subnetId }) => subnetId),
  default: () => ['true'],
  'entry.cidr': () => ['0.0.0.0/0'],
  'entry.egress': () => ['true', 'false'],
  'entry.protocol': () => ['-1'],
  'entry.rule-action': () => ['allow', 'deny'],
  'entry.rule-number': () => ['100', '32767'],
  'network-acl-id': ({ id }) => [id],
  'owner-id': ({ account }) => [account],
  'vpc-id': ({ vpcId }) => [vpcId],
};

/** The network ACLs of the caller's VPCs, by id and filter. */
export function describeNetworkAcls(state: State, caller: Caller, input: DescribeInput): RecordList<NetworkAcl> {
  const all = vpcsOf(state, caller).map((vpc): NetworkAcl => {
    const subnets = recordsBy(state, 'subnet', 'subnetsByVpc', keyOfRecord(vpc));
    const associations = subnets.map(({ id }) => ({ id: id.replace(/^subnet-/, 'aclassoc-'), subnetId: id }));
    return { ...partOf(vpc, 'acl'), associations };
  });
  const unknown = {
    code: 'InvalidNetworkAclID.NotFound',
    message: (id: string) => `The networkAcl ID '${id}' does not exist`,
  };
  return describeDerived(all, { scope: 'network ACLs', table: aclFilters, unknown }, input);
}
