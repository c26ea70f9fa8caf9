// Pages of IAM's lists: `MaxItems` (100 unless said otherwise), `Marker`, and whether there is more.

import { iamRefusal, paginate, Refusal, type RecordList } from '../../domain/index.ts';
import type { BaseRecord } from '../../domain/records/index.ts';

/** What a request says of the page. */
export interface IamPageRequest {
  readonly Marker?: string;
  readonly MaxItems?: number;
}

/** What an answer says of it. */
export interface IamPage {
  readonly IsTruncated: boolean;
  readonly Marker?: string;
}

/** IAM's own default. */
const USUAL_ITEMS = 100;

/** The page of a list of records. A marker that is none of this list is refused with ValidationError. */
export function pageOfRecords<T extends BaseRecord>(
  list: RecordList<T>,
  { Marker, MaxItems = USUAL_ITEMS }: IamPageRequest,
): { readonly items: readonly T[]; readonly page: IamPage } {
  try {
    const { items, nextToken } = paginate(list, {
      maxResults: MaxItems,
      ...(Marker === undefined ? {} : { nextToken: Marker }),
    });
    return { items, page: pageOf(nextToken) };
  } catch (error) {
    throw error instanceof Refusal ? wrongMarker() : error;
  }
}

function pageOf(marker: string | undefined): IamPage {
  return { IsTruncated: marker !== undefined, ...(marker === undefined ? {} : { Marker: marker }) };
}

function wrongMarker(): Refusal {
  return iamRefusal('ValidationError', 'Invalid Marker: it is none of this list.');
}
