// The calls of route tables.

import type {
  AssociateRouteTableRequest,
  AssociateRouteTableResult,
  CreateRouteRequest,
  CreateRouteTableRequest,
  CreateRouteTableResult,
  DeleteRouteRequest,
  DeleteRouteTableRequest,
  DescribeRouteTablesRequest,
  DescribeRouteTablesResult,
  DisassociateRouteTableRequest,
  ReplaceRouteRequest,
  ReplaceRouteTableAssociationRequest,
  ReplaceRouteTableAssociationResult,
  Route as WireRoute,
  RouteTable as WireRouteTable,
} from '@aws-sdk/client-ec2';
import { ServiceError } from '../../../aws/index.ts';
import { getVpc } from '../../../domain/ec2/index.ts';
import type { State } from '../../../domain/index.ts';
import type { RouteTable, RouteTarget } from '../../../domain/records/index.ts';
import {
  associateRouteTable as associate,
  createRoute as addRoute,
  createRouteTable as create,
  deleteRoute as dropRoute,
  deleteRouteTable as drop,
  describeParts,
  disassociateRouteTable as disassociate,
  isRouteActiveOf,
  replaceRoute as changeRoute,
  replaceRouteTableAssociation as replaceAssociation,
} from '../../../domain/vpc-part/index.ts';
import type { Valid, Wire } from '../../operation.ts';
import { changeEc2 } from '../change-ec2.ts';
import { changeEc2Once } from '../change-ec2-once.ts';
import { describeEc2 } from '../describe-things.ts';
import { present } from '../optional.ts';
import { describeTags, readTags } from '../tags.ts';

/** A VPC's own ranges are local, before what calls made. */
function describeRouteTable(table: RouteTable, state: State): Wire<WireRouteTable> {
  const { id, vpcId, account, mainAssociationId, associations, routes, tags } = table;
  const vpc = getVpc(state, table, vpcId);
  const associated = { RouteTableId: id, AssociationState: { State: 'associated' } } as const;
  const local = { GatewayId: 'local', Origin: 'CreateRouteTable', State: 'active' } as const;
  return {
    ...{ RouteTableId: id, VpcId: vpcId, OwnerId: account, PropagatingVgws: [], Tags: describeTags(tags) },
    Associations: [
      ...(mainAssociationId === undefined
        ? []
        : [{ ...associated, RouteTableAssociationId: mainAssociationId, Main: true }]),
      ...associations.map((one) => ({
        ...{ ...associated, RouteTableAssociationId: one.id, SubnetId: one.subnetId, Main: false },
      })),
    ],
    Routes: [
      ...vpc.cidrs.map((DestinationCidrBlock) => ({ DestinationCidrBlock, ...local })),
      ...(vpc.ipv6Cidrs ?? []).map((DestinationIpv6CidrBlock) => ({ DestinationIpv6CidrBlock, ...local })),
      ...routes.map((route): Wire<WireRoute> => ({
        ...describeDestination(route.destination),
        ...describeTarget(route.target),
        ...{ Origin: 'CreateRoute', State: isRouteActiveOf(state, table, route) ? 'active' : 'blackhole' },
      })),
    ],
  };
}

function describeDestination(destination: string): Wire<WireRoute> {
  if (destination.startsWith('pl-')) return { DestinationPrefixListId: destination };
  return destination.includes(':') ? { DestinationIpv6CidrBlock: destination } : { DestinationCidrBlock: destination };
}

/** How a request and an answer name each kind of target. */
const targetMembers: readonly (readonly [RouteTarget['kind'], keyof CreateRouteRequest & keyof ReplaceRouteRequest])[] =
  [
    ['gateway', 'GatewayId'],
    ['egressOnlyInternetGateway', 'EgressOnlyInternetGatewayId'],
    ['natGateway', 'NatGatewayId'],
    ['networkInterface', 'NetworkInterfaceId'],
    ['instance', 'InstanceId'],
    ['transitGateway', 'TransitGatewayId'],
    ['vpcPeeringConnection', 'VpcPeeringConnectionId'],
    ['vpcEndpoint', 'VpcEndpointId'],
  ];

function describeTarget({ kind, id }: RouteTarget): Wire<WireRoute> {
  const member = targetMembers.find(([known]) => known === kind)?.[1] ?? 'GatewayId';
  // A route to an endpoint shows it as its gateway.
  return { [member === 'VpcEndpointId' ? 'GatewayId' : member]: id };
}

type Destination = Pick<
  Valid<DeleteRouteRequest>,
  'RouteTableId' | 'DestinationCidrBlock' | 'DestinationIpv6CidrBlock' | 'DestinationPrefixListId'
>;

function readDestination(request: Destination): { readonly routeTableId: string; readonly destination: string } {
  const { RouteTableId, DestinationCidrBlock, DestinationIpv6CidrBlock, DestinationPrefixListId } = request;
  const given = [DestinationCidrBlock, DestinationIpv6CidrBlock, DestinationPrefixListId].filter(
    (one) => one !== undefined,
  );
  const [destination] = given;
  if (destination === undefined)
    throw new ServiceError('MissingParameter', 'The request must contain the parameter destinationCidrBlock');
  if (given.length > 1)
    throw new ServiceError('InvalidParameterCombination', 'Only one destination of a route may be given.');
  return { routeTableId: RouteTableId, destination };
}

function readRoute(request: Valid<CreateRouteRequest> | Valid<ReplaceRouteRequest>) {
  const targets = targetMembers.flatMap(([kind, member]): RouteTarget[] => {
    const id = request[member];
    return typeof id === 'string' ? [{ kind, id }] : [];
  });
  const [target] = targets;
  if (target === undefined || targets.length > 1)
    throw new ServiceError('InvalidParameterCombination', 'A route has exactly one target that is known here.');
  return { ...readDestination(request), target };
}

/** Describe, create and delete of route tables, their routes and their associations. */
export const routeTableOperations = [
  describeEc2('DescribeRouteTables', {
    ids: (request: Valid<DescribeRouteTablesRequest>) => request.RouteTableIds,
    list: (state, call, input) => describeParts(state, call, 'routeTable', input),
    show: describeRouteTable,
    answer: (RouteTables, NextToken): Wire<DescribeRouteTablesResult> => ({ RouteTables, NextToken }),
  }),
  changeEc2Once(
    'CreateRouteTable',
    create,
    ({ VpcId, TagSpecifications }: Valid<CreateRouteTableRequest>) => ({
      ...{ vpcId: VpcId, ...readTags(TagSpecifications, 'route-table') },
    }),
    (table, state, ClientToken): Wire<CreateRouteTableResult> => ({
      RouteTable: describeRouteTable(table, state),
      ...present({ ClientToken }),
    }),
  ),
  changeEc2(
    'DeleteRouteTable',
    drop,
    ({ RouteTableId }: Valid<DeleteRouteTableRequest>) => ({ routeTableId: RouteTableId }),
    () => ({}),
  ),
  changeEc2(
    'CreateRoute',
    addRoute,
    (request: Valid<CreateRouteRequest>) => readRoute(request),
    () => ({ Return: true }),
  ),
  changeEc2(
    'ReplaceRoute',
    changeRoute,
    (request: Valid<ReplaceRouteRequest>) => readRoute(request),
    () => ({}),
  ),
  changeEc2(
    'DeleteRoute',
    dropRoute,
    (request: Valid<DeleteRouteRequest>) => readDestination(request),
    () => ({}),
  ),
  changeEc2(
    'AssociateRouteTable',
    associate,
    ({ RouteTableId, SubnetId, GatewayId }: Valid<AssociateRouteTableRequest>) => {
      if (GatewayId !== undefined)
        throw new ServiceError('UnsupportedOperation', 'Route tables are associated with subnets only.');
      if (SubnetId === undefined)
        throw new ServiceError('MissingParameter', 'The request must contain the parameter subnetId');
      return { routeTableId: RouteTableId, subnetId: SubnetId };
    },
    (AssociationId): Wire<AssociateRouteTableResult> => ({
      ...{ AssociationId, AssociationState: { State: 'associated' } },
    }),
  ),
  changeEc2(
    'DisassociateRouteTable',
    disassociate,
    ({ AssociationId }: Valid<DisassociateRouteTableRequest>) => ({ associationId: AssociationId }),
    () => ({}),
  ),
  changeEc2(
    'ReplaceRouteTableAssociation',
    replaceAssociation,
    ({ AssociationId, RouteTableId }: Valid<ReplaceRouteTableAssociationRequest>) => ({
      ...{ associationId: AssociationId, routeTableId: RouteTableId },
    }),
    (NewAssociationId): Wire<ReplaceRouteTableAssociationResult> => ({
      ...{ NewAssociationId, AssociationState: { State: 'associated' } },
    }),
  ),
];
