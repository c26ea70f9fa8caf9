// The target groups of a worker, followed from snapshot to snapshot: what stays the same keeps its health, its place in the round and its connections.

import { createSecureContext, type SecureContext } from 'node:tls';
import type { Clock } from '../../base/clock.ts';
import {
  emptySnapshot,
  type Snapshot,
  type TargetGroupRecord,
  type TargetRecord,
  type VpcRecord,
} from '../../snapshot/index.ts';
import type { Counter } from '../../telemetry/index.ts';
import type { ProxyLimits } from '../limits.ts';
import type { Metrics } from '../metrics.ts';
import type { ZoneFinder } from '../zones.ts';
import { createWalk } from '../walk.ts';
import type { DialTls } from './dial.ts';
import { createTargetNames, type ResolveName } from './names.ts';
import { dialPlace, type DialPlace } from './place.ts';
import { LazyTarget, type TargetParts } from './lazy-target.ts';
import { createUpstreamPool, type PoolCounters } from './pool.ts';
import { ReadBuffers } from '../read-buffers.ts';
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

/** How TLS to targets is done: AWS takes every certificate (User Guide: Target groups); the rest is ours. */
export interface TargetTls {
  /** Whether a target's certificate must be good. */
  readonly verify: boolean;
  /** Certificates (PEM) to trust instead of the well-known authorities. */
  readonly ca?: string;
  /** The name that is said as SNI and that certificates must be for. Absent: a load balancer's own name; for other targets no SNI, and the address. */
  readonly serverName?: string;
}

export interface TargetGroupsDeps {
  readonly tls: TargetTls;
  readonly limits: ProxyLimits;
  readonly clock: Clock;
  readonly counters: Pick<PoolCounters, 'sourcePortsExhausted'> & { readonly nameFailures: Counter };
  readonly metrics: Pick<Metrics, 'targetGroup'>;
  /** The availability zone of an address in a VPC; empty when it is in none. */
  readonly zoneOf: ZoneFinder;
  readonly resolve: ResolveName;
  /** Local addresses to dial from into a VPC, in this worker's order. */
  sources(vpcId: string): readonly string[];
  /** A group is new, or another state stands for it now. */
  changed(group: GroupState): void;
  gone(groupId: string): void;
}

/** Reports that are kept for targets that no snapshot has brought yet. */
const MAX_EARLY = 100_000;

interface LazyGroup extends GroupState {
  readonly targets: readonly LazyTarget[];
}

/** Makes an empty set of groups. */
export function createTargetGroups(deps: TargetGroupsDeps): TargetGroups {
  const groups = new Map<string, LazyGroup>();
  const buffers = new ReadBuffers();
  let snapshot: Snapshot = emptySnapshot;
  let context: SecureContext | undefined;
  /** Reports for targets that no snapshot has brought yet. */
  const early = new Map<string, SeenHealth>();

  const namedGroups = function* (vpcId: string, name: string): Generator<LazyGroup> {
    for (const group of groups.values())
      if (group.record.vpcId === vpcId && group.record.targets.some(({ dnsName }) => dnsName === name)) yield group;
  };
  const names = createTargetNames({
    clock: deps.clock,
    resolve: deps.resolve,
    failures: deps.counters.nameFailures,
    wanted: (vpcId, name) => namedGroups(vpcId, name).next().done !== true,
    changed(vpcId, name) {
      for (const group of namedGroups(vpcId, name)) take(group.record, group);
    },
  });

  const firstHealth = (group: TargetGroupRecord, record: TargetRecord): Pick<TargetState, 'health' | 'reason'> => {
    if (!group.healthCheck.enabled) return { health: 'unavailable', reason: undefined };
    const key = `${group.id}|${targetKey(record)}`;
    const known = early.get(key);
    early.delete(key);
    return { health: known?.health ?? 'initial', reason: known?.reason };
  };

  const dialTls = (group: TargetGroupRecord, record: TargetRecord): DialTls | undefined => {
    if (group.protocol !== 'HTTPS') return undefined;
    const { verify, ca, serverName = record.dnsName } = deps.tls;
    context ??= createSecureContext(ca === undefined ? {} : { ca });
    const usual = { context, verify: verify || group.upstreamTls.verify };
    return serverName === undefined ? usual : { ...usual, serverName };
  };

  const sourcesOf = ({ place, vpcId }: LazyTarget): readonly string[] => (place.fromVpc ? deps.sources(vpcId) : []);
  const parts: TargetParts = {
    sources: sourcesOf,
    metrics({ groupId, vpcId, address }) {
      const vpc = snapshot.vpcs.get(vpcId);
      return deps.metrics.targetGroup(groupId, vpc === undefined ? '' : deps.zoneOf(vpc, address));
    },
    pool(target) {
      const { record, address: host, tls } = target;
      return createUpstreamPool(
        { host, port: record.port, sources: target.sources, ...(tls === undefined ? {} : { tls }) },
        deps.limits,
        { group: target.metrics, sourcePortsExhausted: deps.counters.sourcePortsExhausted },
        deps.clock,
        buffers,
      );
    },
  };

  const makeTarget = (group: TargetGroupRecord, record: TargetRecord, place: DialPlace): LazyTarget =>
    new LazyTarget(parts, {
      ...{ record, place, groupId: group.id, vpcId: group.vpcId ?? '', tls: dialTls(group, record) },
      ...firstHealth(group, record),
    });

  /** What a target that stays keeps of its health. One that begins to drain is a new one when it is registered again. */
  const followHealth = (
    target: TargetState,
    record: TargetRecord,
    group: TargetGroupRecord,
    checked: boolean,
  ): void => {
    if (checked !== group.healthCheck.enabled) Object.assign(target, firstHealth(group, record));
    else if (checked && record.draining && !target.record.draining)
      Object.assign(target, { health: 'initial', reason: undefined });
  };

  const placesOf = (group: TargetGroupRecord, record: TargetRecord, vpc: VpcRecord | undefined): DialPlace[] => {
    const { address, dnsName } = record;
    const addresses = dnsName === undefined ? (address ?? []) : names.addresses(group.vpcId ?? '', dnsName);
    return [addresses].flat().flatMap((one) => dialPlace(one, vpc) ?? []);
  };

  const follow = (group: TargetGroupRecord, old: LazyGroup | undefined, vpc: VpcRecord | undefined): LazyGroup => {
    const keyOf = (record: TargetRecord, host: string): string => `${targetKey(record)}|${host}`;
    const before = new Map(old?.targets.map((target) => [keyOf(target.record, target.address), target]));
    const targets: LazyTarget[] = [];
    for (const record of group.targets)
      for (const place of placesOf(group, record, vpc)) {
        const key = keyOf(record, place.host);
        const known = before.get(key);
        before.delete(key);
        if (known === undefined) {
          targets.push(makeTarget(group, record, place));
          continue;
        }
        followHealth(known, record, group, old?.record.healthCheck.enabled === true);
        if (record.draining) known.close();
        // What still runs ends on the connections of before; another worker may have been quicker to see the new health.
        if (known.record.draining && !record.draining)
          targets.push(Object.assign(makeTarget(group, record, place), { health: known.health, reason: known.reason }));
        else targets.push(known.record === record ? known : Object.assign(known, { record }));
      }
    for (const gone of before.values()) gone.close();
    return { record: group, targets, cursor: old?.cursor ?? 0 };
  };

  /** Lets another state stand for the group. */
  const take = (record: TargetGroupRecord, old: LazyGroup | undefined): LazyGroup => {
    const group = follow(record, old, record.vpcId === undefined ? undefined : snapshot.vpcs.get(record.vpcId));
    groups.set(record.id, group);
    deps.changed(group);
    return group;
  };

  const find = (id: string): LazyGroup | undefined => {
    const record = snapshot.targetGroups.get(id);
    const old = groups.get(id);
    if (record === undefined || old?.record === record) return record === undefined ? undefined : old;
    return take(record, old);
  };

  const drop = (id: string): void => {
    for (const target of groups.get(id)?.targets ?? []) target.close();
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
      names.close();
      for (const group of groups.values()) for (const target of group.targets) target.close();
    },
  };
}
