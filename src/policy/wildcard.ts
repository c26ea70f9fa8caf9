// Patterns with `*` (any text) and `?` (one UTF-16 unit), matched in linear time.

/** Says whether a text is what a pattern stands for. */
export interface Matcher {
  (text: string): boolean;
  /** About how much a text of `length` units costs at the most: one for eight nanoseconds. */
  effort(length: number): number;
  /** Whether its effort is `QUICK` for every text. */
  readonly quick: boolean;
}

/** The effort of what does not grow with the text. */
export const QUICK = 0.1;

/** A matcher whose effort does not grow with the text. */
export function quick(matches: (text: string) => boolean): Matcher {
  return Object.assign(matches, { effort: () => QUICK, quick: true });
}

/** A matcher of which `effort` says what it costs at the most. */
export function costly(matches: (text: string) => boolean, effort: (length: number) => number): Matcher {
  return Object.assign(matches, { effort, quick: false });
}

/** A run of a pattern between two stars. */
interface Run {
  readonly text: string;
  /** Positions in `text` that stand for any unit; absent: none. */
  readonly open?: ReadonlySet<number>;
}

/** A pattern in the making: wildcards mean something in what `wild` adds, and nothing in what `literal` adds. */
export class PatternBuilder {
  readonly #runs: { text: string; open: Set<number> }[] = [{ text: '', open: new Set() }];

  wild(pattern: string): this {
    let start = 0;
    for (let i = 0; i <= pattern.length; i++) {
      const unit = pattern[i];
      if (unit !== '*' && unit !== '?' && unit !== undefined) continue;
      this.literal(pattern.slice(start, i));
      start = i + 1;
      const run = this.#last;
      if (unit === '?') run.open.add(run.text.length);
      if (unit === '?') run.text += unit;
      if (unit === '*') this.#runs.push({ text: '', open: new Set() });
    }
    return this;
  }

  literal(text: string): this {
    this.#last.text += text;
    return this;
  }

  build(): Matcher {
    return matcherOf(this.#runs.map(({ text, open }) => (open.size === 0 ? { text } : { text, open })));
  }

  get #last(): { text: string; open: Set<number> } {
    const last = this.#runs.at(-1);
    if (last === undefined) throw new Error('a pattern has a run');
    return last;
  }
}

/** The matcher of `pattern`, both as they are written. */
export function compilePattern(pattern: string): Matcher {
  return new PatternBuilder().wild(pattern).build();
}

/** Whether `text` is what `pattern` stands for. */
export function matchesPattern(pattern: string, text: string): boolean {
  return compilePattern(pattern)(text);
}

/**
 * The first run stands at the beginning, the last at the end, and each of the others at the first place behind the one before:
 * where that fails no other place helps, so nothing is ever tried twice.
 */
function matcherOf(runs: readonly Run[]): Matcher {
  const [first = { text: '' }, ...rest] = runs;
  const last = rest.pop();
  if (last === undefined) {
    const { text: whole } = first;
    if (first.open === undefined) return quick((text) => text === whole);
    return quick((text) => text.length === whole.length && standsAt(first, text, 0));
  }
  const least = runs.reduce((sum, { text }) => sum + text.length, 0);
  const finders = rest.filter(({ text }) => text !== '').map(finderOf);
  if (finders.length === 0 && first.text === '' && last.text === '') return quick(() => true);
  const matches = (text: string): boolean => {
    if (text.length < least || !standsAt(first, text, 0)) return false;
    const end = text.length - last.text.length;
    if (!standsAt(last, text, end)) return false;
    let at = first.text.length;
    for (const find of finders) if ((at = find(text, at)) < 0 || at > end) return false;
    return true;
  };
  if (finders.length === 0) return quick(matches);
  // Every unit is gone through by one finder, a word of its bits at a time.
  const words = Math.max(...rest.map(({ text, open }) => (open === undefined ? 1 : Math.ceil(text.length / 32))));
  return costly(matches, (length) => (length < least ? QUICK : length * words));
}

function standsAt({ text: wanted, open }: Run, text: string, at: number): boolean {
  // The last unit first, in place: most texts have another one there, and a call of `startsWith` costs as much as all the rest.
  const end = wanted.length - 1;
  if (open === undefined)
    return end < 0 || (text.charCodeAt(at + end) === wanted.charCodeAt(end) && text.startsWith(wanted, at));
  for (let i = 0; i < wanted.length; i++) if (!open.has(i) && text[at + i] !== wanted[i]) return false;
  return true;
}

/** The end of the first place of a run in `text` from `from` on; -1 when there is none. */
type Finder = (text: string, from: number) => number;

function finderOf(run: Run): Finder {
  const { text: wanted, open } = run;
  if (open !== undefined) return openFinderOf(wanted, open);
  return (text, from) => {
    const at = text.indexOf(wanted, from);
    return at < 0 ? -1 : at + wanted.length;
  };
}

/** Shift-and (Baeza-Yates and Gonnet, 1992): a bit for each position of the run, 32 of them in a step. */
function openFinderOf(wanted: string, open: ReadonlySet<number>): Finder {
  const words = Math.ceil(wanted.length / 32);
  const others = new Uint32Array(words);
  for (const i of open) others[i >>> 5] = (others[i >>> 5] ?? 0) | (1 << (i & 31));
  const masks = new Map<number, Uint32Array>();
  for (let i = 0; i < wanted.length; i++) {
    if (open.has(i)) continue;
    const unit = wanted.charCodeAt(i);
    let mask = masks.get(unit);
    if (mask === undefined) masks.set(unit, (mask = Uint32Array.from(others)));
    mask[i >>> 5] = (mask[i >>> 5] ?? 0) | (1 << (i & 31));
  }
  const final = 1 << ((wanted.length - 1) & 31);
  return (text, from) => {
    const state = new Uint32Array(words);
    for (let at = from; at < text.length; at++) {
      const mask = masks.get(text.charCodeAt(at)) ?? others;
      let carry = 1;
      for (let word = 0; word < words; word++) {
        const before = state[word] ?? 0;
        state[word] = ((before << 1) | carry) & (mask[word] ?? 0);
        carry = before >>> 31;
      }
      if (((state[words - 1] ?? 0) & final) !== 0) return at + 1;
    }
    return -1;
  };
}
