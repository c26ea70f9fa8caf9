// Pages of EC2's Describe calls: 5 to 1000 items a page where a call does not say otherwise, everything when no size is given.

import { ServiceError } from '../../aws/index.ts';
import { paginate, type RecordList } from '../../domain/index.ts';
import type { BaseRecord } from '../../domain/records/index.ts';

/** The page of `list` that a request asks for (EC2 API: MaxResults, NextToken). `sizes` are the smallest and the largest page of the call. */
export function paginateEc2<T extends BaseRecord>(
  list: RecordList<T>,
  { MaxResults, NextToken }: { readonly MaxResults?: number; readonly NextToken?: string },
  [smallest, largest]: readonly [number, number] = [5, 1000],
): { readonly items: readonly T[]; readonly nextToken?: string } {
  if (MaxResults !== undefined && (MaxResults < smallest || MaxResults > largest))
    throw new ServiceError(
      'InvalidParameterValue',
      `Value ( ${MaxResults} ) for parameter maxResults is invalid. Expecting a value between ${smallest} and ${largest}.`,
    );
  return paginate(list, {
    maxResults: MaxResults ?? Number.MAX_SAFE_INTEGER,
    ...(NextToken === undefined ? {} : { nextToken: NextToken }),
  });
}
