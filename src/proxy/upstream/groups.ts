// The target groups of a worker, followed from snapshot to snapshot: what stays the same keeps its health, its place in the round and its connections.

import {
  emptySnapshot,
  loopbackWorkloadAddress,
  type Snapshot,
  type TargetGroupRecord,
  type TargetRecord,
  type VpcRecord,
} from '../../snapshot/index.ts';
import type { Clock } from '../../base/clock.ts';
import type { ProxyLimits } from '../limits.ts';
import { createWalk } from '../walk.ts';
import { createUpstreamPool, type PoolCounters } from './pool.ts';
import { targetKey, type GroupState, type Health, type TargetState } from './target-state.ts';

/** The target groups of a worker. */
export interface TargetGroups {
  /** The group as the newest snapshot has it. */
  find(id: string): GroupState | undefined;
  all(): Iterable<GroupState>;
  /**
   * Follows a snapshot. A group that is asked for is followed at once, all others in slices that leave the loop free; `deps.changed` and
   * `deps.gone` tell of each.
   */
  update(snapshot: Snapshot): void;
  /** Takes what another worker saw; unknown targets are kept in mind for when their snapshot comes. */
  setHealth(groupId: string, key: string, seen: SeenHealth): void;
  close(): void;
}

/** Health and, of an unhealthy target, why. */
export interface SeenHealth {
  readonly health: Health;
  readonly reason?: string;
}

export interface TargetGroupsDeps {
  readonly limits: ProxyLimits;
  readonly clock: Clock;
  readonly counters: PoolCounters;
  /** Local addresses to dial from into a VPC, in this worker's order. */
  sources(vpcId: string): readonly string[];
  /** A group is new, or another state stands for it now. */
  changed(group: GroupState): void;
  gone(groupId: string): void;
}

/** Reports that are kept for targets that no snapshot has brought yet. */
const MAX_EARLY = 100_000;

/** Bytes that one read from a target can bring. */
const READ_SIZE = 64 * 1024;

/** Makes an empty set of groups. */
export function createTargetGroups(deps: TargetGroupsDeps): TargetGroups {
  const groups = new Map<string, GroupState>();
  const readBuffer = Buffer.allocUnsafeSlow(READ_SIZE);
  let snapshot: Snapshot = emptySnapshot;
  /** Reports for targets that no snapshot has brought yet. */
  const early = new Map<string, SeenHealth>();

  const firstHealth = (group: TargetGroupRecord, record: TargetRecord): Pick<TargetState, 'health' | 'reason'> => {
    if (!group.healthCheck.enabled) return { health: 'unavailable', reason: undefined };
    const key = `${group.id}|${targetKey(record)}`;
    const known = early.get(key);
    early.delete(key);
    return { health: known?.health ?? 'initial', reason: known?.reason };
  };

  /** What a target that stays keeps of its health. One that begins to drain is a new one when it is registered again. */
  const followHealth = (
    target: TargetState,
    record: TargetRecord,
    group: TargetGroupRecord,
    enabled: boolean,
  ): void => {
    if (enabled !== group.healthCheck.enabled) Object.assign(target, firstHealth(group, record));
    else if (enabled && record.draining && !target.record.draining)
      Object.assign(target, { health: 'initial', reason: undefined });
  };

  const makeTarget = (
    group: TargetGroupRecord,
    record: TargetRecord,
    vpc: VpcRecord | undefined,
  ): TargetState | undefined => {
    if (record.address === undefined) return undefined;
    const address = dialAddress(record.address, vpc);
    const vpcId = group.vpcId ?? '';
    return {
      record,
      groupId: group.id,
      vpcId,
      address,
      ...firstHealth(group, record),
      pool: createUpstreamPool(
        { host: address, port: record.port, sources: () => deps.sources(vpcId) },
        deps.limits,
        deps.counters,
        deps.clock,
        readBuffer,
      ),
    };
  };

  const follow = (group: TargetGroupRecord, old: GroupState | undefined, vpc: VpcRecord | undefined): GroupState => {
    const before = new Map(old?.targets.map((target) => [targetKey(target.record), target]));
    const targets: TargetState[] = [];
    for (const record of group.targets) {
      const known = before.get(targetKey(record));
      if (known !== undefined && record.address !== undefined && known.address === dialAddress(record.address, vpc)) {
        before.delete(targetKey(record));
        followHealth(known, record, group, old?.record.healthCheck.enabled === true);
        targets.push(known.record === record ? known : Object.assign(known, { record }));
        continue;
      }
      const made = makeTarget(group, record, vpc);
      if (made !== undefined) targets.push(made);
    }
    for (const gone of before.values()) gone.pool.close();
    return { record: group, targets, cursor: old?.cursor ?? 0 };
  };

  const find = (id: string): GroupState | undefined => {
    const record = snapshot.targetGroups.get(id);
    const old = groups.get(id);
    if (record === undefined || old?.record === record) return record === undefined ? undefined : old;
    const group = follow(record, old, record.vpcId === undefined ? undefined : snapshot.vpcs.get(record.vpcId));
    groups.set(id, group);
    deps.changed(group);
    return group;
  };

  const drop = (id: string): void => {
    for (const target of groups.get(id)?.targets ?? []) target.pool.close();
    groups.delete(id);
    deps.gone(id);
  };

  const walk = createWalk(function* () {
    for (const id of snapshot.targetGroups.keys()) yield find(id);
    for (const id of groups.keys()) if (!snapshot.targetGroups.has(id)) yield drop(id);
  }, deps.clock);

  return {
    find,
    *all() {
      for (const id of snapshot.targetGroups.keys()) {
        const group = find(id);
        if (group !== undefined) yield group;
      }
    },
    update(next) {
      const same = snapshot.targetGroups === next.targetGroups && snapshot.vpcs === next.vpcs;
      snapshot = next;
      if (!same) walk.start();
    },
    setHealth(groupId, key, { health, reason }) {
      const group = find(groupId);
      const target = group?.targets.find((one) => targetKey(one.record) === key);
      if (target !== undefined && group?.record.healthCheck.enabled === true) Object.assign(target, { health, reason });
      else if (early.size < MAX_EARLY)
        early.set(`${groupId}|${key}`, reason === undefined ? { health } : { health, reason });
    },
    close() {
      walk.stop();
      for (const group of groups.values()) for (const target of group.targets) target.pool.close();
    },
  };
}

/** Where a target of `vpc` is dialled: its own address, or its place in 127/8 when the VPC is on loopback. Addresses in 127/8 are dialled as they are. */
function dialAddress(address: string, vpc: VpcRecord | undefined): string {
  if (vpc?.attachment.kind !== 'loopback' || address.startsWith('127.')) return address;
  return loopbackWorkloadAddress(vpc.attachment.n, address);
}
