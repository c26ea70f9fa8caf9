// Tables against plain maps.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createSeededRandom } from '../base/random.ts';
import { changedIds, changeTable } from './index.ts';

interface One {
  readonly n: number;
}

test('a changed table holds what a plain map would, and what it came from stays as it was', () => {
  const random = createSeededRandom(7);
  const pick = (most: number): number => Math.floor(random.fraction() * most);
  let table: ReadonlyMap<string, One> = new Map();
  let plain = new Map<string, One>();
  const history: { readonly table: ReadonlyMap<string, One>; readonly plain: ReadonlyMap<string, One> }[] = [];
  for (let step = 0; step < 600; step++) {
    const changes = Array.from({ length: step === 300 ? 400 : pick(4) }, (): readonly [string, One | undefined] => [
      `id-${pick(300)}`,
      pick(3) === 0 ? undefined : { n: step },
    ]);
    table = changeTable(table, changes);
    plain = new Map(plain);
    for (const [id, record] of changes)
      if (record === undefined) plain.delete(id);
      else plain.set(id, record);
    history.push({ table, plain });
    assert.equal(table.size, plain.size);
    const back = history[Math.max(0, history.length - 1 - pick(60))] ?? { table, plain };
    const expected = [...new Set([...back.plain.keys(), ...plain.keys()])].filter(
      (id) => back.plain.get(id) !== plain.get(id),
    );
    assert.deepEqual(changedIds(back.table, table).toSorted(), expected.toSorted());
    assert.deepEqual(changedIds(table, back.table).toSorted(), expected.toSorted());
  }
  for (const one of history) {
    assert.deepEqual(new Map(one.table), new Map([...one.table.keys()].map((id) => [id, one.plain.get(id)])));
    assert.equal([...one.table.values()].length, one.plain.size);
    for (const [id, record] of one.plain) assert.equal(one.table.get(id), record);
    for (let i = 0; i < 300; i++) assert.equal(one.table.has(`id-${i}`), one.plain.has(`id-${i}`));
    let visited = 0;
    one.table.forEach((record, id) => {
      assert.equal(one.plain.get(id), record);
      visited++;
    });
    assert.equal(visited, one.plain.size);
  }
});

test('a change of a large table, and what is different then, is found without walking it', () => {
  let walks = 0;
  const large = new (class extends Map<string, One> {
    override keys(): MapIterator<string> {
      walks++;
      return super.keys();
    }

    override [Symbol.iterator](): MapIterator<[string, One]> {
      walks++;
      return super[Symbol.iterator]();
    }
  })();
  for (let n = 0; n < 50_000; n++) large.set(`id-${n}`, { n });
  let table = changeTable(large, []);
  for (let i = 0; i < 300; i++) {
    const next = changeTable(table, [[`id-${i}`, { n: -1 }]]);
    assert.deepEqual(changedIds(table, next), [`id-${i}`]);
    table = next;
  }
  assert.equal(walks, 0);
});
