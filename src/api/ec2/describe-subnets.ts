// DescribeSubnets.

import type { DescribeSubnetsRequest, DescribeSubnetsResult } from '@aws-sdk/client-ec2';
import { describeSubnets as list } from '../../domain/ec2/index.ts';
import type { Valid, Wire } from '../operation.ts';
import { describeSubnet } from './describe-subnet.ts';
import { paginateEc2 } from './page-ec2.ts';
import { readEc2 } from './read-ec2.ts';
import { readFilters } from './tags.ts';

/** Lists subnets by id and filter. */
export const describeSubnets = readEc2(
  'DescribeSubnets',
  (state, request: Valid<DescribeSubnetsRequest>, call): Wire<DescribeSubnetsResult> => {
    const { SubnetIds, Filters } = request;
    const found = list(state, call, {
      ...(SubnetIds === undefined ? {} : { ids: SubnetIds }),
      ...readFilters(Filters),
    });
    const { items, nextToken } = paginateEc2(found, request);
    return { Subnets: items.map((subnet) => describeSubnet(subnet, state)), NextToken: nextToken };
  },
);
