// GetManagedPrefixListEntries.

import type { GetManagedPrefixListEntriesRequest, GetManagedPrefixListEntriesResult } from '@aws-sdk/client-ec2';
import { listPrefixListEntries } from '../../domain/ec2/index.ts';
import type { Valid, Wire } from '../operation.ts';
import { paginateEc2 } from './page-ec2.ts';
import { readEc2 } from './read-ec2.ts';

/** Lists the ranges of a prefix list. */
export const getManagedPrefixListEntries = readEc2(
  'GetManagedPrefixListEntries',
  (state, request: Valid<GetManagedPrefixListEntriesRequest>, call): Wire<GetManagedPrefixListEntriesResult> => {
    const { PrefixListId: id, TargetVersion: version } = request;
    const entries = listPrefixListEntries(state, call, { id, ...(version === undefined ? {} : { version }) });
    const { items, nextToken } = paginateEc2(entries, request, [1, 100]);
    return {
      Entries: items.map(({ id: Cidr, description }) => ({
        Cidr,
        ...(description === undefined ? {} : { Description: description }),
      })),
      NextToken: nextToken,
    };
  },
);
