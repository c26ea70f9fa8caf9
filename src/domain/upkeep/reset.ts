// Back to what the configuration made.

import type { Context, Decided } from '../decision.ts';
import { refurnishVpc } from '../ec2/furnish-vpc.ts';
import type { Key } from '../records/base.ts';
import { recordKinds, type Change, type State } from '../state.ts';

/** Removes every record but those of pergola.yaml and the admin's access keys; an IAM user's keys go. Result: how many went. */
export function reset(state: State, _input: null, context: Context): Decided<number> {
  const changes: Change[] = [];
  for (const kind of recordKinds) {
    state.tables[kind].forEach((record: { readonly origin?: string; readonly role?: string }, key: Key) => {
      if (record.origin === undefined && !(kind === 'credential' && record.role !== 'user'))
        changes.push({ kind, key, record: undefined } as Change);
    });
  }
  // What calls made of the furniture of the configuration's VPCs is undone.
  for (const vpc of state.tables.vpc.values())
    if (vpc.origin === 'configuration') changes.push(...refurnishVpc(state, vpc, context.now));
  // A workload in a VPC that goes stands for nothing any more.
  state.tables.instance.forEach((instance, key) => {
    if (instance.origin === 'workload' && state.tables.vpc.get(instance.vpcKey)?.origin === undefined)
      changes.push({ kind: 'instance', key, record: undefined });
  });
  return { changes, result: changes.length };
}
