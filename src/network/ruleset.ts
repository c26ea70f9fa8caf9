// The packet filter of a namespace as data: to nft's text, and the form in which it can be compared.

import { createHash } from 'node:crypto';

/** The one table that is ours in each namespace. */
const table = 'inet pergola';

/** A rule in nft's text, and the name by which people who look at the filter know where it comes from. */
export type FilterRule = string | { readonly text: string; readonly name: string };

/** A chain: rules in order, and where the kernel calls it. */
export interface Chain {
  readonly base?: {
    readonly hook: 'prerouting' | 'input' | 'forward';
    readonly priority: number;
    readonly policy: 'accept' | 'drop';
  };
  readonly rules: readonly FilterRule[];
}

/** A named set and its elements in nft's text. */
export interface NamedSet {
  readonly type: string;
  readonly elements: ReadonlySet<string>;
}

/** What our table shall hold. */
export interface Ruleset {
  readonly sets: ReadonlyMap<string, NamedSet>;
  readonly chains: ReadonlyMap<string, Chain>;
}

/** What a namespace was seen to hold: our table's shape as one text, its sets, and other tables (`family name`). */
export interface RulesetState {
  readonly shape: string;
  readonly sets: ReadonlyMap<string, ReadonlySet<string>>;
  readonly foreign: readonly string[];
}

/** The state of a namespace without any rule. */
export const emptyRuleset: RulesetState = { shape: '', sets: new Map(), foreign: [] };

/** A rule's mark: nft prints rules in its own words, so each carries the hash of ours in its comment. */
function mark(rule: FilterRule): string {
  return `pg:${createHash('sha256').update(JSON.stringify(rule)).digest('hex').slice(0, 12)}`;
}

/** The mark in a rule's comment, where names may follow it. */
export function readMark(comment: string): string {
  return comment.split(' ')[0] ?? '';
}

function formatRule(rule: FilterRule): string {
  return typeof rule === 'string'
    ? `${rule} comment "${mark(rule)}"`
    : `${rule.text} comment "${mark(rule)} ${rule.name}"`;
}

/** What `RulesetState.shape` is when `ruleset` is in force: sets, chains and the marks of their rules in order. */
export function shapeOf(ruleset: Ruleset): string {
  return describeRuleset(
    [...ruleset.sets].map(([name, set]) => [name, set.type]),
    [...ruleset.chains].map(([name, { base, rules }]) => ({
      name,
      base: base === undefined ? '' : `${base.hook} ${base.priority} ${base.policy}`,
      rules: rules.map(mark),
    })),
  );
}

/** The text of a shape, from sets with their types, and chains with their hook, priority and policy, and the marks of their rules. */
export function describeRuleset(
  sets: readonly (readonly [name: string, type: string])[],
  chains: readonly { readonly name: string; readonly base: string; readonly rules: readonly string[] }[],
): string {
  return [
    ...sets.map(([name, type]) => `set ${name} ${type}`).sort(),
    ...chains.map(({ name, base, rules }) => `chain ${name} [${base}] ${rules.join(' ')}`).sort(),
  ].join('\n');
}

/** The input of `nft -f -` that puts `ruleset` in force in one step, whatever our table held before. */
export function formatRuleset(ruleset: Ruleset): string {
  const lines = [`add table ${table}`, `delete table ${table}`, `table ${table} {`];
  for (const [name, set] of ruleset.sets) {
    lines.push(` set ${name} {`, `  type ${set.type}`);
    if (set.elements.size > 0) lines.push(`  elements = { ${[...set.elements].join(', ')} }`);
    lines.push(' }');
  }
  for (const [name, chain] of ruleset.chains) {
    lines.push(` chain ${name} {`);
    const { base } = chain;
    if (base !== undefined)
      lines.push(`  type filter hook ${base.hook} priority ${base.priority}; policy ${base.policy};`);
    for (const rule of chain.rules) lines.push(`  ${formatRule(rule)}`);
    lines.push(' }');
  }
  return `${lines.join('\n')}\n}\n`;
}

/** The input of `nft -f -` that brings the elements of set `name` from `before` to `after`; undefined when they are equal. */
export function formatSetChange(
  name: string,
  before: ReadonlySet<string>,
  after: ReadonlySet<string>,
): string | undefined {
  const gone = [...before].filter((element) => !after.has(element));
  const come = [...after].filter((element) => !before.has(element));
  const lines: string[] = [];
  if (gone.length > 0) lines.push(`delete element ${table} ${name} { ${gone.join(', ')} }`);
  if (come.length > 0) lines.push(`add element ${table} ${name} { ${come.join(', ')} }`);
  return lines.length > 0 ? `${lines.join('\n')}\n` : undefined;
}

/** The input of `nft -f -` that removes whole tables (`family name`). */
export function formatTableRemoval(tables: readonly string[]): string {
  return tables.map((one) => `delete table ${one}\n`).join('');
}

/** The text of our table's name, `family name`. */
export const ourTable = table;
