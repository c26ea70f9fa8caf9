// Every operation of VPC Lattice answers with the status, the members and the types that the table says, on the wire.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { membersOf } from '../../../src/aws/index.ts';
import { startApi } from '../running-api.ts';
import { absentMembers, answers } from './answer-table.ts';
import { askResources } from './ask-resources.ts';
import { askServices } from './ask-services.ts';
import { caller, makeGround } from './ground.ts';
import { sortMembers } from './members.ts';
import { createRawClient } from './raw-client.ts';
import { createRecorder, latticeSchema } from './recorder.ts';

const opened = new AsyncDisposableStack();
const api = opened.use(await startApi({ findHealth: () => ({ health: 'HEALTHY' }) }));
const recorder = createRecorder(opened.use(createRawClient(api.origin, caller.account)));
after(() => opened.disposeAsync());

const ground = await makeGround(api);
const services = await askServices(api, recorder, ground);
await askResources(api, recorder, ground, services);

test('the table has a row for each of the 73 operations, and no other', () => {
  assert.deepEqual(Object.keys(answers).sort(), [...latticeSchema.operations.keys()].sort());
  assert.equal(latticeSchema.operations.size, 73);
});

test('the table has every member of the model but those that it gives a reason for', () => {
  const missing = [...latticeSchema.operations.values()].flatMap(({ name, output }) => {
    const { full = '', minimal = '', more = {} } = answers[name] ?? {};
    const table = [full, minimal, ...Object.values(more)].join(' ');
    const listed = membersOf(output).flatMap(([member, schema]) =>
      member === 'items' ? membersOf(schema.getValueSchema()) : [[member, schema] as const],
    );
    return listed.flatMap(([member]) =>
      member === 'nextToken' || new RegExp(`\\b${member}\\b`).test(table) ? [] : [`${name}.${member}`],
    );
  });
  assert.deepEqual(missing.sort(), Object.keys(absentMembers).sort());
});

for (const [operation, row] of Object.entries(answers))
  test(`${operation} answers as the table says`, () => {
    const cases = recorder.heard.get(operation);
    assert.ok(cases !== undefined, 'it was never asked');
    const { full, minimal = full, more = {} } = row;
    const expected = { full, minimal, ...more };
    for (const name of ['full', ...(row.minimal === undefined ? [] : ['minimal']), ...Object.keys(more)])
      assert.ok(cases.has(name), `it was never asked for ${name}`);
    for (const [name, { status, members, problems }] of cases) {
      assert.equal(status, row.status, name);
      assert.deepEqual(problems, [], name);
      if (name in expected)
        assert.equal(members, sortMembers(expected[name as keyof typeof expected]), `${operation}, ${name}`);
    }
  });
