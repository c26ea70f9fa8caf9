// A backend that keeps nothing beyond the process.

import { applyChanges, emptyState, type State } from '../domain/index.ts';
import type { Backend } from './backend.ts';
import type { LogRow } from './log-row.ts';

/** How many rows stay for `at`. */
const MOST_ROWS = 10_000;

/** Makes a backend in memory; `at` reaches back over the last 10,000 to 20,000 rows. */
export function createMemoryBackend(): Backend {
  let base: State = emptyState;
  let rows: LogRow[] = [];
  const fold = (until: number): State =>
    rows.reduce((state, row) => (row.revision <= until ? applyChanges(state, row.changes, row.revision) : state), base);
  return {
    load: () => Promise.resolve(fold(Number.POSITIVE_INFINITY)),
    append(added) {
      rows.push(...added);
      if (rows.length > 2 * MOST_ROWS) {
        const cut = rows.length - MOST_ROWS;
        base = fold(rows[cut - 1]?.revision ?? base.revision);
        rows = rows.slice(cut);
      }
      return Promise.resolve();
    },
    lastRevision: () => Promise.resolve(rows.at(-1)?.revision ?? base.revision),
    at: (revision) =>
      Promise.resolve(
        revision < base.revision || revision > (rows.at(-1)?.revision ?? base.revision) ? undefined : fold(revision),
      ),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}
