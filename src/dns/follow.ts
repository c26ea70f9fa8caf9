// Keeps what is derived from a table of snapshots up with it.

import { changedIds } from '../snapshot/index.ts';

/** Brings derived tables from the records of `before` to those of `after`: drops what went or changed, then puts what is new. */
export function follow<T extends { readonly id: string }>(
  before: ReadonlyMap<string, T>,
  after: ReadonlyMap<string, T>,
  put: (record: T) => void,
  drop: (record: T) => void,
): void {
  const ids = changedIds(before, after);
  const records = (table: ReadonlyMap<string, T>): readonly T[] =>
    ids.map((id) => table.get(id)).filter((record) => record !== undefined);
  for (const record of records(before)) drop(record);
  for (const record of records(after)) put(record);
}
