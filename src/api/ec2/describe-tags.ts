// DescribeTags.

import type { DescribeTagsRequest, DescribeTagsResult, ResourceType } from '@aws-sdk/client-ec2';
import { describeTags as list } from '../../domain/ec2/index.ts';
import type { Valid, Wire } from '../operation.ts';
import { paginateEc2 } from './page-ec2.ts';
import { readEc2 } from './read-ec2.ts';
import { readFilters } from './tags.ts';

/** Lists the tags of VPCs, subnets and security groups by filter. */
export const describeTags = readEc2(
  'DescribeTags',
  (state, request: Valid<DescribeTagsRequest>, call): Wire<DescribeTagsResult> => {
    const { items, nextToken } = paginateEc2(list(state, call, readFilters(request.Filters)), request);
    return {
      Tags: items.map(({ key, value, resourceId, resourceType }) => ({
        ...{ Key: key, Value: value, ResourceId: resourceId },
        ResourceType: resourceType as ResourceType,
      })),
      NextToken: nextToken,
    };
  },
);
