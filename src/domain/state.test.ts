// States: what is not touched stays, and short random sequences of calls keep what must hold (long ones: test/domain/).

import assert from 'node:assert/strict';
import { relative, join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { checkProperty } from '../../test/domain/check-property.ts';
import { checkIndexes, play } from '../../test/domain/play.ts';
import { decisionNames } from '../../test/domain/decisions.ts';
import { sequences, wordNames } from '../../test/domain/player.ts';
import { createServiceNetwork } from './network/index.ts';
import { createScenario } from './scenario.ts';
import { createService, updateService } from './service/index.ts';
import { applyChanges, put } from './state.ts';

test('applyChanges() leaves the tables that it does not touch as they are', () => {
  const scenario = createScenario();
  scenario.run(createService, { name: 'one' });
  const before = scenario.state;
  scenario.run(createServiceNetwork, { name: 'two' });
  assert.equal(scenario.state.tables.service, before.tables.service);
  assert.notEqual(scenario.state.tables.serviceNetwork, before.tables.serviceNetwork);
  assert.equal(before.tables.serviceNetwork.size, 0);
});

test('applyChanges() moves a record from one value of an index to another', () => {
  const scenario = createScenario();
  const service = scenario.run(createService, { name: 'one' });
  scenario.run(updateService, { serviceIdentifier: service.id, authType: 'AWS_IAM' });
  const renamed = applyChanges(scenario.state, [put('service', { ...service, name: 'two' })], 3);
  checkIndexes(renamed);
  assert.equal(renamed.indexes.names.size, 1);
});

test('Whatever is called in whatever order: nothing dangles, names are unique, counts are right', async () => {
  const tally = { decided: new Map<string, number>(), refused: new Map<string, number>(), replayed: 0 };
  const property = fc.property(sequences(60), (sequence) => void play(sequence, tally));
  await checkProperty(relative(join(import.meta.dirname, '../..'), import.meta.filename), 30, property);
  assert.ok(tally.decided.size > 40, `only ${tally.decided.size} kinds of call were decided`);
});

test('Every decision has a word, so that random sequences come to it', async () => {
  const known = wordNames();
  const names = await decisionNames();
  assert.ok(names.length > 50, `only ${names.length} decisions were found`);
  assert.deepEqual(
    names.filter((name) => !known.has(name)),
    [],
    'give these a line in test/domain/*-words.ts',
  );
});
