// Turns JSON values and texts into the values that a schema describes, strictly: nothing is coerced.

import { addIssue, isFull, memberPath, type Issue } from './issue.ts';
import { membersOf, type Schema } from './schema.ts';

/** Decodes a parsed JSON value. Unknown members are dropped, null counts as absent; what does not fit becomes an issue. */
export function decodeJson(schema: Schema, source: unknown, path: string, issues: Issue[]): unknown {
  if (isFull(issues)) return undefined;
  if (schema.isUnitSchema()) return {};
  if (schema.isStructSchema()) return decodeStructure(schema, source, path, issues);
  if (schema.isListSchema()) {
    if (!Array.isArray(source)) return unreadable(issues, path, source, 'a list');
    const item = schema.getValueSchema();
    return source.map((one: unknown, index) => decodeJson(item, one, `${path}[${index}]`, issues));
  }
  if (schema.isMapSchema()) {
    if (!isObject(source)) return unreadable(issues, path, source, 'a map');
    const value = schema.getValueSchema();
    // fromEntries defines own properties, so that a key `__proto__` stays a key.
    return Object.fromEntries(
      Object.entries(source)
        .filter(([, one]) => one !== null)
        .map(([key, one]) => [key, decodeJson(value, one, memberPath(path, key), issues)]),
    );
  }
  return decodeScalar(schema, source, path, issues);
}

function decodeStructure(schema: Schema, source: unknown, path: string, issues: Issue[]): unknown {
  if (!isObject(source)) return unreadable(issues, path, source, 'a structure');
  const result: Record<string, unknown> = {};
  for (const [name, member] of membersOf(schema)) {
    const one = Object.hasOwn(source, name) ? source[name] : undefined;
    if (one !== undefined && one !== null) result[name] = decodeJson(member, one, memberPath(path, name), issues);
  }
  return result;
}

function decodeScalar(schema: Schema, source: unknown, path: string, issues: Issue[]): unknown {
  if (schema.isBooleanSchema())
    return typeof source === 'boolean' ? source : unreadable(issues, path, source, 'a boolean');
  // No service here has an input that is a fraction: every number is an integer or a long.
  if (schema.isNumericSchema())
    return Number.isSafeInteger(source) ? source : unreadable(issues, path, source, 'an integer');
  if (schema.isTimestampSchema()) return decodeTimestamp(source, path, issues);
  if (schema.isBlobSchema())
    return typeof source === 'string'
      ? Buffer.from(source, 'base64')
      : unreadable(issues, path, source, 'a base64 text');
  return typeof source === 'string' ? source : unreadable(issues, path, source, 'a string');
}

function decodeTimestamp(source: unknown, path: string, issues: Issue[]): unknown {
  const time =
    typeof source === 'number' ? source * 1000 : typeof source === 'string' ? Date.parse(source) : Number.NaN;
  const date = new Date(time);
  // Also a number beyond what a Date can hold is none.
  return Number.isNaN(date.getTime()) ? unreadable(issues, path, source, 'a timestamp') : date;
}

/** Decodes a scalar from a query string, a label or a form: `true`/`false`, digits, ISO 8601, else the text itself. */
export function decodeText(schema: Schema, text: string, path: string, issues: Issue[]): unknown {
  if (schema.isBooleanSchema())
    return /^(true|false)$/i.test(text) ? text.toLowerCase() === 'true' : unreadable(issues, path, text, 'a boolean');
  if (schema.isNumericSchema())
    return /^-?\d{1,15}$/.test(text) ? Number(text) : unreadable(issues, path, text, 'an integer');
  if (schema.isTimestampSchema()) return decodeTimestamp(text, path, issues);
  if (schema.isBlobSchema()) return Buffer.from(text, 'base64');
  return text;
}

function unreadable(issues: Issue[], path: string, source: unknown, wanted: string): undefined {
  const got =
    source === null
      ? 'null'
      : Array.isArray(source)
        ? 'a list'
        : typeof source === 'object'
          ? 'a structure'
          : `${typeof source} ${shorten(String(source))}`;
  addIssue(issues, { kind: 'unreadable', path, message: `Expected ${wanted}, got ${got}` });
  return undefined;
}

/** A value as it may appear in a message. */
export function shorten(text: string): string {
  return text.length > 64 ? `'${text.slice(0, 61)}...'` : `'${text}'`;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
