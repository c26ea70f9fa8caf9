// Decisions under long random sequences of calls: several owners, tokens that come again, time, data planes that obey late or never.

import assert from 'node:assert/strict';
import { join, relative } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { checkProperty } from './check-property.ts';
import { decisionNames } from './decisions.ts';
import { play, type Tally } from './play.ts';
import { sequences } from './player.ts';

const root = join(import.meta.dirname, '../..');

test('Whatever is called in whatever order: nothing dangles, names are unique, counts are right, tokens answer again', async () => {
  const tally: Tally = { decided: new Map(), refused: new Map(), replayed: 0 };
  await checkProperty(
    relative(root, import.meta.filename),
    400,
    fc.property(sequences(250), (sequence) => void play(sequence, tally)),
  );
  if (process.env['PERGOLA_PATH'] !== undefined) return;
  const expected = await decisionNames();
  assert.ok(expected.length > 50, `only ${expected.length} decisions were found`);
  assert.deepEqual(
    expected.filter((name) => !tally.decided.has(name)),
    [],
    'decisions that no sequence came to',
  );
  assert.ok(tally.replayed > 100, `only ${tally.replayed} calls were repeated`);
  if (process.env['PERGOLA_TALLY'] !== undefined) console.log(tally);
});
