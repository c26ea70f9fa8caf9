// Turns XML elements into the values that a schema describes, as strictly as JSON is read.

import { decodeText } from './decode.ts';
import { addIssue, isFull, memberPath, type Issue } from './issue.ts';
import { membersOf, type Schema } from './schema.ts';
import type { XmlElement } from './xml.ts';

/** Decodes `element` by `schema`. Unknown elements are dropped; what does not fit becomes an issue. */
export function decodeXml(schema: Schema, element: XmlElement, path: string, issues: Issue[]): unknown {
  if (isFull(issues)) return undefined;
  if (schema.isUnitSchema()) return {};
  if (schema.isStructSchema()) {
    const result: Record<string, unknown> = {};
    for (const [name, member] of membersOf(schema)) {
      const value = decodeXmlMember(name, member, element, path, issues);
      if (value !== undefined) result[name] = value;
    }
    return result;
  }
  if (schema.isListSchema()) {
    const item = schema.getValueSchema();
    const itemName = item.getMergedTraits().xmlName ?? 'member';
    return element.children
      .filter(({ name }) => name === itemName)
      .map((one, index) => decodeXml(item, one, `${path}[${index}]`, issues));
  }
  if (schema.isMapSchema() || element.children.length > 0) {
    // No service that is spoken in restXml has a map.
    addIssue(issues, { kind: 'unreadable', path, message: 'Expected a text, got elements' });
    return undefined;
  }
  return decodeText(schema, element.text, path, issues);
}

/** The member `name` of the structure that `element` is, or undefined when it is absent. Of equal elements the first is meant. */
export function decodeXmlMember(
  name: string,
  member: Schema,
  element: XmlElement,
  path: string,
  issues: Issue[],
): unknown {
  const wanted = member.getMergedTraits().xmlName ?? name;
  const found = element.children.find((child) => child.name === wanted);
  return found === undefined ? undefined : decodeXml(member, found, memberPath(path, name), issues);
}
