// The constraint tables against the SDK's schemas: nothing a client can send goes unjudged.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as lattice from '@aws-sdk/client-vpc-lattice';
import { findConstraint } from '../../aws/constraints.ts';
import { membersOf, readServiceSchema, type Schema } from '../../aws/schema.ts';
import { latticeConstraints } from './constraints.ts';

const { operations } = readServiceSchema({ ...lattice });

function structuresBelow(schema: Schema, seen: Map<string, Schema>): void {
  if (schema.isListSchema() || schema.isMapSchema()) return structuresBelow(schema.getValueSchema(), seen);
  const name = schema.getName() ?? '';
  if (!schema.isStructSchema() || seen.has(name)) return undefined;
  seen.set(name, schema);
  for (const [, member] of membersOf(schema)) structuresBelow(member, seen);
  return undefined;
}

test('latticeConstraints judges every text, number, list and map of every input', () => {
  const structures = new Map<string, Schema>();
  for (const { input } of operations.values()) structuresBelow(input, structures);
  assert.ok(operations.size === 73 && structures.size > 73);
  const unjudged: string[] = [];
  const used = new Set<string>();
  for (const [structure, schema] of structures)
    for (const [member, of] of membersOf(schema)) {
      const constraint = findConstraint(latticeConstraints, structure, member);
      const names =
        constraint === undefined
          ? []
          : typeof constraint === 'string'
            ? [constraint]
            : 'map' in constraint
              ? [constraint.key, constraint.value]
              : [constraint.of ?? []].flat();
      for (const name of names) {
        assert.ok(name in latticeConstraints.shapes, `${name} is no shape`);
        used.add(name);
      }
      const free = of.isBooleanSchema() || of.isStructSchema();
      if (!free && constraint === undefined) unjudged.push(`${structure}.${member}`);
      if (free && constraint !== undefined) unjudged.push(`${structure}.${member} needs no constraint`);
    }
  assert.deepEqual(unjudged, []);
  assert.deepEqual(
    [...Object.keys(latticeConstraints.shapes)].filter((name) => !used.has(name)),
    [],
  );
  for (const structure of Object.keys(latticeConstraints.structures)) assert.ok(structures.has(structure), structure);
});
