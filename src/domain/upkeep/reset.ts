// Back to what the configuration made.

import type { Context, Decided } from '../decision.ts';
import type { Key } from '../records/base.ts';
import { recordKinds, type Change, type State } from '../state.ts';

/** Removes every record but those of pergola.yaml and the admin's access keys. Result: how many went. */
export function reset(state: State, _input: null, _context: Context): Decided<number> {
  const changes: Change[] = [];
  for (const kind of recordKinds) {
    if (kind === 'credential') continue;
    state.tables[kind].forEach((record: { readonly origin?: string }, key: Key) => {
      if (record.origin === undefined) changes.push({ kind, key, record: undefined });
    });
  }
  // A workload in a VPC that goes stands for nothing any more.
  state.tables.instance.forEach((instance, key) => {
    if (instance.origin === 'workload' && state.tables.vpc.get(instance.vpcKey)?.origin === undefined)
      changes.push({ kind: 'instance', key, record: undefined });
  });
  return { changes, result: changes.length };
}
