// Pages of Route 53's lists, whose sizes are texts.

import { ServiceError } from '../../aws/index.ts';

/** The largest page of a list (Route 53 API: MaxItems). */
const LARGEST_PAGE = 100;

/** How many items a page has: as asked, `largest` at most. */
export function pageSize(maxItems: string | number | undefined, largest = LARGEST_PAGE): number {
  if (maxItems === undefined) return largest;
  const size = Number(maxItems);
  if (!/^\d{1,9}$/.test(String(maxItems)) || size < 1)
    throw new ServiceError('InvalidInput', `MaxItems has to be a number greater than 0, not ${maxItems}.`);
  return Math.min(size, largest);
}

/** The first `size` of `items`, and the one behind them when there is one. */
export function takePage<T>(items: Iterable<T>, size: number): { readonly page: readonly T[]; readonly next?: T } {
  const page: T[] = [];
  for (const item of items) {
    if (page.length === size) return { page, next: item };
    page.push(item);
  }
  return { page };
}
