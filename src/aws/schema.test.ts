// Pins the undocumented layout of the schemas in the SDK's packages, which everything here is read from.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as lattice from '@aws-sdk/client-vpc-lattice';
import { membersOf, readServiceSchema, requiredMembers } from './schema.ts';

test('readServiceSchema() finds the 73 operations of VPC Lattice with method, URI, status, input and output', () => {
  const { operations, errors } = readServiceSchema({ ...lattice });
  assert.equal(operations.size, 73);
  const operation = operations.get('CreateListener');
  assert.deepEqual(operation?.http, { method: 'POST', uri: '/services/{serviceIdentifier}/listeners', status: 201 });
  assert.ok(operation !== undefined);
  assert.deepEqual(requiredMembers(operation.input), ['serviceIdentifier', 'name', 'protocol', 'defaultAction']);
  const members = new Map(membersOf(operation.input));
  assert.equal(members.get('serviceIdentifier')?.getMergedTraits().httpLabel, 1);
  assert.equal(members.get('defaultAction')?.isUnionSchema(), true);
  assert.equal(members.get('port')?.isNumericSchema(), true);
  assert.equal(members.get('tags')?.isMapSchema(), true);
  assert.equal(errors.get('ServiceQuotaExceededException')?.status, 402);
  assert.equal(errors.get('ResourceNotFoundException')?.status, 404);
});

test('readServiceSchema() sees a http binding on every operation of VPC Lattice', () => {
  for (const { name, http } of readServiceSchema({ ...lattice }).operations.values()) assert.ok(http, name);
});
