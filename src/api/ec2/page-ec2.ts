// Pages of EC2's Describe calls: no paging by ids, 5 to 1000 items a page, everything when no size is given.

import { ServiceError } from '../../aws/index.ts';
import { paginate } from '../../domain/index.ts';
import type { BaseRecord } from '../../domain/records/index.ts';

/** The page of `records` that a request asks for (EC2 API: MaxResults, NextToken). */
export function paginateEc2<T extends BaseRecord>(
  records: readonly T[],
  { MaxResults, NextToken }: { readonly MaxResults?: number; readonly NextToken?: string },
): { readonly items: readonly T[]; readonly nextToken?: string } {
  if (MaxResults !== undefined && (MaxResults < 5 || MaxResults > 1000))
    throw new ServiceError(
      'InvalidParameterValue',
      `Value ( ${MaxResults} ) for parameter maxResults is invalid. Expecting a value between 5 and 1000.`,
    );
  return paginate(records, {
    maxResults: MaxResults ?? Number.MAX_SAFE_INTEGER,
    ...(NextToken === undefined ? {} : { nextToken: NextToken }),
  });
}
