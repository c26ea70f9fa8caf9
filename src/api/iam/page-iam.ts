// Pages of IAM's lists: `MaxItems` (100 unless said otherwise), `Marker`, and whether there is more.

import { createHash } from 'node:crypto';
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

/** The page of things at hand, in the order of `nameOf`, which says each by a text of its own. `list` says which list it is. */
export function pageOfItems<T>(
  list: string,
  items: readonly T[],
  nameOf: (item: T) => string,
  { Marker, MaxItems = USUAL_ITEMS }: IamPageRequest,
): { readonly items: readonly T[]; readonly page: IamPage } {
  const seal = createHash('sha256').update(list).digest('base64url').slice(0, 12);
  const after = Marker === undefined ? undefined : Buffer.from(Marker, 'base64url').toString();
  if (after?.startsWith(`${seal} `) === false) throw wrongMarker();
  const ordered = items
    .filter((item) => after === undefined || nameOf(item) > after.slice(seal.length + 1))
    .sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
  const found = ordered.slice(0, MaxItems);
  const last = found.at(-1);
  const more = ordered.length > found.length && last !== undefined;
  return {
    items: found,
    page: pageOf(more ? Buffer.from(`${seal} ${nameOf(last)}`).toString('base64url') : undefined),
  };
}

function pageOf(marker: string | undefined): IamPage {
  return { IsTruncated: marker !== undefined, ...(marker === undefined ? {} : { Marker: marker }) };
}

function wrongMarker(): Refusal {
  return iamRefusal('ValidationError', 'Invalid Marker: it is none of this list.');
}
