// The members of a JSON answer as text that can be compared, and what in it does not have the schema's types.

import { membersOf, type Schema } from '../../../src/aws/index.ts';
import type { Members } from './answer-row.ts';

/** The members of `value` in the notation of the table, sorted. */
export function membersOfJson(value: unknown): Members {
  if (typeof value !== 'object' || value === null) return '*';
  return Object.entries(value)
    .map(([name, one]) => `${name}${formOf(one)}`)
    .sort()
    .join(' ');
}

function formOf(value: unknown): string {
  if (Array.isArray(value)) {
    const forms = [...new Set(value.map(membersOfJson))].sort();
    // Items of one list that differ cannot be written in the notation: that is then seen as a difference.
    return `[${forms.join(' | ')}]`;
  }
  return typeof value === 'object' && value !== null ? `{${membersOfJson(value)}}` : '';
}

/** `members` sorted on every level. */
export function sortMembers(members: Members): Members {
  let at = 0;
  const parse = (end: string): string => {
    const names: string[] = [];
    let name = '';
    const flush = (): void => {
      if (name !== '') names.push(name);
      name = '';
    };
    for (; at < members.length; at++) {
      const c = members[at] ?? '';
      if (c === end) break;
      if (c === ' ') flush();
      else if (c === '{' || c === '[') {
        at++;
        const close = c === '{' ? '}' : ']';
        name += `${c}${parse(close)}${close}`;
      } else name += c;
    }
    flush();
    return names.sort().join(' ');
  };
  return parse('');
}

const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

/** Everything in `value` that the schema has no member for or that is of another type; times have milliseconds and are of UTC. */
export function wrongTypes(schema: Schema, value: unknown, path = '$'): readonly string[] {
  const wrong = (yes: boolean, expected: string): readonly string[] =>
    yes ? [] : [`${path}: ${JSON.stringify(value)} is no ${expected}`];
  if (schema.isTimestampSchema()) return wrong(typeof value === 'string' && time.test(value), 'time');
  if (schema.isListSchema()) {
    if (!Array.isArray(value)) return wrong(false, 'list');
    return value.flatMap((one, i) => wrongTypes(schema.getValueSchema(), one, `${path}[${i}]`));
  }
  if (schema.isMapSchema() || schema.isStructSchema()) {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return wrong(false, 'object');
    const known = new Map(schema.isStructSchema() ? membersOf(schema) : []);
    return Object.entries(value).flatMap(([name, one]) => {
      const member = schema.isMapSchema() ? schema.getValueSchema() : known.get(name);
      return member === undefined ? [`${path}.${name} is unknown`] : wrongTypes(member, one, `${path}.${name}`);
    });
  }
  if (schema.isBooleanSchema()) return wrong(typeof value === 'boolean', 'boolean');
  if (schema.isNumericSchema()) return wrong(Number.isInteger(value), 'whole number');
  return wrong(typeof value === 'string', 'text');
}
