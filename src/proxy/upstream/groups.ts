// The target groups of a worker, followed from snapshot to snapshot: what stays the same keeps its health, its place in the round and its connections.

import {
  loopbackWorkloadAddress,
  type Snapshot,
  type TargetGroupRecord,
  type TargetRecord,
  type VpcRecord,
} from '../../snapshot/index.ts';
import type { Clock } from '../../base/clock.ts';
import type { ProxyLimits } from '../limits.ts';
import { createUpstreamPool, type PoolCounters } from './pool.ts';
import { targetKey, type GroupState, type Health, type TargetState } from './target-state.ts';

/** The target groups of a worker. */
export interface TargetGroups {
  find(id: string): GroupState | undefined;
  all(): IterableIterator<GroupState>;
  /** Follows a snapshot. */
  update(snapshot: Snapshot): void;
  /** Takes what another worker saw; unknown targets are kept in mind for when their snapshot comes. */
  setHealth(groupId: string, key: string, health: Health): void;
  close(): void;
}

export interface TargetGroupsDeps {
  readonly limits: ProxyLimits;
  readonly clock: Clock;
  readonly counters: PoolCounters;
  /** Local addresses to dial from into a VPC, in this worker's order. */
  sources(vpcId: string): readonly string[];
}

/** Makes an empty set of groups. */
export function createTargetGroups(deps: TargetGroupsDeps): TargetGroups {
  let groups = new Map<string, GroupState>();
  let last: Snapshot | undefined;
  /** Reports for targets that no snapshot has brought yet. */
  const early = new Map<string, Health>();

  const makeTarget = (
    group: TargetGroupRecord,
    record: TargetRecord,
    vpc: VpcRecord | undefined,
  ): TargetState | undefined => {
    if (record.address === undefined) return undefined;
    const address = dialAddress(record.address, vpc);
    const vpcId = group.vpcId ?? '';
    const key = `${group.id}|${targetKey(record)}`;
    const known = early.get(key);
    early.delete(key);
    return {
      record,
      groupId: group.id,
      vpcId,
      address,
      health: group.healthCheck.enabled ? (known ?? 'initial') : 'unavailable',
      pool: createUpstreamPool(
        { host: address, port: record.port, sources: () => deps.sources(vpcId) },
        deps.limits,
        deps.counters,
        deps.clock,
      ),
    };
  };

  const follow = (group: TargetGroupRecord, old: GroupState | undefined, vpc: VpcRecord | undefined): GroupState => {
    const before = new Map(old?.targets.map((target) => [targetKey(target.record), target]));
    const targets: TargetState[] = [];
    for (const record of group.targets) {
      const known = before.get(targetKey(record));
      if (
        known !== undefined &&
        record.address !== undefined &&
        known.address === dialAddress(record.address, vpc) &&
        old?.record.healthCheck.enabled === group.healthCheck.enabled
      ) {
        before.delete(targetKey(record));
        targets.push(known.record === record ? known : Object.assign(known, { record }));
        continue;
      }
      const made = makeTarget(group, record, vpc);
      if (made !== undefined) targets.push(made);
    }
    for (const gone of before.values()) gone.pool.close();
    return { record: group, targets, cursor: old?.cursor ?? 0 };
  };

  return {
    find: (id) => groups.get(id),
    all: () => groups.values(),
    update(snapshot) {
      if (last !== undefined && last.targetGroups === snapshot.targetGroups && last.vpcs === snapshot.vpcs) return;
      last = snapshot;
      const next = new Map<string, GroupState>();
      for (const record of snapshot.targetGroups.values()) {
        const old = groups.get(record.id);
        const vpc = record.vpcId === undefined ? undefined : snapshot.vpcs.get(record.vpcId);
        next.set(record.id, old?.record === record ? old : follow(record, old, vpc));
        groups.delete(record.id);
      }
      for (const gone of groups.values()) for (const target of gone.targets) target.pool.close();
      groups = next;
    },
    setHealth(groupId, key, health) {
      const target = groups.get(groupId)?.targets.find((one) => targetKey(one.record) === key);
      if (target !== undefined) target.health = health;
      else if (early.size < 100_000) early.set(`${groupId}|${key}`, health);
    },
    close() {
      for (const group of groups.values()) for (const target of group.targets) target.pool.close();
    },
  };
}

/** Where a target of `vpc` is dialled: its own address, or its place in 127/8 when the VPC is on loopback. Addresses in 127/8 are dialled as they are. */
function dialAddress(address: string, vpc: VpcRecord | undefined): string {
  if (vpc?.attachment.kind !== 'loopback' || address.startsWith('127.')) return address;
  return loopbackWorkloadAddress(vpc.attachment.n, address);
}
