// Pages of lists: a stable order (creation time, then id) and an opaque cursor.

import type { BaseRecord } from './records/base.ts';
import { invalidField } from './refusal.ts';

/** Which page is asked for. `maxResults` is 1–100, default 100. */
export interface PageRequest {
  readonly maxResults?: number;
  readonly nextToken?: string;
}

/** One page; `nextToken` is absent on the last. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly nextToken?: string;
}

/**
 * The page of `records` that `request` asks for. Records made or removed between two calls move nothing that was not yet
 * shown. A token that no call gave is refused with `Validation`.
 */
export function paginate<T extends Pick<BaseRecord, 'createdAt' | 'id'>>(
  records: readonly T[],
  request: PageRequest,
): Page<T> {
  const limit = request.maxResults ?? 100;
  const after = request.nextToken === undefined ? undefined : parseCursor(request.nextToken);
  const left = after === undefined ? [...records] : records.filter((record) => compare(record, after) > 0);
  left.sort(compare);
  const items = left.slice(0, limit);
  const last = items.at(-1);
  return left.length > limit && last !== undefined ? { items, nextToken: formatCursor(last) } : { items };
}

type Cursor = Pick<BaseRecord, 'createdAt' | 'id'>;

function compare(a: Cursor, b: Cursor): number {
  return a.createdAt - b.createdAt || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
}

function formatCursor(cursor: Cursor): string {
  return Buffer.from(`${cursor.createdAt} ${cursor.id}`).toString('base64url');
}

function parseCursor(token: string): Cursor {
  const match = /^(\d{1,16}) (.+)$/.exec(Buffer.from(token, 'base64url').toString());
  if (match?.[1] === undefined || match[2] === undefined)
    throw invalidField('nextToken', 'this is not a token of this list');
  return { createdAt: Number(match[1]), id: match[2] };
}
