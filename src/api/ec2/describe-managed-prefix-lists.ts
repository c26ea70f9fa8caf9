// DescribeManagedPrefixLists.

import type {
  DescribeManagedPrefixListsRequest,
  DescribeManagedPrefixListsResult,
  ManagedPrefixList,
} from '@aws-sdk/client-ec2';
import { describePrefixLists, type PrefixList } from '../../domain/ec2/index.ts';
import type { Valid, Wire } from '../operation.ts';
import { readDescribe } from './describe-input.ts';
import { paginateEc2 } from './page-ec2.ts';
import { readEc2 } from './read-ec2.ts';
import { describeTags } from './tags.ts';

/** Lists the prefix lists of VPC Lattice by id and filter. */
export const describeManagedPrefixLists = readEc2(
  'DescribeManagedPrefixLists',
  (state, request: Valid<DescribeManagedPrefixListsRequest>, call): Wire<DescribeManagedPrefixListsResult> => {
    const found = describePrefixLists(state, call, readDescribe(request.PrefixListIds, request.Filters));
    const { items, nextToken } = paginateEc2(found, request, [1, 100]);
    return { PrefixLists: items.map(describeList), NextToken: nextToken };
  },
);

/** Lists that AWS manages have neither a version nor a number of entries. */
export function describeList({ id, name, arn, addressFamily, tags, stored }: PrefixList): Wire<ManagedPrefixList> {
  return {
    ...{ PrefixListId: id, PrefixListName: name, PrefixListArn: arn, AddressFamily: addressFamily },
    ...{
      State: `${stored?.lastChange ?? 'create'}-complete`,
      OwnerId: stored?.account ?? 'AWS',
      Tags: describeTags(tags),
    },
    ...(stored === undefined ? {} : { MaxEntries: stored.maxEntries, Version: stored.version }),
  };
}
