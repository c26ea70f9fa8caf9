// Port ranges of resource configurations: `443` or `8000-8010`.

import type { InvalidField } from '../refusal.ts';

/** The most port ranges of a configuration. The model has no limit; ours keeps what a caller can make of one call small. */
const MOST_RANGES = 1000;

interface PortRange {
  readonly text: string;
  readonly from: number;
  readonly to: number;
}

/** The ports that `text` means, both ends included, or undefined when it means none. */
function parsePortRange(text: string): PortRange | undefined {
  const match = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(text);
  if (match?.[1] === undefined) return undefined;
  const from = Number(match[1]);
  const to = Number(match[2] ?? match[1]);
  return from >= 1 && from <= to && to <= 65_535 ? { text, from, to } : undefined;
}

/** What is wrong with port ranges: too many of them, each that means no ports, and each that has a port of another. */
export function wrongPortRanges(ranges: readonly string[]): InvalidField[] {
  const wrong = (message: string): InvalidField => ({ name: 'portRanges', message });
  if (ranges.length > MOST_RANGES) return [wrong(`a resource configuration has at most ${MOST_RANGES} port ranges`)];
  const problems: InvalidField[] = [];
  const parsed: PortRange[] = [];
  for (const text of ranges) {
    const range = parsePortRange(text);
    if (range === undefined) problems.push(wrong(`${text} is neither a port from 1 to 65535 nor a range of them`));
    else parsed.push(range);
  }
  const [first, ...rest] = parsed.toSorted((a, b) => a.from - b.from);
  let last = first;
  for (const range of rest) {
    if (last !== undefined && range.from <= last.to) problems.push(wrong(`${range.text} overlaps ${last.text}`));
    if (last === undefined || range.to > last.to) last = range;
  }
  return problems;
}
