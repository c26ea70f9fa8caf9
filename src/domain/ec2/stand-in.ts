// Workloads that stand for an instance id: the target id that `pergola exec --instance` names has an address while it runs.

import type { Context, Decided } from '../decision.ts';
import { keyOf, keyOfRecord, type Key } from '../records/base.ts';
import type { Instance, Vpc } from '../records/ec2.ts';
import { put, remove, type Change, type State } from '../state.ts';

/** A workload that stands for an instance. */
export interface StandIn {
  /** `i-…`. */
  readonly instanceId: string;
  readonly vpcId: string;
  readonly address: string;
  /** Security group ids. */
  readonly securityGroups: readonly string[];
}

/**
 * Makes the records of stand-ins what `standIns` says: all that stand now. One whose VPC is gone, or whose id is an instance of the
 * configuration (which has its address there), gets none. Result: how many records changed.
 */
export function placeStandIns(
  state: State,
  { standIns }: { readonly standIns: readonly StandIn[] },
  context: Context,
): Decided<number> {
  const vpcs = new Map<string, Vpc>();
  for (const vpc of state.tables.vpc.values()) vpcs.set(vpc.id, vpc);
  const changes: Change[] = [];
  const kept = new Set<Key>();
  for (const { instanceId, vpcId, address, securityGroups } of standIns) {
    const vpc = vpcs.get(vpcId);
    if (vpc === undefined) continue;
    const key = keyOf(vpc.account, vpc.region, instanceId);
    const before = state.tables.instance.get(key);
    if (before !== undefined && before.origin !== 'workload') continue;
    kept.add(key);
    if (before?.address === address && before.vpcId === vpcId) continue;
    const record: Instance = {
      account: vpc.account,
      region: vpc.region,
      id: instanceId,
      createdAt: context.now,
      lastUpdatedAt: context.now,
      tags: {},
      origin: 'workload',
      name: instanceId,
      vpcKey: keyOfRecord(vpc),
      vpcId,
      address,
      securityGroupIds: securityGroups,
    };
    changes.push(put('instance', record));
  }
  state.tables.instance.forEach((record, key) => {
    if (record.origin === 'workload' && !kept.has(key)) changes.push(remove('instance', record));
  });
  return { changes, result: changes.length };
}
