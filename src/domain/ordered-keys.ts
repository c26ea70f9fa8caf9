// Keys of records in an order, as persistent B+ trees: what an index has under one value.

import sortedBTree from 'sorted-btree';
import type { Key } from './records/base.ts';

/** A place in the order: by number, then by key. For lists the number is the time of creation. */
export interface Position {
  readonly order: number;
  readonly key: Key;
}

/** Keys in order. Never changes: what adds or removes gives another one, which shares what both have. */
export interface OrderedKeys {
  readonly size: number;
  /** The positions in order, from `first` (included, when it is there) on. */
  keys(first?: Position): IterableIterator<Position>;
}

const BTree = sortedBTree.default;
type Tree = sortedBTree.default<Position, undefined>;

/** Which position is first; for `sort`. */
export function comparePositions(a: Position, b: Position): number {
  return a.order - b.order || (a.key < b.key ? -1 : a.key > b.key ? 1 : 0);
}

/** `keys` (undefined: none) with `position`. */
export function withPosition(keys: OrderedKeys | undefined, position: Position): OrderedKeys {
  const next = keys === undefined ? new BTree<Position, undefined>(undefined, comparePositions) : copy(keys);
  next.set(position, undefined);
  return next;
}

/** `keys` without `position`; undefined when none is left. */
export function withoutPosition(keys: OrderedKeys, position: Position): OrderedKeys | undefined {
  const next = copy(keys);
  next.delete(position);
  return next.size === 0 ? undefined : next;
}

/** The keys behind `after` (undefined: all), in order. */
export function* keysAfter(keys: OrderedKeys | undefined, after?: Position): Generator<Key> {
  if (keys === undefined) return;
  for (const position of keys.keys(after))
    if (after === undefined || comparePositions(position, after) > 0) yield position.key;
}

/** The clone shares every node: only the nodes on the way to what is then written are copied. */
function copy(keys: OrderedKeys): Tree {
  // Every `OrderedKeys` is made by `withPosition`.
  return (keys as Tree).clone();
}
