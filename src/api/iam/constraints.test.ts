// The constraint tables against the SDK's schemas: nothing a client can send to what is implemented goes unjudged.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as iam from '@aws-sdk/client-iam';
import { findConstraint } from '../../aws/constraints.ts';
import { membersOf, readServiceSchema } from '../../aws/schema.ts';
import { iamConstraints } from './constraints.ts';
import { iamOperations } from './operations.ts';

const { operations } = readServiceSchema({ ...iam });

/** What no table need say: texts that nothing is kept or looked up by. */
const free: ReadonlySet<string> = new Set([
  'ListServiceSpecificCredentialsRequest.ServiceName',
  'ListVirtualMFADevicesRequest.AssignmentStatus',
  'UpdateLoginProfileRequest.Password',
]);

test('iamConstraints judges every text, number and list of every input of what is implemented', () => {
  const unjudged: string[] = [];
  const used = new Set<string>(['tagKeyType', 'tagValueType']);
  const structures = new Set<string>();
  for (const { name } of iamOperations) {
    const input = operations.get(name)?.input;
    assert.ok(input !== undefined, `${name} is no operation of IAM`);
    const structure = input.getName() ?? '';
    structures.add(structure);
    for (const [member, schema] of membersOf(input)) {
      const constraint = findConstraint(iamConstraints, structure, member);
      const where = `${structure}.${member}`;
      if (constraint === undefined && !schema.isBooleanSchema() && !free.has(where)) unjudged.push(where);
      const shape = typeof constraint === 'object' && 'list' in constraint ? constraint.of : constraint;
      if (typeof shape !== 'string') continue;
      assert.ok(shape in iamConstraints.shapes, `${shape} is no shape`);
      used.add(shape);
    }
  }
  assert.deepEqual(unjudged, []);
  assert.deepEqual(
    Object.keys(iamConstraints.shapes).filter((shape) => !used.has(shape)),
    [],
  );
  for (const structure of Object.keys(iamConstraints.structures)) assert.ok(structures.has(structure), structure);
});

test('iamOperations has each operation once', () => {
  const names = iamOperations.map(({ name }) => name);
  assert.equal(names.length, 85);
  assert.equal(new Set(names).size, names.length);
});
