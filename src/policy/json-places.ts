// JSON with places: what stands where in a document, so that a problem can be shown in it.

import { parseTree, printParseErrorCode, type Node, type ParseError } from 'jsonc-parser';
import type { Place, Remark } from './document.ts';

/** A value in a document. */
export type JsonNode = Node;

/** A document and the places in it. */
export interface JsonText {
  /** Undefined when it is no JSON. */
  readonly root: JsonNode | undefined;
  /** Broken JSON, and names that an object has twice: of those readers disagree which one counts. */
  readonly problems: readonly Remark[];
  /** The place of `node`, which `pointer` leads to. */
  readonly placeOf: (node: JsonNode, pointer: string) => Place;
}

/** Nothing that is read with places nests deeper than a few levels; the parser calls itself for each one. */
const MOST_LEVELS = 64;

/** Reads strict JSON. What nests deeper than 64 levels is refused. */
export function readJson(text: string): JsonText {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  const placeAt = (offset: number, pointer: string): Place => {
    const line = lineAt(starts, offset);
    return { pointer, line, column: offset - (starts[line - 1] ?? 0) + 1 };
  };
  const deep = findDeep(text);
  if (deep !== undefined) {
    const message = `Lists and objects stand deeper in each other here than ${MOST_LEVELS} levels.`;
    const problems = [{ ...placeAt(deep, ''), message }];
    return { root: undefined, problems, placeOf: (node, pointer) => placeAt(node.offset, pointer) };
  }
  const errors: ParseError[] = [];
  const root = parseTree(text, errors, { disallowComments: true, allowTrailingComma: false });
  // The first error tells; the others are what the parser made of it.
  const [first] = errors;
  const empty = text.trim() === '';
  const problems: Remark[] = [];
  if (empty) problems.push({ ...placeAt(0, ''), message: 'The document is empty; a JSON object was expected.' });
  else if (first !== undefined) {
    const message = `This is no JSON here: ${wordsOf(printParseErrorCode(first.error))}.`;
    problems.push({ ...placeAt(first.offset, ''), message });
  }
  const isJson = problems.length === 0;
  if (root !== undefined && isJson)
    for (const { node, pointer } of repeatedNames(root, ''))
      problems.push({ ...placeAt(node.offset, pointer), message: 'The name stands twice in this object.' });
  return {
    root: isJson ? root : undefined,
    problems,
    placeOf: (node, pointer) => placeAt(node.offset, pointer),
  };
}

/** Which line `offset` is in, from 1. Halved, not gone through: a document may have 100,000 lines, and as many problems. */
function lineAt(starts: readonly number[], offset: number): number {
  let line = 1;
  let behind = starts.length + 1;
  while (behind - line > 1) {
    const middle = (line + behind) >> 1;
    if ((starts[middle - 1] ?? 0) <= offset) line = middle;
    else behind = middle;
  }
  return line;
}

/** The members of an object: name, the name's node, the value's. */
export function membersOf(node: JsonNode): readonly (readonly [name: string, key: JsonNode, value: JsonNode])[] {
  return (node.children ?? []).flatMap(({ children = [] }) => {
    const [key, value] = children;
    return key === undefined || value === undefined ? [] : [[String(key.value), key, value] as const];
  });
}

/** The JSON pointer of the member `name` below `pointer`. */
export function pointerTo(pointer: string, name: string | number): string {
  return `${pointer}/${String(name).replaceAll('~', '~0').replaceAll('/', '~1')}`;
}

function repeatedNames(node: JsonNode, pointer: string): { readonly node: JsonNode; readonly pointer: string }[] {
  if (node.type === 'array')
    return (node.children ?? []).flatMap((one, i) => repeatedNames(one, pointerTo(pointer, i)));
  if (node.type !== 'object') return [];
  const seen = new Set<string>();
  return membersOf(node).flatMap(([name, key, value]) => {
    const below = repeatedNames(value, pointerTo(pointer, name));
    if (seen.has(name)) return [{ node: key, pointer: pointerTo(pointer, name) }, ...below];
    seen.add(name);
    return below;
  });
}

/** Where a list or an object begins that stands in too many others. */
function findDeep(text: string): number | undefined {
  let level = 0;
  let inText = false;
  for (let at = 0; at < text.length; at++) {
    const c = text[at];
    if (inText) {
      if (c === '\\') at++;
      // The parser, too, ends a text with its line.
      else if (c === '"' || c === '\n' || c === '\r') inText = false;
    } else if (c === '"') inText = true;
    else if (c === '[' || c === '{') {
      if (++level > MOST_LEVELS) return at;
    } else if (c === ']' || c === '}') level--;
  }
  return undefined;
}

function wordsOf(code: string): string {
  return code.replaceAll(/([a-z])([A-Z])/g, '$1 $2').toLowerCase();
}
