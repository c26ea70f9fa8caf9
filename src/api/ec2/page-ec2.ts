// Pages of EC2's Describe calls: no paging by ids, 5 to 1000 items a page, everything when no size is given.

import { ServiceError } from '../../aws/index.ts';
import { paginate, type RecordList } from '../../domain/index.ts';
import type { BaseRecord } from '../../domain/records/index.ts';

/** The page of `list` that a request asks for (EC2 API: MaxResults, NextToken). */
export function paginateEc2<T extends BaseRecord>(
  list: RecordList<T>,
  { MaxResults, NextToken }: { readonly MaxResults?: number; readonly NextToken?: string },
): { readonly items: readonly T[]; readonly nextToken?: string } {
  if (MaxResults !== undefined && (MaxResults < 5 || MaxResults > 1000))
    throw new ServiceError(
      'InvalidParameterValue',
      `Value ( ${MaxResults} ) for parameter maxResults is invalid. Expecting a value between 5 and 1000.`,
    );
  return paginate(list, {
    maxResults: MaxResults ?? Number.MAX_SAFE_INTEGER,
    ...(NextToken === undefined ? {} : { nextToken: NextToken }),
  });
}
