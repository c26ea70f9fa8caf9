// DescribePrefixLists.

import type { DescribePrefixListsRequest, DescribePrefixListsResult } from '@aws-sdk/client-ec2';
import { describePrefixLists as list } from '../../domain/ec2/index.ts';
import type { Valid, Wire } from '../operation.ts';
import { readDescribe } from './describe-input.ts';
import { paginateEc2 } from './page-ec2.ts';
import { readEc2 } from './read-ec2.ts';

/** Lists the prefix lists of VPC Lattice with their ranges. */
export const describePrefixLists = readEc2(
  'DescribePrefixLists',
  (state, request: Valid<DescribePrefixListsRequest>, call): Wire<DescribePrefixListsResult> => {
    const { items, nextToken } = paginateEc2(
      list(state, call, readDescribe(request.PrefixListIds, request.Filters)),
      request,
    );
    return {
      PrefixLists: items.map(({ id, name, entries }) => ({
        ...{ PrefixListId: id, PrefixListName: name, Cidrs: entries.map(({ cidr }) => cidr) },
      })),
      NextToken: nextToken,
    };
  },
);
