// GetManagedPrefixListEntries.

import type { GetManagedPrefixListEntriesRequest, GetManagedPrefixListEntriesResult } from '@aws-sdk/client-ec2';
import { ServiceError } from '../../aws/index.ts';
import { prefixListEntries } from '../../domain/ec2/index.ts';
import type { Valid, Wire } from '../operation.ts';
import { paginateEc2 } from './page-ec2.ts';
import { readEc2 } from './read-ec2.ts';

/** Lists the ranges of a prefix list. */
export const getManagedPrefixListEntries = readEc2(
  'GetManagedPrefixListEntries',
  (_state, request: Valid<GetManagedPrefixListEntriesRequest>, call): Wire<GetManagedPrefixListEntriesResult> => {
    if (request.TargetVersion !== undefined)
      throw new ServiceError('InvalidParameterValue', 'Lists that AWS manages have no versions.');
    const { items, nextToken } = paginateEc2(prefixListEntries(call, request.PrefixListId), request, [1, 100]);
    return { Entries: items.map(({ id }) => ({ Cidr: id })), NextToken: nextToken };
  },
);
