// A backend whose writes fail when a test says so.

import type { Backend } from '../../src/store/index.ts';

/** How a write fails: nothing is kept; it is kept although it reports an error; kept or not, and nobody can tell at first. */
export type Fault = 'lost' | 'kept' | 'lost in doubt' | 'kept in doubt';

/** `backend`, except that its write number `n` (from 1) fails as `faultOf(n)` says. */
export function createFaultyBackend(backend: Backend, faultOf: (n: number) => Fault | undefined): Backend {
  let writes = 0;
  let inDoubt = false;
  return {
    load: () => backend.load(),
    at: (revision) => backend.at(revision),
    timeOf: (revision) => backend.timeOf(revision),
    findEvents: (query) => backend.findEvents(query),
    clearEvents: () => backend.clearEvents(),
    scrub: () => backend.scrub(),
    async append(rows, events) {
      const fault = faultOf(++writes);
      if (fault === undefined || fault.startsWith('kept')) await backend.append(rows, events);
      if (fault === undefined) return;
      inDoubt = fault.endsWith('doubt');
      throw new Error(`write ${writes} fails: ${fault}`);
    },
    async lastRevision() {
      if (!inDoubt) return await backend.lastRevision();
      inDoubt = false;
      throw new Error('the database does not answer');
    },
    [Symbol.asyncDispose]: () => Promise.resolve(backend[Symbol.asyncDispose]()),
  };
}
