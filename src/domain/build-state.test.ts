// What is made at once is what changes make one after the other.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkIndexes } from '../../test/domain/play.ts';
import { buildState } from './build-state.ts';
import { createVpc } from './ec2/index.ts';
import { createListener } from './listener/index.ts';
import { createScenario } from './scenario.ts';
import { createService, deleteService } from './service/index.ts';
import { applyChanges, emptyState, put, recordKinds, type Change, type State } from './state.ts';
import { createTargetGroup, deregisterTargets, registerTargets } from './target/index.ts';

const recordsOf = (state: State): unknown => recordKinds.map((kind) => new Map<string, unknown>(state.tables[kind]));

test('buildState() gives what applyChanges() gives: records written twice, removed, and made again', () => {
  const scenario = createScenario();
  const changes: Change[] = [];
  const run: typeof scenario.run = (decision, input) =>
    scenario.run((state, one: typeof input, context) => {
      const decided = decision(state, one, context);
      changes.push(...decided.changes);
      return decided;
    }, input);
  const vpcIdentifier = run(createVpc, { cidrBlock: '10.0.0.0/16', attachment: { kind: 'netns' } }).id;
  for (const name of ['one', 'two', 'three']) {
    scenario.now += 1000;
    const service = run(createService, { name });
    const config = { protocol: 'HTTP', port: 80, vpcIdentifier } as const;
    const targetGroupIdentifier = run(createTargetGroup, { name, type: 'IP', config }).id;
    const targets = ['10.0.0.3', '10.0.0.1', '10.0.0.2'].map((id) => ({ id }));
    run(registerTargets, { targetGroupIdentifier, targets });
    run(createListener, {
      serviceIdentifier: service.id,
      name: 'http',
      protocol: 'HTTP',
      defaultAction: { kind: 'forward', targetGroups: [{ targetGroupIdentifier }] },
    });
    if (name === 'one') changes.push(put('service', { ...service, name: 'renamed', createdAt: service.createdAt + 1 }));
    if (name === 'two') run(deleteService, { serviceIdentifier: service.id });
    else run(deregisterTargets, { targetGroupIdentifier, targets: targets.slice(1) });
  }
  assert.ok(changes.some(({ record }) => record === undefined) && changes.length > 20);
  const built = buildState(changes, 7);
  const applied = applyChanges(emptyState, changes, 7);
  assert.equal(built.revision, 7);
  assert.deepEqual(recordsOf(built), recordsOf(applied));
  checkIndexes(built);
  // It is as good to go on with.
  const service = [...built.tables.service.values()][0] ?? assert.fail();
  const next = applyChanges(built, [put('service', { ...service, name: 'other' })], 8);
  checkIndexes(next);
  checkIndexes(built);
});
