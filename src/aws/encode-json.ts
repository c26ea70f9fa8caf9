// Writes an output as JSON by its schema: absent members are left out.

import { membersOf, type Schema } from './schema.ts';

/** How a protocol writes times: ISO 8601 with milliseconds, or seconds since 1970. */
export type TimeForm = 'iso' | 'epoch';

/** The JSON value of `value`. Members that the schema does not know are dropped; undefined stays undefined. */
export function encodeJson(schema: Schema, value: unknown, times: TimeForm = 'iso'): unknown {
  if (value === undefined || value === null) return undefined;
  if (schema.isStructSchema()) {
    const source = value as Readonly<Record<string, unknown>>;
    const result: Record<string, unknown> = {};
    for (const [name, member] of membersOf(schema)) {
      const one = encodeJson(member, source[name], times);
      if (one !== undefined) result[name] = one;
    }
    return result;
  }
  if (schema.isListSchema()) {
    const item = schema.getValueSchema();
    return (value as readonly unknown[]).map((one) => encodeJson(item, one, times));
  }
  if (schema.isMapSchema()) {
    const item = schema.getValueSchema();
    return Object.fromEntries(Object.entries(value as object).map(([key, one]) => [key, encodeJson(item, one, times)]));
  }
  if (schema.isTimestampSchema())
    return times === 'iso' ? encodeTime(value) : (value instanceof Date ? value.getTime() : (value as number)) / 1000;
  if (schema.isBlobSchema()) return Buffer.from(value as Uint8Array).toString('base64');
  return value;
}

/** A time (a `Date`, or milliseconds since 1970) as ISO 8601 text in UTC. */
export function encodeTime(value: unknown): string {
  return (value instanceof Date ? value : new Date(value as number)).toISOString();
}
