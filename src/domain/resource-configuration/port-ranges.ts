// Port ranges of resource configurations: `443` or `8000-8010`.

import type { InvalidField } from '../refusal.ts';

/** The ports that `text` means, both included, or undefined when it means none. */
function parsePortRange(text: string): { readonly from: number; readonly to: number } | undefined {
  const match = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(text);
  if (match?.[1] === undefined) return undefined;
  const from = Number(match[1]);
  const to = Number(match[2] ?? match[1]);
  return from >= 1 && from <= to && to <= 65_535 ? { from, to } : undefined;
}

/** What is wrong with port ranges: each that means no ports, and those that have a port of an earlier one. */
export function wrongPortRanges(ranges: readonly string[]): InvalidField[] {
  const wrong: InvalidField[] = [];
  const parsed: { readonly from: number; readonly to: number; readonly text: string }[] = [];
  for (const text of ranges) {
    const range = parsePortRange(text);
    const twin = parsed.find((other) => range !== undefined && range.from <= other.to && other.from <= range.to);
    if (range === undefined)
      wrong.push({ name: 'portRanges', message: `${text} is neither a port from 1 to 65535 nor a range of them` });
    else if (twin !== undefined) wrong.push({ name: 'portRanges', message: `${text} overlaps ${twin.text}` });
    if (range !== undefined) parsed.push({ ...range, text });
  }
  return wrong;
}
