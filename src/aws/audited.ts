// What is known of one call of an operation, for whoever keeps audit events.

import { encodeTime } from './encode-json.ts';
import { membersOf, type Schema } from './schema.ts';

/** One call of a known operation. */
export interface Audited {
  /** Who called; undefined when the signature was not believed. */
  readonly principalArn: string | undefined;
  /** As the request claims, believed or not; undefined when it claims none. */
  readonly accessKeyId: string | undefined;
  /** Whose event it is: the caller's account; else that of the claimed key, else the server's default one. */
  readonly account: string;
  readonly region: string;
  /** As in the signature's scope: `vpc-lattice`, `ec2`. */
  readonly service: string;
  readonly operation: string;
  readonly requestId: string;
  readonly eventId: string;
  readonly sourceIp: string;
  readonly userAgent: string;
  /** Milliseconds since 1970. */
  readonly time: number;
  /** Plain JSON, secrets hidden; undefined when the input could not be read. */
  readonly parameters: unknown;
  /** How it ended: with its output as plain JSON, secrets hidden, or with an error. */
  readonly end:
    | { readonly kind: 'answered'; readonly elements: unknown }
    | { readonly kind: 'refused'; readonly code: string; readonly message: string };
}

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
