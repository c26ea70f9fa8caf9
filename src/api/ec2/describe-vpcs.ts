// DescribeVpcs.

import type { DescribeVpcsRequest, DescribeVpcsResult } from '@aws-sdk/client-ec2';
import { describeVpcs as list } from '../../domain/ec2/index.ts';
import type { Valid, Wire } from '../operation.ts';
import { describeVpc } from './describe-vpc.ts';
import { paginateEc2 } from './page-ec2.ts';
import { readEc2 } from './read-ec2.ts';
import { readFilters } from './tags.ts';

/** Lists VPCs by id and filter. */
export const describeVpcs = readEc2(
  'DescribeVpcs',
  (state, request: Valid<DescribeVpcsRequest>, call): Wire<DescribeVpcsResult> => {
    const { VpcIds, Filters } = request;
    const found = list(state, call, {
      ...(VpcIds === undefined ? {} : { ids: VpcIds }),
      ...readFilters(Filters),
    });
    const { items, nextToken } = paginateEc2(found, request);
    return { Vpcs: items.map(describeVpc), NextToken: nextToken };
  },
);
