// What the Describe calls of records that are only kept filter by.

import type { Caller } from '../identifiers.ts';
import { describeThings, type DescribeInput } from '../ec2/describe.ts';
import type { FilterTable } from '../ec2/filter.ts';
import { findThing, type ThingRecord } from '../ec2/resource.ts';
import type { RecordList } from '../page.ts';
import type { ElasticIp, PartType, RouteTable } from '../records/vpc-part.ts';
import type { State } from '../state.ts';
import { aclAssociationIdOf, listSubnetsOfAcl } from './network-acl.ts';
import { isRouteActiveOf } from './route-table.ts';

const some = (value: string | undefined): readonly string[] => (value === undefined ? [] : [value]);

const routesTo =
  (kind: string) =>
  ({ routes }: RouteTable): readonly string[] =>
    routes.flatMap(({ target }) => (target.kind === kind ? [target.id] : []));

const destinations =
  (passes: (destination: string) => boolean) =>
  (state: State, table: RouteTable): readonly string[] => {
    const vpc = findThing(state, table, 'vpc', table.vpcId);
    const all = [...(vpc?.cidrs ?? []), ...(vpc?.ipv6Cidrs ?? []), ...table.routes.map((one) => one.destination)];
    return all.filter(passes);
  };
const isIpv4 = (text: string): boolean => text.includes('.');
const isIpv6 = (text: string): boolean => text.includes(':');

const filtersOf: { readonly [T in PartType]: (state: State) => FilterTable<ThingRecord<T>> } = {
  routeTable: (state) => ({
    'association.main': ({ mainAssociationId, associations }) => [
      ...(mainAssociationId === undefined ? [] : ['true']),
      ...associations.map(() => 'false'),
    ],
    'association.route-table-association-id': (table) => associationIds(table),
    'association.route-table-id': (table) =>
      associationIds(table)
        .slice(0, 1)
        .map(() => table.id),
    'association.subnet-id': ({ associations }) => associations.map(({ subnetId }) => subnetId),
    'association.gateway-id': () => [],
    'owner-id': ({ account }) => [account],
    'route-table-id': ({ id }) => [id],
    'route.destination-cidr-block': (table) => destinations(isIpv4)(state, table),
    'route.destination-ipv6-cidr-block': (table) => destinations(isIpv6)(state, table),
    'route.destination-prefix-list-id': ({ routes }) =>
      routes.flatMap(({ destination }) => (destination.startsWith('pl-') ? [destination] : [])),
    'route.egress-only-internet-gateway-id': routesTo('egressOnlyInternetGateway'),
    'route.gateway-id': (table) => ['local', ...routesTo('gateway')(table)],
    'route.instance-id': routesTo('instance'),
    'route.nat-gateway-id': routesTo('natGateway'),
    'route.transit-gateway-id': routesTo('transitGateway'),
    'route.vpc-peering-connection-id': routesTo('vpcPeeringConnection'),
    'route.origin': ({ routes }) => ['CreateRouteTable', ...routes.map(() => 'CreateRoute')],
    'route.state': (table) => [
      'active',
      ...table.routes.map((route) => (isRouteActiveOf(state, table, route) ? 'active' : 'blackhole')),
    ],
    'vpc-id': ({ vpcId }) => [vpcId],
  }),
  internetGateway: () => ({
    'attachment.state': ({ vpcId }) => (vpcId === undefined ? [] : ['available']),
    'attachment.vpc-id': ({ vpcId }) => some(vpcId),
    'internet-gateway-id': ({ id }) => [id],
    'owner-id': ({ account }) => [account],
  }),
  egressOnlyInternetGateway: () => ({}),
  natGateway: () => ({
    'connectivity-type': ({ connectivity }) => [connectivity],
    'nat-gateway-id': ({ id }) => [id],
    state: () => ['available'],
    'subnet-id': ({ subnetId }) => [subnetId],
    'vpc-id': ({ vpcId }) => [vpcId],
  }),
  elasticIp: (state) => ({
    'allocation-id': ({ id }) => [id],
    'association-id': ({ association }) => some(association?.id),
    domain: () => ['vpc'],
    'instance-id': (address) => some(findInstanceOfAddress(state, address)),
    'network-border-group': ({ region }) => [region],
    'network-interface-id': ({ association }) => some(association?.networkInterfaceId),
    'network-interface-owner-id': ({ account, association }) => (association === undefined ? [] : [account]),
    'private-ip-address': ({ association }) => some(association?.privateIp),
    'public-ip': ({ publicIp }) => [publicIp],
  }),
  networkAcl: (state) => ({
    'association.association-id': (acl) => listSubnetsOfAcl(state, acl).map((id) => aclAssociationIdOf(id, acl.id)),
    'association.network-acl-id': (acl) => (listSubnetsOfAcl(state, acl).length === 0 ? [] : [acl.id]),
    'association.subnet-id': (acl) => listSubnetsOfAcl(state, acl),
    default: ({ isDefault }) => [String(isDefault)],
    'entry.cidr': ({ entries }) => ['0.0.0.0/0', ...entries.map(({ cidr }) => cidr).filter(isIpv4)],
    'entry.ipv6-cidr': ({ entries }) => entries.map(({ cidr }) => cidr).filter(isIpv6),
    'entry.egress': () => ['true', 'false'],
    'entry.protocol': ({ entries }) => ['-1', ...entries.map(({ protocol }) => protocol)],
    'entry.rule-action': ({ entries }) => ['deny', ...entries.map(({ action }) => action)],
    'entry.rule-number': ({ entries }) => ['32767', ...entries.map(({ ruleNumber }) => String(ruleNumber))],
    'network-acl-id': ({ id }) => [id],
    'owner-id': ({ account }) => [account],
    'vpc-id': ({ vpcId }) => [vpcId],
  }),
  dhcpOptions: () => ({
    'dhcp-options-id': ({ id }) => [id],
    key: ({ configurations }) => configurations.map(({ key }) => key),
    value: ({ configurations }) => configurations.flatMap(({ values }) => values),
    'owner-id': ({ account }) => [account],
  }),
};

function associationIds({ mainAssociationId, associations }: RouteTable): readonly string[] {
  return [...some(mainAssociationId), ...associations.map(({ id }) => id)];
}

/** The elastic IP with this id. */
export function findAddressOf(state: State, caller: Caller, allocationId: string): ElasticIp | undefined {
  return findThing(state, caller, 'elasticIp', allocationId);
}

/** The id of the instance that an elastic IP leads to. */
export function findInstanceOfAddress(state: State, address: ElasticIp): string | undefined {
  const id = address.association?.networkInterfaceId;
  return id === undefined ? undefined : findThing(state, address, 'networkInterface', id)?.attachment?.instanceId;
}

/** The caller's records of a type, by id and filter (EC2 API: the Describe call of each). */
export function describeParts<T extends PartType>(
  state: State,
  caller: Caller,
  type: T,
  input: DescribeInput,
): RecordList<ThingRecord<T>> {
  return describeThings<T>(state, caller, type, filtersOf[type](state), input);
}
