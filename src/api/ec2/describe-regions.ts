// DescribeRegions.

import type { DescribeRegionsRequest, DescribeRegionsResult } from '@aws-sdk/client-ec2';
import { ServiceError } from '../../aws/index.ts';
import { describeRegions as list } from '../../domain/ec2/index.ts';
import type { Valid, Wire } from '../operation.ts';
import { readEc2 } from './read-ec2.ts';
import { readFilters } from './tags.ts';

/** Lists `regions`, those that this server is configured for. */
export const describeRegions = (regions: readonly string[]) =>
  readEc2('DescribeRegions', (_state, request: Valid<DescribeRegionsRequest>, call): Wire<DescribeRegionsResult> => {
    const { RegionNames = [], Filters } = request;
    const unknown = RegionNames.find((name) => !regions.includes(name));
    if (unknown !== undefined) throw new ServiceError('InvalidParameterValue', `Invalid region: [${unknown}]`);
    return {
      Regions: list(regions, call, readFilters(Filters))
        .filter(({ id }) => RegionNames.length === 0 || RegionNames.includes(id))
        .map(({ id, endpoint }) => ({ RegionName: id, Endpoint: endpoint, OptInStatus: 'opt-in-not-required' })),
    };
  });
