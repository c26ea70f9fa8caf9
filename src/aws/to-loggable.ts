// Input and output of a call as audit events have them: plain JSON without secrets.

import { encodeTime } from './encode-json.ts';
import { membersOf, type Schema } from './schema.ts';

/** What stands for a secret (as CloudTrail writes it). */
const HIDDEN = 'HIDDEN_DUE_TO_SECURITY_REASONS';

/** Members that are secret although the models of some services do not mark them. */
const secretNames = /^(?:secretAccessKey|sessionToken|password|privateKey)$/i;

/**
 * The plain JSON of `value` by its schema, as CloudTrail writes parameters and elements: members begin with a small letter,
 * times are ISO 8601, what the schema marks as sensitive is hidden. Members that the schema does not know are dropped.
 */
export function toLoggable(schema: Schema, value: unknown): unknown {
  if (value === undefined || value === null) return undefined;
  if (schema.getMergedTraits().sensitive) return HIDDEN;
  if (schema.isStructSchema()) {
    if (schema.isUnitSchema()) return {};
    const source = value as Readonly<Record<string, unknown>>;
    const result: Record<string, unknown> = {};
    for (const [name, member] of membersOf(schema)) {
      if (source[name] === undefined) continue;
      const logged = name.charAt(0).toLowerCase() + name.slice(1);
      result[logged] = secretNames.test(name) ? HIDDEN : toLoggable(member, source[name]);
    }
    return result;
  }
  if (schema.isListSchema()) {
    const item = schema.getValueSchema();
    return (value as readonly unknown[]).map((one) => toLoggable(item, one));
  }
  if (schema.isMapSchema()) {
    const item = schema.getValueSchema();
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, toLoggable(item, one)]));
  }
  if (schema.isTimestampSchema()) return encodeTime(value);
  if (schema.isBlobSchema()) return Buffer.from(value as Uint8Array).toString('base64');
  return value;
}
