// GetTagKeys and GetTagValues.

import type {
  GetTagKeysInput,
  GetTagKeysOutput,
  GetTagValuesInput,
  GetTagValuesOutput,
} from '@aws-sdk/client-resource-groups-tagging-api';
import { taggedResources } from '../../domain/tag/index.ts';
import { read, type Valid, type Wire } from '../operation.ts';
import { pageOf, type TaggingPage } from './page-tagging.ts';

/** Keys or values of a page. */
const MOST_TEXTS = 1000;

/** Lists the keys of all tags of the caller's resources. */
export const getTagKeys = read(
  'GetTagKeys',
  (state, { PaginationToken }: Valid<GetTagKeysInput>, call): Wire<GetTagKeysOutput> => {
    const keys = taggedResources(state, call).flatMap(({ tags }) => Object.keys(tags));
    const page = pageOfTexts(keys, ['keys', call.account, call.region], PaginationToken);
    return { PaginationToken: page.token, TagKeys: [...page.items] };
  },
);

/** Lists the values that a tag has on the caller's resources. */
export const getTagValues = read(
  'GetTagValues',
  (state, { Key, PaginationToken }: Valid<GetTagValuesInput>, call): Wire<GetTagValuesOutput> => {
    const values = taggedResources(state, call).flatMap(({ tags }) =>
      Object.entries(tags).flatMap(([key, value]) => (key === Key ? [value] : [])),
    );
    const page = pageOfTexts(values, ['values', Key, call.account, call.region], PaginationToken);
    return { PaginationToken: page.token, TagValues: [...page.items] };
  },
);

function pageOfTexts(
  texts: readonly string[],
  search: readonly unknown[],
  token: string | undefined,
): TaggingPage<string> {
  const different = [...new Set(texts)].sort((a, b) => (a < b ? -1 : 1));
  return pageOf(
    different,
    (text) => text,
    search,
    token,
    (_text, index) => index < MOST_TEXTS,
  );
}
