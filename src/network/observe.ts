// What the kernel says about our namespaces, read into plain data.

import { extname, join } from 'node:path';
import type { Run } from './run.ts';
import { parseSeen } from './seen.ts';
import type { ObservedNetwork } from './state.ts';

/** The names of all namespaces of the machine. */
export async function namespaceNames(run: Run): Promise<readonly string[]> {
  const list = await run({ argv: ['ip', '-j', 'netns'] });
  // It prints nothing at all for an empty list.
  return list.trim() === '' ? [] : (JSON.parse(list) as readonly { readonly name: string }[]).map(({ name }) => name);
}

/** The helper's source has the extension of this file: `.ts` in a checkout, `.js` in the package. */
const helper = join(import.meta.dirname, `look-helper${extname(import.meta.filename)}`);

/** Looks at every namespace whose name begins with `prefix`, by one process for all. */
export async function observe(prefix: string, run: Run): Promise<ObservedNetwork> {
  const names = (await namespaceNames(run)).filter((name) => name.startsWith(prefix));
  if (names.length === 0) return new Map();
  const argv = [process.execPath, '--disable-warning=ExperimentalWarning', helper];
  return parseSeen(await run({ argv, stdin: JSON.stringify(names) }));
}
