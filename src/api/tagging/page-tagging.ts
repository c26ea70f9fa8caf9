// Pages of the tagging API: of texts in their order, with a token that is empty on the last page.

import { createHash } from 'node:crypto';
import { ServiceError } from '../../aws/index.ts';

/** A part of a list. `token` is empty when there is no more. */
export interface TaggingPage<T> {
  readonly items: readonly T[];
  readonly token: string;
}

/**
 * The page of `items` (in the order of their `nameOf`) behind the one that gave `token`, which is absent or empty for the first. `search` says what is listed: a token is
 * good for its own search. `fits` is asked in order, of every item, whether it still goes on the page; the first always does.
 */
export function pageOf<T>(
  items: readonly T[],
  nameOf: (item: T) => string,
  search: readonly unknown[],
  token: string | undefined,
  fits: (item: T, index: number) => boolean,
): TaggingPage<T> {
  const seal = createHash('sha256').update(JSON.stringify(search)).digest('base64url').slice(0, 12);
  const after = token === undefined || token === '' ? undefined : readToken(token, seal);
  const left = after === undefined ? items : items.filter((item) => nameOf(item) > after);
  const end = left.findIndex((item, index) => !fits(item, index) && index > 0);
  const page = end < 0 ? left : left.slice(0, end);
  const last = page.at(-1);
  const next = end < 0 || last === undefined ? '' : Buffer.from(`${seal} ${nameOf(last)}`).toString('base64url');
  return { items: page, token: next };
}

function readToken(token: string, seal: string): string {
  const text = Buffer.from(token, 'base64url').toString();
  if (!text.startsWith(`${seal} `)) throw invalidParameter('The pagination token is not one of this search.');
  return text.slice(seal.length + 1);
}

/** The refusal of a parameter. */
export function invalidParameter(message: string): ServiceError {
  return new ServiceError('InvalidParameterException', message);
}
