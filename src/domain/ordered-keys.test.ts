// Ordered keys against sorted arrays: what an editor makes is right, and what was there before stays as it was.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createKeysEditor, keysAfter, type OrderedKeys, type Position } from './ordered-keys.ts';
import type { Key } from './records/base.ts';

const position = fc.record({ order: fc.nat({ max: 9 }), key: fc.nat({ max: 99 }).map((n) => `k${n}` as Key) });
const batches = fc.array(fc.array(fc.tuple(fc.boolean(), position), { maxLength: 60 }), { maxLength: 12 });

function sorted(model: ReadonlyMap<string, Position>, after?: Position): readonly Key[] {
  const behind = (a: Position, b: Position): boolean => a.order > b.order || (a.order === b.order && a.key > b.key);
  return [...model.values()]
    .filter((one) => after === undefined || behind(one, after))
    .sort((a, b) => (behind(a, b) ? 1 : -1))
    .map(({ key }) => key);
}

test('createKeysEditor() makes what a sorted array would have, and changes nothing that another editor made', () => {
  fc.assert(
    fc.property(batches, position, (steps, after) => {
      let keys: OrderedKeys | undefined;
      const model = new Map<string, Position>();
      const versions: (readonly [OrderedKeys | undefined, readonly Key[]])[] = [];
      for (const batch of steps) {
        const editor = createKeysEditor();
        for (const [adds, one] of batch) {
          const name = `${one.order} ${one.key}`;
          if (adds) model.set(name, one);
          else model.delete(name);
          if (adds) keys = editor.with(keys, one);
          else if (keys !== undefined) keys = editor.without(keys, one);
        }
        versions.push([keys, sorted(model)]);
        assert.deepEqual([...keysAfter(keys, after)], sorted(model, after));
        assert.equal(keys?.size ?? 0, model.size);
      }
      for (const [version, expected] of versions) assert.deepEqual([...keysAfter(version)], expected);
    }),
    { numRuns: 200 },
  );
});
