// Every decision that the domain offers, by name: what exports a function of state, input and context.

import { globSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../..');

/** The names; readings, judgements and what belongs to other decisions are none. */
export async function decisionNames(): Promise<readonly string[]> {
  const names: string[] = [];
  for (const file of globSync('src/domain/*/index.ts', { cwd: root })) {
    const exported = Object.entries((await import(join(root, file))) as Record<string, unknown>);
    for (const [name, value] of exported)
      if (typeof value === 'function' && value.length === 3 && !/^(describe|find|get|judge|list|remove)|Of$/.test(name))
        names.push(name);
  }
  return names;
}
