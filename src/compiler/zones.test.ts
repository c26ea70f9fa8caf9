// What a change of a hosted zone sends to data planes.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createVpc } from '../domain/ec2/index.ts';
import { associateVpc, createHostedZone, deleteHostedZone } from '../domain/hosted-zone/index.ts';
import { changeRecordSets, type RecordSetChange } from '../domain/record-set/index.ts';
import type { Decision } from '../domain/index.ts';
import { createScenario, scenarioCaller } from '../domain/scenario.ts';
import { applyChanges } from '../domain/state.ts';
import { diffSnapshots, type Delta } from '../snapshot/index.ts';
import { compile, nothingCompiled, type Compiled } from './compile.ts';
import type { KeySource } from './identity.ts';

const source: KeySource = { day: '20260101', regions: [], secretOf: () => undefined, sessionKeys: () => [] };

function change(name: string, more: Partial<RecordSetChange> = {}): RecordSetChange {
  return {
    action: 'UPSERT',
    name: `${name}.corp.example`,
    type: 'A',
    ttl: 60,
    values: ['192.0.2.1'],
    otherRouting: [],
    ...more,
  };
}

test('a change of one record set of a large zone sends that record set alone, and a change of its VPCs the zone alone', () => {
  const scenario = createScenario();
  let compiled: Compiled = nothingCompiled;
  let delta: Delta | undefined;
  const run = <I, R>(decision: Decision<I, R>, input: I): R => {
    const { changes, result } = decision(scenario.state, input, scenario.context);
    scenario.state = applyChanges(scenario.state, changes, scenario.state.revision + 1);
    const before = compiled.snapshot;
    compiled = compile(compiled, scenario.state, changes, source);
    delta = diffSnapshots(before, compiled.snapshot);
    return result;
  };
  const ids = (): unknown => ({
    changed: Object.fromEntries(
      Object.entries(delta?.changed ?? {}).map(([table, records]) => [table, records.map(({ id }) => id)]),
    ),
    removed: delta?.removed,
  });
  const vpcs = [0, 1].map(() => {
    const { id } = run(createVpc, { cidrBlock: '10.0.0.0/16', attachment: { kind: 'netns' } });
    return { vpcId: id, region: scenarioCaller.region };
  });
  const { zone } = run(createHostedZone, { name: 'corp.example', callerReference: 'r', vpc: vpcs[0] ?? assert.fail() });
  for (let i = 0; i < 4; i++)
    run(changeRecordSets, {
      zoneId: zone.id,
      changes: Array.from({ length: 500 }, (_, j) => change(`n${i * 500 + j}`)),
    });
  assert.equal(compiled.snapshot.recordSets.size, 2002);

  run(changeRecordSets, { zoneId: zone.id, changes: [change('n7', { values: ['192.0.2.2', '192.0.2.3'] })] });
  const id = `${zone.id}/example.corp.n7. A  `;
  assert.deepEqual(ids(), { changed: { recordSets: [id] }, removed: {} });
  const { revision, ...record } = compiled.snapshot.recordSets.get(id) ?? assert.fail();
  assert.equal(revision, scenario.state.revision);
  assert.deepEqual(record, {
    ...{ id, zoneId: zone.id, name: 'n7.corp.example', type: 'A', ttl: 60 },
    data: ['wAACAg==', 'wAACAw=='],
  });
  // The same again is no change.
  run(changeRecordSets, { zoneId: zone.id, changes: [change('n7', { values: ['192.0.2.2', '192.0.2.3'] })] });
  assert.deepEqual(ids(), { changed: {}, removed: {} });
  run(changeRecordSets, { zoneId: zone.id, changes: [change('n8', { action: 'DELETE' })] });
  assert.deepEqual(ids(), { changed: {}, removed: { recordSets: [`${zone.id}/example.corp.n8. A  `] } });
  run(associateVpc, { id: zone.id, vpc: vpcs[1] ?? assert.fail() });
  assert.deepEqual(ids(), { changed: { zones: [zone.id] }, removed: {} });
  assert.deepEqual(compiled.snapshot.zones.get(zone.id)?.vpcs, vpcs.map(({ vpcId }) => vpcId).sort());
  assert.deepEqual(compile(nothingCompiled, scenario.state, undefined, source).snapshot.recordSets.size, 2001);

  const { zone: other } = run(createHostedZone, { name: 'example.org', callerReference: 'o' });
  run(deleteHostedZone, { id: other.id });
  assert.deepEqual(ids(), {
    changed: {},
    removed: { zones: [other.id], recordSets: [`${other.id}/org.example. NS  `, `${other.id}/org.example. SOA  `] },
  });
});
