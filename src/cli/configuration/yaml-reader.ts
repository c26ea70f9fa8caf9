// Reads values out of a YAML text and says for each wrong one where it stands and what would be right.

import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument, type Node } from 'yaml';
import { findNearestName } from './nearest-name.ts';

/** A value in the file: `name` is its way from the top, `vpcs[0].cidrs`. */
export interface Place {
  readonly name: string;
  readonly node: Node;
}

/** The values of a mapping by key. */
export type Fields = ReadonlyMap<string, Place>;

/** Every method answers undefined (lists: nothing) for an absent value, and for a wrong one after writing a problem down. */
export interface YamlReader {
  /** `file:line: sentence`, in the order of finding. */
  readonly problems: readonly string[];
  /** The whole document; undefined when it is empty or no YAML. */
  readonly root: Place | undefined;
  /** `file:line` of a value. */
  locate(place: Place): string;
  /** Writes a problem down; answers undefined. */
  refuse(place: Place, message: string): undefined;
  /** A mapping with no other keys than `keys`. */
  fields<Key extends string>(place: Place | undefined, keys: readonly Key[]): ReadonlyMap<Key, Place> | undefined;
  /** A mapping with any keys. */
  entries(place: Place | undefined): Fields | undefined;
  /** Refuses `owner` when the key is absent. */
  need<Key extends string>(owner: Place, fields: ReadonlyMap<Key, Place>, key: Key): Place | undefined;
  /** A list; with `least` 1 an empty one is refused. */
  list(place: Place | undefined, least?: 0 | 1): readonly Place[];
  text(place: Place | undefined): string | undefined;
  /** A text that `pattern` matches; `what` says what it should be. */
  matching(place: Place | undefined, pattern: RegExp, what: string): string | undefined;
  oneOf<Value extends string>(place: Place | undefined, values: readonly Value[]): Value | undefined;
  integer(place: Place | undefined, least: number, most: number): number | undefined;
  boolean(place: Place | undefined): boolean | undefined;
  /** Refuses mappings of a list that have the same value under `key`. */
  refuseRepeated(places: readonly Place[], key: string): void;
  /** Whatever stands there, as JSON. */
  json(place: Place): unknown;
}

/** Parses `text`; `file` is how problems call it. */
export function createYamlReader(file: string, text: string): YamlReader {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const problems: string[] = [];
  const at = (offset: number): string => `${file}:${lines.linePos(offset).line || 1}`;
  for (const error of [...document.errors, ...document.warnings])
    problems.push(`${at(error.pos[0])}: ${error.message.replace(/ at line \d+, column \d+:?[^]*$/, '')}`);

  const follow = (node: Node): Node => (isAlias(node) ? (node.resolve(document) ?? node) : node);
  const locate = ({ node }: Place): string => at(node.range?.[0] ?? 0);
  const refuse = (place: Place, message: string): undefined => {
    problems.push(`${locate(place)}: ${place.name === '' ? '' : `${place.name}: `}${message}`);
  };
  const join = (place: Place, key: string): string => (place.name === '' ? key : `${place.name}.${key}`);
  /** The keys with their own places, so that a wrong key is told at its line. */
  const pairs = (place: Place): { key: string; at: Place; value: Place }[] | undefined => {
    const node = follow(place.node);
    if (!isMap<Node, Node | null>(node)) {
      refuse(place, `this must be a mapping (key: value), not ${describe(node)}`);
      return undefined;
    }
    return node.items.map(({ key, value }) => {
      const name = isScalar(key) ? String(key.value) : String(key);
      return {
        key: name,
        at: { name: join(place, name), node: key },
        value: { name: join(place, name), node: value ?? key },
      };
    });
  };
  const scalar = (place: Place): unknown => {
    const node = follow(place.node);
    return isScalar(node) ? node.value : undefined;
  };
  const wrong = (place: Place, what: string): undefined =>
    refuse(place, `this must be ${what}, not ${describe(follow(place.node))}`);

  const reader: YamlReader = {
    problems,
    root:
      document.errors.length > 0 || document.contents === null || scalarNull(document.contents)
        ? undefined
        : { name: '', node: document.contents },
    locate,
    refuse,
    fields(place, keys) {
      const found = new Map<(typeof keys)[number], Place>();
      for (const pair of place === undefined ? [] : (pairs(place) ?? [])) {
        const key = keys.find((one) => one === pair.key);
        if (key !== undefined) found.set(key, pair.value);
        else refuse(pair.at, unknownName('key', pair.key, keys));
      }
      return place === undefined || !isMap(follow(place.node)) ? undefined : found;
    },
    entries(place) {
      const found = place === undefined ? undefined : pairs(place);
      return found === undefined ? undefined : new Map(found.map(({ key, value }) => [key, value]));
    },
    need(owner, fields, key) {
      const place = fields.get(key);
      if (place === undefined) refuse(owner, `${key} is missing`);
      return place;
    },
    list(place, least = 0) {
      if (place === undefined) return [];
      const node = follow(place.node);
      if (isSeq<Node | null>(node)) {
        if (node.items.length < least) refuse(place, 'this list needs at least one entry');
        return node.items.map((item, i) => ({ name: `${place.name}[${i}]`, node: item ?? node }));
      }
      wrong(place, 'a list');
      return [];
    },
    text(place) {
      if (place === undefined) return undefined;
      const value = scalar(place);
      if (typeof value === 'string' && value !== '') return value;
      const node = follow(place.node);
      const quoted =
        isScalar(node) && value !== null && value !== '' ? ` (write "${node.source ?? String(value)}")` : '';
      return wrong(place, `a text${quoted}`);
    },
    matching(place, pattern, what) {
      const text = reader.text(place);
      if (place === undefined || text === undefined || pattern.test(text)) return text;
      return refuse(place, `${text} is not ${what}`);
    },
    oneOf(place, values) {
      const text = reader.text(place);
      if (place === undefined || text === undefined) return undefined;
      const value = values.find((one) => one === text);
      if (value === undefined) refuse(place, unknownName('value', text, values));
      return value;
    },
    integer(place, least, most) {
      if (place === undefined) return undefined;
      const value = scalar(place);
      if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most) return value;
      return wrong(place, `a whole number from ${least} to ${most}`);
    },
    boolean(place) {
      if (place === undefined) return undefined;
      const value = scalar(place);
      return typeof value === 'boolean' ? value : wrong(place, 'true or false');
    },
    refuseRepeated(places, key) {
      const seen = new Set<unknown>();
      for (const place of places) {
        const value = (reader.json(place) as Readonly<Record<string, unknown>> | null)?.[key];
        if (value !== undefined && seen.has(value)) refuse(place, `${key} ${String(value)} is given twice`);
        seen.add(value);
      }
    },
    json(place) {
      try {
        return follow(place.node).toJS(document) as unknown;
      } catch (error) {
        return refuse(place, error instanceof Error ? error.message : String(error));
      }
    },
  };
  return reader;
}

/** Says that `name` is unknown, and which of `known` was meant, or which there are. */
export function unknownName(what: string, name: string, known: readonly string[]): string {
  const near = findNearestName(name, known);
  const hint =
    near === undefined
      ? `there ${known.length === 1 ? 'is only' : 'are'} ${known.join(', ')}`
      : `did you mean ${near}?`;
  return `unknown ${what} ${name}; ${known.length === 0 ? 'there is none' : hint}`;
}

function scalarNull(node: unknown): boolean {
  return isScalar(node) && node.value === null;
}

function describe(node: unknown): string {
  if (isMap(node)) return 'a mapping';
  if (isSeq(node)) return 'a list';
  if (isAlias(node)) return `the unknown alias *${node.source}`;
  if (!isScalar(node)) return 'nothing';
  const { value } = node;
  if (value === null) return 'nothing';
  return value === ''
    ? 'an empty text'
    : `${typeof value === 'string' ? 'the text' : `the ${typeof value}`} ${String(value)}`;
}
