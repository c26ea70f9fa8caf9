// The texts of a name in public DNS: our own public zones first, then the system's resolvers.

import { NODATA, NOTFOUND } from 'node:dns';
import { Resolver } from 'node:dns/promises';
import type { Watch } from '../base/watch.ts';
import type { LookUp } from '../dns/index.ts';
import type { Snapshot } from '../snapshot/index.ts';

/** Milliseconds that a resolver is waited for, and how often it is asked. */
const patience = { timeout: 3000, tries: 2 };

/** Makes the look-up: the texts of a name, the strings of each record joined; undefined when nobody can say. */
export function createTextLookUp(
  snapshot: Watch<Snapshot>,
  names: LookUp,
): (name: string) => Promise<readonly string[] | undefined> {
  return async (name) => {
    names.apply(snapshot.value);
    const own = names.findTexts(name);
    if ('texts' in own) return own.texts;
    try {
      const found = await new Resolver(patience).resolveTxt(own.target);
      return found.map((strings) => strings.join(''));
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      return code === NODATA || code === NOTFOUND ? [] : undefined;
    }
  };
}
