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

/** One key alone: what most values of an index have. A class, because there are hundreds of thousands, which have `keys` in common. */
class OnlyKey implements OrderedKeys {
  readonly position: Position;

  constructor(position: Position) {
    this.position = position;
  }

  get size(): 1 {
    return 1;
  }

  *keys(first?: Position): Generator<Position> {
    if (first === undefined || comparePositions(this.position, first) >= 0) yield this.position;
  }
}

/** Changes trees for one step of the state. What it has made itself it changes in place; others it copies before. */
export interface KeysEditor {
  /** `keys` (undefined: none) with `position`. */
  with(keys: OrderedKeys | undefined, position: Position): OrderedKeys;
  /** `keys` without `position`; undefined when none is left. */
  without(keys: OrderedKeys, position: Position): OrderedKeys | undefined;
}

/** Keys at `positions`, in whatever order these are; at least one. */
export function orderedKeys(positions: readonly Position[]): OrderedKeys {
  const [first] = positions;
  return first !== undefined && positions.length === 1 ? new OnlyKey(first) : treeOf(positions);
}

function treeOf(positions: readonly Position[]): Tree {
  const tree = new BTree<Position, undefined>(undefined, comparePositions);
  for (const position of positions) tree.set(position, undefined);
  return tree;
}

/** Makes an editor, which is to be forgotten before others see what it made. */
export function createKeysEditor(): KeysEditor {
  const own = new Set<OrderedKeys>();
  const edit = (keys: OrderedKeys): Tree => {
    // Every `OrderedKeys` is made here.
    if (own.has(keys)) return keys as Tree;
    // A clone shares every node: only the nodes on the way to what is then written are copied.
    const tree = keys instanceof OnlyKey ? treeOf([keys.position]) : (keys as Tree).clone();
    own.add(tree);
    return tree;
  };
  return {
    with(keys, position) {
      if (keys === undefined) return new OnlyKey(position);
      const tree = edit(keys);
      tree.set(position, undefined);
      return tree;
    },
    without(keys, position) {
      if (keys instanceof OnlyKey) return comparePositions(keys.position, position) === 0 ? undefined : keys;
      const tree = edit(keys);
      tree.delete(position);
      return tree.size === 0 ? undefined : tree;
    },
  };
}

/** The keys behind `after` (undefined: all), in order. */
export function* keysAfter(keys: OrderedKeys | undefined, after?: Position): Generator<Key> {
  if (keys === undefined) return;
  for (const position of keys.keys(after))
    if (after === undefined || comparePositions(position, after) > 0) yield position.key;
}
