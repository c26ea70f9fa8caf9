// Lists and their pages: a stable order (creation time, then id), read from where the cursor stands, and an opaque cursor.

import { createHash } from 'node:crypto';
import { comparePositions, type Position } from './ordered-keys.ts';
import { keyOfRecord, type BaseRecord, type Key } from './records/base.ts';
import { invalidField } from './refusal.ts';
import { recordsAfter, type RecordKind, type RecordTypes, type State } from './state.ts';
import type { IndexName } from './state-indexes.ts';

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

/** A list that is read only as far as it is asked for. */
export interface RecordList<T> {
  /** Which list it is, with its filters: the token of one list is none of another. */
  readonly scope: string;
  /** Its records in order, those behind `after` when it is given. */
  readonly read: (after?: Position) => Iterable<T>;
}

/** What a list leaves out beside what its index does; `name` says it so that two filters have two names. */
export interface ListFilter<T> {
  readonly name: string;
  readonly passes: (record: T) => boolean;
}

/** The records of `kind` that `index` has under `value`, those that `filter` lets pass. The index must be one in order of creation. */
export function listBy<K extends RecordKind>(
  state: State,
  kind: K,
  index: IndexName,
  value: string,
  filter?: ListFilter<RecordTypes[K]>,
): RecordList<RecordTypes[K]> {
  const all = (after?: Position) => recordsAfter(state, kind, index, value, after);
  if (filter === undefined) return { scope: `${index} ${value}`, read: all };
  return { scope: `${index} ${value} ${filter.name}`, read: (after) => passing(all(after), filter) };
}

function* passing<T>(records: Iterable<T>, filter: ListFilter<T>): Generator<T> {
  for (const record of records) if (filter.passes(record)) yield record;
}

/** A list of few records, which are at hand; `scope` as in `RecordList`. */
export function listOf<T extends BaseRecord>(scope: string, records: readonly T[]): RecordList<T> {
  const ordered = [...records].sort((a, b) => comparePositions(positionOf(a), positionOf(b)));
  return {
    scope,
    read: (after) =>
      after === undefined ? ordered : ordered.filter((one) => comparePositions(positionOf(one), after) > 0),
  };
}

/**
 * The page of `list` that `request` asks for. Records made or removed between two calls move nothing that was not yet
 * shown. A token that no call for this list gave is refused with `Validation`.
 */
export function paginate<T extends BaseRecord>(list: RecordList<T>, request: PageRequest): Page<T> {
  const limit = request.maxResults ?? 100;
  const after = request.nextToken === undefined ? undefined : parseToken(list.scope, request.nextToken);
  const items: T[] = [];
  for (const record of list.read(after)) {
    const last = items.at(-1);
    if (items.length === limit && last !== undefined)
      return { items, nextToken: formatToken(list.scope, positionOf(last)) };
    items.push(record);
  }
  return { items };
}

function positionOf(record: BaseRecord): Position {
  return { order: record.createdAt, key: keyOfRecord(record) };
}

function formatToken(scope: string, { order, key }: Position): string {
  return Buffer.from(`${seal(scope, order, key)} ${order} ${key}`).toString('base64url');
}

function parseToken(scope: string, token: string): Position {
  const match = /^\S+ (\d{1,16}) (.+)$/s.exec(Buffer.from(token, 'base64url').toString());
  const position = { order: Number(match?.[1]), key: match?.[2] as Key };
  // One text per position: what decodes alike is not yet the same token.
  if (match === null || formatToken(scope, position) !== token)
    throw invalidField('nextToken', 'this is not a token of this list');
  return position;
}

/** Binds a token to its list. Not a secret: whoever makes one of his own gets another place in a list that he may read anyway. */
function seal(scope: string, order: number, key: string): string {
  return createHash('sha256').update(`${scope}\n${order}\n${key}`).digest('base64url').slice(0, 22);
}
