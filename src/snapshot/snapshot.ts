// Snapshots as values: the empty one, the tables by name, the difference of two, and applying a difference.

import type { Snapshot, SnapshotTables, TableName } from './types.ts';

/** Every table, in the order in which a consumer should read them. */
export const tableNames: readonly TableName[] = ['vpcs', 'networks', 'doors', 'services', 'targetGroups', 'keys'];

/** A snapshot without records. */
export const emptySnapshot: Snapshot = {
  revision: 0,
  vpcs: new Map(),
  networks: new Map(),
  doors: new Map(),
  services: new Map(),
  targetGroups: new Map(),
  keys: new Map(),
};

/** What turns the snapshot of revision `base` into the one of `revision`. Absent tables did not change. */
export interface Delta {
  readonly base: number;
  readonly revision: number;
  readonly changed: { readonly [T in TableName]?: readonly SnapshotTables[T][] };
  readonly removed: { readonly [T in TableName]?: readonly string[] };
}

/** The delta from `before` to `after`; records are compared by identity. */
export function diffSnapshots(before: Snapshot, after: Snapshot): Delta {
  const changed: Record<string, unknown[]> = {};
  const removed: Record<string, string[]> = {};
  for (const table of tableNames) {
    const old: ReadonlyMap<string, unknown> = before[table];
    const now: ReadonlyMap<string, unknown> = after[table];
    if (old === now) continue;
    const put = [...now].flatMap(([id, record]) => (old.get(id) === record ? [] : [record]));
    const gone = [...old.keys()].filter((id) => !now.has(id));
    if (put.length > 0) changed[table] = put;
    if (gone.length > 0) removed[table] = gone;
  }
  return { base: before.revision, revision: after.revision, changed, removed };
}

/** The snapshot after `delta`; tables that it does not touch keep their identity. Throws when `delta` has another base. */
export function applyDelta(before: Snapshot, delta: Delta): Snapshot {
  if (delta.base !== before.revision)
    throw new Error(`a delta from ${delta.base} does not fit snapshot ${before.revision}`);
  const tables: Partial<Record<TableName, ReadonlyMap<string, unknown>>> = {};
  for (const table of tableNames) {
    const put = delta.changed[table] ?? [];
    const gone = delta.removed[table] ?? [];
    if (put.length === 0 && gone.length === 0) continue;
    const next = new Map<string, unknown>(before[table]);
    for (const id of gone) next.delete(id);
    for (const record of put) next.set(record.id, record);
    tables[table] = next;
  }
  return { ...before, ...(tables as Partial<Snapshot>), revision: delta.revision };
}
