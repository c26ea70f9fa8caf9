// DescribeRouteTables.

import type {
  DescribeRouteTablesRequest,
  DescribeRouteTablesResult,
  RouteTable as WireRouteTable,
} from '@aws-sdk/client-ec2';
import { describeRouteTables as list, type RouteTable } from '../../domain/ec2/index.ts';
import type { Valid, Wire } from '../operation.ts';
import { readDescribe } from './describe-input.ts';
import { paginateEc2 } from './page-ec2.ts';
import { readEc2 } from './read-ec2.ts';

/** Lists the main route tables of VPCs: there are no others. */
export const describeRouteTables = readEc2(
  'DescribeRouteTables',
  (state, request: Valid<DescribeRouteTablesRequest>, call): Wire<DescribeRouteTablesResult> => {
    const { items, nextToken } = paginateEc2(
      list(state, call, readDescribe(request.RouteTableIds, request.Filters)),
      request,
    );
    return { RouteTables: items.map(describeRouteTable), NextToken: nextToken };
  },
);

function describeRouteTable({ id, vpcId, account, associationId, destinations }: RouteTable): Wire<WireRouteTable> {
  const association = { RouteTableAssociationId: associationId, RouteTableId: id, Main: true };
  return {
    ...{ RouteTableId: id, VpcId: vpcId, OwnerId: account, PropagatingVgws: [], Tags: [] },
    Associations: [{ ...association, AssociationState: { State: 'associated' } }],
    Routes: destinations.map((DestinationCidrBlock) => ({
      ...{ DestinationCidrBlock, GatewayId: 'local', Origin: 'CreateRouteTable', State: 'active' },
    })),
  };
}
