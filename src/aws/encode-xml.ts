// Writes an output as XML by its schema, as the query protocols and restXml answer.

import { encodeTime } from './encode-json.ts';
import { membersOf, type Schema } from './schema.ts';

/** How exactly a protocol writes times: EC2 with milliseconds, IAM and STS in whole seconds. */
export type XmlTimes = 'milliseconds' | 'seconds';

function formatTime(value: unknown, times: XmlTimes): string {
  const text = encodeTime(value);
  return times === 'seconds' ? text.replace(/\.\d+Z$/, 'Z') : text;
}

/** The elements of a structure's members, one after the other, without an element around them. */
export function encodeXmlMembers(
  schema: Schema,
  value: Readonly<Record<string, unknown>>,
  times: XmlTimes = 'milliseconds',
): string {
  return membersOf(schema)
    .map(([name, member]) => encodeMember(member.getMergedTraits().xmlName ?? name, member, value[name], times))
    .join('');
}

/** An element `name` with escaped text. */
export function xmlText(name: string, text: string): string {
  return `<${name}>${escapeXml(text)}</${name}>`;
}

function encodeMember(name: string, schema: Schema, value: unknown, times: XmlTimes): string {
  if (value === undefined || value === null) return '';
  if (schema.isListSchema()) {
    const item = schema.getValueSchema();
    const flat = schema.getMergedTraits().xmlFlattened;
    const itemName = flat ? name : (item.getMergedTraits().xmlName ?? 'member');
    const items = (value as readonly unknown[]).map((one) => encodeMember(itemName, item, one, times)).join('');
    return flat ? items : `<${name}>${items}</${name}>`;
  }
  if (schema.isMapSchema()) {
    const [key, item] = [schema.getKeySchema(), schema.getValueSchema()];
    const entries = Object.entries(value).map(
      ([k, v]) =>
        `<entry>${xmlText(key.getMergedTraits().xmlName ?? 'key', k)}${encodeMember(item.getMergedTraits().xmlName ?? 'value', item, v, times)}</entry>`,
    );
    return `<${name}>${entries.join('')}</${name}>`;
  }
  if (schema.isStructSchema())
    return `<${name}>${encodeXmlMembers(schema, value as Readonly<Record<string, unknown>>, times)}</${name}>`;
  if (schema.isTimestampSchema()) return xmlText(name, formatTime(value, times));
  if (schema.isBlobSchema()) return xmlText(name, Buffer.from(value as Uint8Array).toString('base64'));
  return xmlText(name, String(value as string | number | boolean));
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** Escapes markup; characters that XML 1.0 cannot carry at all become U+FFFD. */
function escapeXml(text: string): string {
  return text
    .replace(/[&<>"]/g, (c) => entities[c] ?? c)
    .replace(/\r/g, '&#xD;')
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '\ufffd');
}
