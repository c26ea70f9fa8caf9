// The packet filter of a namespace as data: to nft's text, and the form in which it can be compared.

import { createHash } from 'node:crypto';

/** The one table that is ours in each namespace; that of a large ruleset has a hash behind it. */
const table = 'inet pergola';

/**
 * The most text of one transaction. nft enlarges the send buffer of its socket where root does not forbid it, and in a user
 * namespace it may not: what is more than 208 KiB as netlink messages, some 300 rules, is then refused (EMSGSIZE).
 */
const MOST_TEXT = 24_000;

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
  /** `family name`; empty where there is none. */
  readonly table: string;
  readonly shape: string;
  readonly sets: ReadonlyMap<string, ReadonlySet<string>>;
  readonly foreign: readonly string[];
}

/** The state of a namespace without any rule. */
export const emptyRuleset: RulesetState = { table: '', shape: '', sets: new Map(), foreign: [] };

/** A rule's mark: nft prints rules in its own words, so each carries the hash of ours in its comment. */
function mark(rule: FilterRule): string {
  return `pg:${hash(JSON.stringify(rule))}`;
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
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

/** The table that holds `ruleset` once it is in force. */
export function tableOf(ruleset: Ruleset): string {
  return formatWhole(ruleset).length <= MOST_TEXT ? table : `${table}-${hash(shapeOf(ruleset))}`;
}

/**
 * The inputs of `nft -f -` that put `ruleset` in force in one step, whatever table there was `before`. A large one is put
 * together in a table that sleeps (nft(8): dormant), which wakes in the transaction that deletes the other. One that was left
 * asleep has to be removed first.
 */
export function formatRuleset(ruleset: Ruleset, before: string): readonly string[] {
  const own = tableOf(ruleset);
  if (own === table) return [(before === table ? '' : formatTableRemoval(asList(before))) + formatWhole(ruleset)];
  // The same rules, which somebody has changed since.
  const name = before === own ? `${own}-again` : own;
  const lines = [`add table ${name} { flags dormant; }`];
  for (const [set, { type, elements }] of ruleset.sets)
    lines.push(`add set ${name} ${set} { type ${type}; }`, ...elementLines('add', name, set, [...elements]));
  for (const [chain, { base }] of ruleset.chains)
    lines.push(`add chain ${name} ${chain}${base === undefined ? '' : ` { ${formatBase(base)} }`}`);
  for (const [chain, { rules }] of ruleset.chains)
    lines.push(...rules.map((rule) => `add rule ${name} ${chain} ${formatRule(rule)}`));
  return [...inTransactions(lines), `add table ${name}\n${formatTableRemoval(asList(before))}`];
}

function asList(name: string): readonly string[] {
  return name === '' ? [] : [name];
}

function formatBase({ hook, priority, policy }: NonNullable<Chain['base']>): string {
  return `type filter hook ${hook} priority ${priority}; policy ${policy};`;
}

/** All in one transaction. */
function formatWhole(ruleset: Ruleset): string {
  const lines = [`add table ${table}`, `delete table ${table}`, `table ${table} {`];
  for (const [name, set] of ruleset.sets) {
    lines.push(` set ${name} {`, `  type ${set.type}`);
    if (set.elements.size > 0) lines.push(`  elements = { ${[...set.elements].join(', ')} }`);
    lines.push(' }');
  }
  for (const [name, { base, rules }] of ruleset.chains) {
    lines.push(` chain ${name} {`);
    if (base !== undefined) lines.push(`  ${formatBase(base)}`);
    for (const rule of rules) lines.push(`  ${formatRule(rule)}`);
    lines.push(' }');
  }
  return `${lines.join('\n')}\n}\n`;
}

/** Lines in as few texts as may be, none longer than a transaction, but for a single line. */
function inTransactions(lines: readonly string[]): readonly string[] {
  const texts: string[] = [];
  let text = '';
  for (const line of lines) {
    if (text !== '' && text.length + line.length > MOST_TEXT) {
      texts.push(text);
      text = '';
    }
    text += `${line}\n`;
  }
  return text === '' ? texts : [...texts, text];
}

/** Elements that one line adds or deletes. */
const LINE = 500;

function elementLines(verb: 'add' | 'delete', name: string, set: string, elements: readonly string[]) {
  return Array.from({ length: Math.ceil(elements.length / LINE) }, (_, i) => {
    const some = elements.slice(i * LINE, (i + 1) * LINE);
    return `${verb} element ${name} ${set} { ${some.join(', ')} }`;
  });
}

/** The inputs of `nft -f -` that bring the elements of set `set` of the table from `before` to `after`; none when they are equal. */
export function formatSetChange(
  name: string,
  set: string,
  before: ReadonlySet<string>,
  after: ReadonlySet<string>,
): readonly string[] {
  const gone = [...before].filter((element) => !after.has(element));
  const come = [...after].filter((element) => !before.has(element));
  return inTransactions([...elementLines('delete', name, set, gone), ...elementLines('add', name, set, come)]);
}

/** The input of `nft -f -` that removes whole tables (`family name`). */
export function formatTableRemoval(tables: readonly string[]): string {
  return tables.map((one) => `delete table ${one}\n`).join('');
}

/** Whether a table (`family name`) is ours, awake or not. */
export function isOurTable(name: string): boolean {
  return name === table || name.startsWith(`${table}-`);
}
