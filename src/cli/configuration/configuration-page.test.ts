// docs/configuration.md says what the readers take: every key, no other, what is required, defaults of numbers, and examples and problems as they are.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { isPair, isSeq, parseDocument, visit } from 'yaml';
import { certificate } from '../../../test/proxy/targets-certificate.ts';
import { awsQuotas, usualQuotas } from '../../domain/index.ts';
import { defaultLimits } from './limits.ts';
import { readConfiguration } from './read-configuration.ts';

const page = readFileSync(join(import.meta.dirname, '..', '..', '..', 'docs', 'configuration.md'), 'utf8');
const folder = '/etc/pergola/';

function problemsOf(text: string): readonly string[] {
  const answer = readConfiguration(`${folder}pergola.yaml`, text, {
    environment: { CI_KEY: 'secret' },
    readFile: (path) => (path.endsWith('.pem') ? certificate : 'secret\n'),
  });
  return 'problems' in answer ? answer.problems.map((one) => one.replaceAll(folder, '')) : [];
}

interface Row {
  readonly key: string;
  readonly value: string;
  readonly fallback: string;
  readonly what: string;
}

/** The tables of the page by the mapping that they are about; '' is the file itself. */
function readTables(): ReadonlyMap<string, readonly Row[]> {
  const tables = new Map<string, Row[]>();
  let about: readonly string[] = [];
  for (const line of page.split('\n')) {
    const heading = /^##+ (.*)$/.exec(line)?.[1];
    if (heading !== undefined)
      about = heading === 'The file' ? [''] : [...heading.matchAll(/`([^`]+)`/g)].map(([, path = '']) => path);
    const row = /^\| `(\w+)` \| (.+?) \| (.+?) \| (.+) \|$/.exec(line);
    if (row === null) continue;
    const [, key = '', value = '', fallback = '', what = ''] = row;
    for (const path of about) tables.set(path, [...(tables.get(path) ?? []), { key, value, fallback, what }]);
  }
  return tables;
}

const tables = readTables();
const examples = [...page.matchAll(/```yaml\n([^]*?)```/g)].map(([, text = '']) => text);
const refused = [...page.matchAll(/```yaml refused\n([^]*?)```\n\n```text\n([^]*?)```/g)];

/** What no file has. */
const stranger = 'zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz';
const general = (place: string): string => place.replace(/\[\d+\]/g, '[]');

/** The mappings that `text` has, and the keys that the reader knows for each: it says so where it finds a key that it does not know. */
function knownKeys(text: string): ReadonlyMap<string, readonly string[]> {
  const document = parseDocument(text);
  visit(document, { Map: (_key, node) => node.set(stranger, 1) });
  const found = new Map<string, readonly string[]>();
  for (const problem of problemsOf(document.toString())) {
    const said = new RegExp(`: (\\S*)${stranger}: unknown key ${stranger}; there (?:are|is only) (.+)$`).exec(problem);
    if (said !== null) found.set(general((said[1] ?? '').replace(/\.$/, '')), said[2]?.split(', ') ?? []);
  }
  return found;
}

/** `KEY is missing` for every mapping of `text`, when it is empty. */
function requiredKeys(text: string): ReadonlyMap<string, ReadonlySet<string>> {
  const found = new Map<string, Set<string>>();
  const count = (): number => {
    let maps = 0;
    visit(parseDocument(text), { Map: () => void maps++ });
    return maps;
  };
  for (let nth = 0; nth < count(); nth++) {
    const document = parseDocument(text);
    let seen = 0;
    visit(document, { Map: (_key, node) => void (seen++ === nth && (node.items = [])) });
    for (const problem of problemsOf(document.toString())) {
      const [, place = '', key = ''] = /^[^:]+:\d+: (\S+): (\w+) is missing$/.exec(problem) ?? [];
      if (key !== '') found.set(general(place), (found.get(general(place)) ?? new Set()).add(key));
    }
  }
  return found;
}

const known = new Map(examples.flatMap((text) => [...knownKeys(text)]));

test('docs/configuration.md documents every key of pergola.yaml, and none that does not exist', () => {
  assert.ok(known.size >= 15, [...known.keys()].join());
  const keys = (of: ReadonlyMap<string, readonly string[]>) =>
    Object.fromEntries([...of].map(([path, names]) => [path, [...names].sort()]));
  const documented = new Map([...tables].map(([path, rows]) => [path, rows.map(({ key }) => key)]));
  assert.deepEqual(keys(documented), keys(known));
});

test('docs/configuration.md says which keys are required', () => {
  const required = new Map<string, Set<string>>();
  for (const text of examples)
    for (const [path, keys] of requiredKeys(text))
      required.set(path, new Set([...(required.get(path) ?? []), ...keys]));
  assert.ok(required.size >= 8, [...required.keys()].join());
  for (const [path, rows] of tables)
    for (const { key, fallback } of rows)
      assert.equal(fallback === 'required', required.get(path)?.has(key) === true, `${path} ${key}`);
});

test('docs/configuration.md has the defaults of limits and quotas', () => {
  const rows = (path: string) => tables.get(path) ?? [];
  const limits = rows('limits').map(({ key, fallback }) => [
    key,
    fallback === 'no limit' ? Number.MAX_SAFE_INTEGER : Number(fallback),
  ]);
  assert.deepEqual(Object.fromEntries(limits), defaultLimits);
  const quotas = (column: 'value' | 'fallback') =>
    Object.fromEntries(rows('quotas').map((row) => [row.key, Number(row[column])]));
  assert.deepEqual([quotas('value'), quotas('fallback')], [awsQuotas, usualQuotas]);
});

test('docs/configuration.md has examples that are accepted as they stand, and in which every key is used', () => {
  assert.ok(examples.length >= 9, String(examples.length));
  const used = new Set<string>();
  for (const text of examples) {
    assert.deepEqual(problemsOf(text), [], text);
    visit(parseDocument(text), {
      Pair: (_key, pair, above) => void used.add(pathOf([...above, pair])),
    });
  }
  for (const [path, rows] of tables) {
    // Of these every key is a number.
    if (path === 'limits' || path === 'quotas') continue;
    for (const { key, what } of rows)
      assert.ok(
        what.startsWith('not supported yet') || used.has(path === '' ? key : `${path}.${key}`) || isOfRule(path, key),
        `no example has ${path} ${key}`,
      );
  }

  /** A rule of one direction is written as one of the other. */
  function isOfRule(path: string, key: string): boolean {
    const rules = 'vpcs[].securityGroups[].';
    return path.startsWith(rules) && ['ingress[]', 'egress[]'].some((way) => used.has(`${rules}${way}.${key}`));
  }
});

test('docs/configuration.md has files that are refused, each with just the problems that it shows', () => {
  assert.ok(refused.length >= 4, String(refused.length));
  for (const [, text = '', problems = ''] of refused)
    assert.deepEqual([...problemsOf(text)].sort(), problems.trimEnd().split('\n').sort(), text);
});

/** The place of the last of `nodes`, which lead from the document to a pair, without the numbers of list entries. */
function pathOf(nodes: readonly unknown[]): string {
  return nodes.reduce<string>((place, node, i) => {
    if (!isPair(node)) return place;
    // A pair stands in a mapping, and that in a list, or as a value.
    const parent = isSeq(nodes[i - 2]) ? `${place}[]` : place;
    return `${parent}${parent === '' ? '' : '.'}${String(node.key)}`;
  }, '');
}
