// A state made at once from all that is known, as when a store is opened: a change at a time it would take several times as long.

import { Map as PersistentMap } from 'immutable';
import { orderedKeys, type Position } from './ordered-keys.ts';
import type { BaseRecord, Key } from './records/base.ts';
import { indexOrder, type IndexName } from './state-indexes.ts';
import {
  emptyState,
  indexesOfKind,
  type Change,
  type Indexes,
  type RecordKind,
  type State,
  type Tables,
} from './state.ts';

/** What `applyChanges(emptyState, changes, revision)` gives. */
export function buildState(changes: readonly Change[], revision: number): State {
  // Native maps first: what is written again costs little there, and each tree is then made once.
  const records = new Map<RecordKind, Map<Key, BaseRecord>>();
  for (const { kind, key, record } of changes) {
    const known = records.get(kind);
    const ofKind = known ?? new Map<Key, BaseRecord>();
    if (known === undefined) records.set(kind, ofKind);
    if (record === undefined) ofKind.delete(key);
    else ofKind.set(key, record);
  }
  const positions = new Map<IndexName, Map<string, Position[]>>();
  for (const [kind, ofKind] of records)
    for (const [name, valuesOf] of indexesOfKind.get(kind) ?? []) {
      const index = positions.get(name) ?? new Map<string, Position[]>();
      positions.set(name, index);
      for (const [key, record] of ofKind) {
        const order = indexOrder(name, record);
        for (const value of valuesOf(record)) {
          const found = index.get(value);
          if (found === undefined) index.set(value, [{ order, key }]);
          else found.push({ order, key });
        }
      }
    }
  return {
    revision,
    tables: { ...emptyState.tables, ...persistent(records, (record) => record) } as Tables,
    indexes: { ...emptyState.indexes, ...persistent(positions, orderedKeys) } as Indexes,
  };
}

/** Persistent maps by name, with what `toValue` makes of each value. */
function persistent<V, W>(
  maps: ReadonlyMap<string, ReadonlyMap<string, V>>,
  toValue: (value: V) => W,
): Record<string, PersistentMap<string, W>> {
  return Object.fromEntries(
    [...maps].map(([name, map]) => {
      const made = PersistentMap<string, W>().asMutable();
      for (const [key, value] of map) made.set(key, toValue(value));
      return [name, made.asImmutable()];
    }),
  );
}
