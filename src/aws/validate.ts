// Checks a decoded input against its schema and the service's constraint tables: required members, unions, sizes, patterns.

import { findConstraint, type Constraints, type MemberConstraint, type ScalarConstraint } from './constraints.ts';
import { addIssue, isFull, memberPath, type Issue } from './issue.ts';
import { membersOf, requiredMembers, type Schema } from './schema.ts';

/** Adds an issue for everything that `value` (decoded by `schema`) does not fulfil. */
export function validateInput(schema: Schema, value: unknown, constraints: Constraints, issues: Issue[]): void {
  validateStructure(schema, value, constraints, '', issues);
}

function validateStructure(
  schema: Schema,
  value: unknown,
  constraints: Constraints,
  path: string,
  issues: Issue[],
): void {
  if (!isRecord(value)) return;
  for (const name of requiredMembers(schema))
    if (value[name] === undefined) invalid(issues, memberPath(path, name), 'null', 'Member must not be null');
  const structure = schema.getName() ?? '';
  if (schema.isUnionSchema() && Object.keys(value).length !== 1)
    addIssue(issues, { kind: 'invalid', path, message: `Exactly one member of the union ${structure} must be set` });
  for (const [name, member] of membersOf(schema)) {
    const one = value[name];
    if (one === undefined) continue;
    validateMember(
      member,
      one,
      findConstraint(constraints, structure, name),
      constraints,
      memberPath(path, name),
      issues,
    );
  }
}

function validateMember(
  schema: Schema,
  value: unknown,
  constraint: MemberConstraint | undefined,
  constraints: Constraints,
  path: string,
  issues: Issue[],
): void {
  if (isFull(issues)) return;
  if (schema.isStructSchema()) {
    validateStructure(schema, value, constraints, path, issues);
  } else if (Array.isArray(value)) {
    const item = schema.getValueSchema();
    const list = typeof constraint === 'object' && 'list' in constraint ? constraint : undefined;
    if (list !== undefined) checkSize(value.length, list.list, path, issues);
    value.forEach((one, index) => validateMember(item, one, list?.of, constraints, `${path}[${index}]`, issues));
  } else if (schema.isMapSchema() && isRecord(value)) {
    if (typeof constraint !== 'object' || !('map' in constraint)) return;
    const entries = Object.entries(value);
    checkSize(entries.length, constraint.map, path, issues);
    for (const [key, one] of entries) {
      checkScalar(constraints.shapes[constraint.key], key, `${path} key`, issues);
      checkScalar(constraints.shapes[constraint.value], one, memberPath(path, key), issues);
    }
  } else if (typeof constraint === 'string') {
    checkScalar(constraints.shapes[constraint], value, path, issues);
  }
}

function checkSize(size: number, [minimum, maximum]: readonly [number, number], path: string, issues: Issue[]): void {
  if (size < minimum)
    invalid(issues, path, `${size} items`, `Member must have length greater than or equal to ${minimum}`);
  if (size > maximum)
    invalid(issues, path, `${size} items`, `Member must have length less than or equal to ${maximum}`);
}

function checkScalar(constraint: ScalarConstraint | undefined, value: unknown, path: string, issues: Issue[]): void {
  if (constraint === undefined) return;
  if (constraint.kind === 'integer') {
    if (typeof value !== 'number') return;
    if (value < constraint.minimum)
      invalid(issues, path, value, `Member must have value greater than or equal to ${constraint.minimum}`);
    if (value > constraint.maximum)
      invalid(issues, path, value, `Member must have value less than or equal to ${constraint.maximum}`);
    return;
  }
  if (typeof value !== 'string') return;
  if (constraint.kind === 'enum') {
    if (!constraint.values.includes(value))
      invalid(issues, path, value, `Member must satisfy enum value set: [${constraint.values.join(', ')}]`);
    return;
  }
  // The pattern is tried only on texts of a lawful length, which bounds its cost.
  if (value.length < constraint.minimum)
    invalid(issues, path, value, `Member must have length greater than or equal to ${constraint.minimum}`);
  else if (value.length > constraint.maximum)
    invalid(issues, path, value, `Member must have length less than or equal to ${constraint.maximum}`);
  else if (constraint.pattern !== undefined && !constraint.pattern.test(value))
    invalid(issues, path, value, `Member must satisfy regular expression pattern: ${constraint.pattern.source}`);
}

/** The wording is that of AWS's front ends ("1 validation error detected: Value 'x' at 'y' failed to satisfy constraint: …"). */
function invalid(issues: Issue[], path: string, value: unknown, demand: string): void {
  const shown = String(value);
  const short = shown.length > 64 ? `${shown.slice(0, 61)}...` : shown;
  addIssue(issues, {
    kind: 'invalid',
    path,
    message: `Value ${value === 'null' ? 'null' : `'${short}'`} at '${path}' failed to satisfy constraint: ${demand}`,
  });
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
