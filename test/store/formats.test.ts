// Data directories of every format version there was: the present code loses nothing of them, and goes on.

import assert from 'node:assert/strict';
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { silentLog } from '../../src/base/log.ts';
import { recordKinds } from '../../src/domain/index.ts';
import type { BaseRecord, Key } from '../../src/domain/records/index.ts';
import type { State } from '../../src/domain/state.ts';
import { createService, type CreateServiceInput } from '../../src/domain/service/index.ts';
import { advanceStatuses } from '../../src/domain/upkeep/index.ts';
import { LOG_FORMAT } from '../../src/store/log-row.ts';
import { migrations } from '../../src/store/migrations.ts';
import { openStore } from '../../src/store/index.ts';
import { checkIndexes } from '../domain/play.ts';
import { danglingReferences } from '../domain/references.ts';
import { brokenLaws } from '../domain/uniqueness.ts';
import { contextOf } from './calls.ts';
import { findIds } from './events.ts';

const formats = join(import.meta.dirname, 'formats');
const directory = mkdtempSync(join(tmpdir(), 'pergola-formats-'));
after(() => rmSync(directory, { recursive: true, force: true }));

interface Made {
  readonly revision: number;
  /** A call with a token, and what it was answered. */
  readonly call: { readonly token: string; readonly input: CreateServiceInput; readonly result: unknown };
}

/** The records of a state as lines `{ kind, key, record }`, sorted. */
function linesOf(state: State): readonly string[] {
  const lines: string[] = [];
  for (const kind of recordKinds)
    state.tables[kind].forEach(
      (record: BaseRecord, key: Key) => void lines.push(JSON.stringify({ kind, key, record })),
    );
  return lines.sort();
}

const names = readdirSync(formats).sort();

test('There is a data directory of every version of tables and rows', () => {
  for (const [word, newest] of [
    ['tables', migrations.length],
    ['log', LOG_FORMAT],
  ] as const)
    for (let version = 1; version <= newest; version++)
      assert.ok(
        names.some((name) => new RegExp(`\\b${word}-${version}\\b`).test(name)),
        `no directory in test/store/formats/ has ${word}-${version}: make it with \`node tools/make-store-format.ts\` (of an older version: with a checkout of it as argument)`,
      );
});

for (const name of names)
  test(`Nothing of a data directory of ${name} is lost: records, tokens and the log; and it can be written to`, async () => {
    const file = join(directory, `${name}.db`);
    copyFileSync(join(formats, name, 'state.db'), file);
    const [head = '', ...lines] = readFileSync(join(formats, name, 'records.jsonl'), 'utf8')
      .trimEnd()
      .split('\n');
    const { revision, call } = JSON.parse(head) as Made;
    const context = contextOf('createService');
    const open = () => openStore({ file }, { log: silentLog });
    {
      await using store = await open();
      const state = store.state.value;
      assert.deepEqual([state.revision, linesOf(state)], [revision, lines.sort()]);
      checkIndexes(state);
      // Asked as of the time when they were made: they are kept for ninety days.
      if (!name.startsWith('tables-1-'))
        assert.deepEqual(await findIds(store, { now: Date.UTC(2026, 0, 2) }), ['event-2', 'event-1']);
      assert.deepEqual([...danglingReferences(state), ...brokenLaws(state)], []);
      assert.ok((await store.at(revision - 1)) !== undefined, 'its log has no rows');
      const { token, input, result } = call;
      const again = await store.commit(createService, input, context, { token, parameters: input });
      assert.deepEqual([again.replayed, again.result], [true, result]);
      const changed = { ...input, name: 'other' };
      await assert.rejects(
        store.commit(createService, changed, context, { token, parameters: changed }),
        /already used/,
      );
      await store.commit(createService, { name: 'new' }, context);
      await store.commit(advanceStatuses, { obeyedRevision: store.state.value.revision }, contextOf('AdvanceStatuses'));
    }
    await using store = await open();
    assert.equal(store.state.value.revision, revision + 2);
    assert.deepEqual([...store.state.value.indexes.waiting.keys()], []);
    const { service } = store.state.value.tables;
    assert.deepEqual([...service.values()].map((one) => one.name).sort(), ['first', 'later', 'new']);
  });
