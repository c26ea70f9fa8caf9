// DescribeSubnets.

import type { DescribeSubnetsRequest, DescribeSubnetsResult } from '@aws-sdk/client-ec2';
import { describeSubnets as list } from '../../domain/ec2/index.ts';
import { read, type Valid, type Wire } from '../operation.ts';
import { describeSubnet } from './describe-subnet.ts';
import { paginateEc2 } from './page-ec2.ts';
import { readFilters } from './tags.ts';

/** Lists subnets by id and filter. */
export const describeSubnets = read(
  'DescribeSubnets',
  (state, request: Valid<DescribeSubnetsRequest>, call): Wire<DescribeSubnetsResult> => {
    const { SubnetIds, Filters } = request;
    const found = list(state, call, {
      ...(SubnetIds === undefined ? {} : { subnetIds: SubnetIds }),
      ...readFilters(Filters),
    });
    const { items, nextToken } = paginateEc2(found, request);
    return { Subnets: items.map(describeSubnet), NextToken: nextToken };
  },
);
