// The form of the query protocols as a tree: `Filter.1.Value.2=x` is four levels deep.

import { decodeText } from './decode.ts';
import { addIssue, isFull, type Issue } from './issue.ts';
import { membersOf, type Schema } from './schema.ts';

/** A node of the form: its own text, and what hangs below it by the next part of the key. */
export interface FormNode {
  text?: string;
  readonly children: Map<string, FormNode>;
}

/** The tree of a whole form. */
export interface Form extends FormNode {
  /** What is wrong with it when it has too many parameters; those beyond are not in it. */
  readonly problem: string | undefined;
}

/** How a query protocol names things: EC2 flattens every list and capitalizes members, others say `member.N`. */
export type FormStyle = 'ec2Query' | 'query';

/** Keys deeper than any shape of a service are cut off here. */
const maximumDepth = 16;

/**
 * The most parameters of a text. Each costs microseconds, and a form is read before its signature is judged: 1 MB of short
 * ones would hold up everybody for seconds.
 */
const MOST_PARAMETERS = 10_000;

/** Reads `application/x-www-form-urlencoded` texts (query string and body) into one tree; the last of equal keys wins. */
export function parseForm(...texts: readonly string[]): Form {
  const kept = texts.map(firstParameters);
  const isCut = kept.some((text, i) => text.length !== texts[i]?.length);
  const problem = isCut ? `The request has more than ${MOST_PARAMETERS} parameters` : undefined;
  const root: Form = { children: new Map(), problem };
  for (const text of kept)
    for (const [key, value] of new URLSearchParams(text)) {
      let node: FormNode = root;
      for (const part of key.split('.', maximumDepth)) {
        const next: FormNode = node.children.get(part) ?? { children: new Map() };
        node.children.set(part, next);
        node = next;
      }
      node.text = value;
    }
  return root;
}

/** `text` as far as it has `MOST_PARAMETERS`. */
function firstParameters(text: string): string {
  let count = 0;
  for (let at = text.indexOf('&'); at >= 0; at = text.indexOf('&', at + 1))
    if (++count === MOST_PARAMETERS) return text.slice(0, at);
  return text;
}

/** Decodes the value of `schema` at `node`. `path` is the key that leads to it. */
export function decodeForm(schema: Schema, node: FormNode, style: FormStyle, path: string, issues: Issue[]): unknown {
  if (isFull(issues)) return undefined;
  if (schema.isUnitSchema()) return {};
  if (schema.isStructSchema()) {
    const result: Record<string, unknown> = {};
    for (const [name, member] of membersOf(schema)) {
      const key = memberKey(name, member, style);
      const child = node.children.get(key);
      if (child === undefined) continue;
      const value = decodeForm(member, child, style, path === '' ? key : `${path}.${key}`, issues);
      if (value !== undefined) result[name] = value;
    }
    return result;
  }
  if (schema.isListSchema()) {
    const item = schema.getValueSchema();
    const wrapped = style === 'query' && !schema.getMergedTraits().xmlFlattened;
    const holder = wrapped ? node.children.get(item.getMergedTraits().xmlName ?? 'member') : node;
    return numbered(holder).map(([index, child]) => decodeForm(item, child, style, `${path}.${index}`, issues));
  }
  if (schema.isMapSchema()) return decodeMap(schema, node, style, path, issues);
  if (node.text === undefined) {
    addIssue(issues, { kind: 'unreadable', path, message: 'Expected a value' });
    return undefined;
  }
  return decodeText(schema, node.text, path, issues);
}

function decodeMap(schema: Schema, node: FormNode, style: FormStyle, path: string, issues: Issue[]): unknown {
  const holder = schema.getMergedTraits().xmlFlattened ? node : node.children.get('entry');
  const [keySchema, valueSchema] = [schema.getKeySchema(), schema.getValueSchema()];
  return Object.fromEntries(
    numbered(holder).flatMap(([index, entry]) => {
      const key = entry.children.get(keySchema.getMergedTraits().xmlName ?? 'key')?.text;
      const value = entry.children.get(valueSchema.getMergedTraits().xmlName ?? 'value');
      if (key === undefined || value === undefined) return [];
      return [[key, decodeForm(valueSchema, value, style, `${path}.${index}`, issues)] as const];
    }),
  );
}

/** `ec2QueryName` as it stands, else the XML name or the member's own; EC2 capitalizes the latter two. */
function memberKey(name: string, member: Schema, style: FormStyle): string {
  const { ec2QueryName, xmlName } = member.getMergedTraits();
  if (style === 'query') return xmlName ?? name;
  if (typeof ec2QueryName === 'string') return ec2QueryName;
  const key = typeof xmlName === 'string' ? xmlName : name;
  return key.charAt(0).toUpperCase() + key.slice(1);
}

/** The children with a number for a key, in numeric order; gaps are closed, as AWS does. */
function numbered(node: FormNode | undefined): readonly (readonly [index: number, child: FormNode])[] {
  return [...(node?.children ?? [])]
    .filter(([key]) => /^[1-9]\d{0,5}$/.test(key))
    .map(([key, child]) => [Number(key), child] as const)
    .sort((a, b) => a[0] - b[0]);
}
