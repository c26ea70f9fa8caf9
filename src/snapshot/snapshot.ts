// Snapshots as values: the empty one, the tables by name, the difference of two, and applying a difference.

import { changedIds, changeTable } from './table.ts';
import type { Snapshot, SnapshotTables, TableName } from './types.ts';

/** Every table, in the order in which a consumer should read them. */
export const tableNames: readonly TableName[] = [
  'vpcs',
  'networks',
  'doors',
  'services',
  'targetGroups',
  'zones',
  'recordSets',
  'accessKeys',
  'principals',
  'sessionKeys',
];

/** A snapshot without records. */
export const emptySnapshot: Snapshot = {
  revision: 0,
  day: '',
  vpcs: new Map(),
  networks: new Map(),
  doors: new Map(),
  services: new Map(),
  targetGroups: new Map(),
  zones: new Map(),
  recordSets: new Map(),
  accessKeys: new Map(),
  principals: new Map(),
  sessionKeys: new Map(),
};

/** What turns the snapshot of revision `base` into the one of `revision`. Absent tables did not change. */
export interface Delta {
  readonly base: number;
  readonly revision: number;
  readonly day: string;
  readonly changed: { readonly [T in TableName]?: readonly SnapshotTables[T][] };
  readonly removed: { readonly [T in TableName]?: readonly string[] };
}

/** The delta from `before` to `after`; records are compared by identity. */
export function diffSnapshots(before: Snapshot, after: Snapshot): Delta {
  const changed: Record<string, unknown[]> = {};
  const removed: Record<string, string[]> = {};
  for (const table of tableNames) {
    const now: ReadonlyMap<string, object> = after[table];
    const put: object[] = [];
    const gone: string[] = [];
    for (const id of changedIds<object>(before[table], now)) {
      const record = now.get(id);
      if (record === undefined) gone.push(id);
      else put.push(record);
    }
    if (put.length > 0) changed[table] = put;
    if (gone.length > 0) removed[table] = gone;
  }
  return { base: before.revision, revision: after.revision, day: after.day, changed, removed };
}

/** The snapshot after `delta`; tables that it does not touch keep their identity. Throws when `delta` has another base. */
export function applyDelta(before: Snapshot, delta: Delta): Snapshot {
  if (delta.base !== before.revision)
    throw new Error(`a delta from ${delta.base} does not fit snapshot ${before.revision}`);
  const tables: Partial<Record<TableName, ReadonlyMap<string, object>>> = {};
  for (const table of tableNames) {
    const put = delta.changed[table] ?? [];
    const gone = delta.removed[table] ?? [];
    if (put.length === 0 && gone.length === 0) continue;
    tables[table] = changeTable<object>(before[table], [
      ...gone.map((id) => [id, undefined] as const),
      ...put.map((record) => [record.id, record] as const),
    ]);
  }
  return { ...before, ...(tables as Partial<Snapshot>), revision: delta.revision, day: delta.day };
}
