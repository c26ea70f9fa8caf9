// The snapshot as the hot path reads it: doors by address, services by host, listeners by port, rules by index; memoised by record identity.

import {
  componentAddresses,
  loopbackComponentAddress,
  type DoorRecord,
  type ListenerRecord,
  type NetworkRecord,
  type RuleRecord,
  type ServiceRecord,
  type Snapshot,
  type TargetGroupRecord,
  type VpcRecord,
} from '../snapshot/index.ts';
import { compileRules, createWeightedPicker, type RuleIndex, type WeightedPicker } from '../routing/index.ts';

/** Everything that one worker obeys at one revision. */
export interface World {
  readonly revision: number;
  readonly vpcs: ReadonlyMap<string, VpcWorld>;
  readonly services: ReadonlyMap<string, CompiledService>;
  readonly targetGroups: ReadonlyMap<string, TargetGroupRecord>;
}

/** A VPC and the doors that its clients can come through. */
export interface VpcWorld {
  readonly record: VpcRecord;
  /** The door that a local address of a client's connection stands for. */
  readonly doorsByAddress: ReadonlyMap<string, Door>;
}

/** A way of a VPC into a service network. */
export interface Door {
  readonly id: string;
  readonly vpc: VpcRecord;
  readonly network: NetworkRecord;
  /** Service id by name; a name that is not here is not served through this door. */
  readonly servicesByHost: ReadonlyMap<string, string>;
}

export interface CompiledService {
  readonly record: ServiceRecord;
  readonly listeners: ReadonlyMap<number, CompiledListener>;
}

export interface CompiledListener {
  readonly service: ServiceRecord;
  readonly record: ListenerRecord;
  readonly index: RuleIndex<CompiledRule>;
}

/** A rule with what the hot path keeps beside it. */
export interface CompiledRule {
  readonly id: string;
  readonly match: RuleRecord['match'];
  readonly action: RuleRecord['action'];
  /** Chooses the position of a forward action's target group; undefined for fixed responses. */
  readonly picker: WeightedPicker | undefined;
}

/** The world before the first snapshot. */
export const emptyWorld: World = { revision: 0, vpcs: new Map(), services: new Map(), targetGroups: new Map() };

/** Compiles snapshots one after the other; what did not change is taken over from the one before. */
export interface WorldCompiler {
  compile(snapshot: Snapshot): World;
}

/**
 * Makes a compiler for worker `worker` of a node. Weighted pickers survive a change of other parts of their service as long as the
 * rule's own action is the same, so that shares stay exact.
 */
export function createWorldCompiler(worker: number): WorldCompiler {
  let world = emptyWorld;
  let last: Snapshot | undefined;
  const doors = new Map<string, { readonly key: readonly unknown[]; readonly door: Door }>();

  return {
    compile(snapshot) {
      const services =
        last?.services === snapshot.services
          ? world.services
          : compileServices(world.services, snapshot.services, worker);
      const sameDoors =
        last?.doors === snapshot.doors && last.networks === snapshot.networks && last.vpcs === snapshot.vpcs;
      const vpcs = sameDoors ? world.vpcs : compileVpcs(snapshot, doors);
      last = snapshot;
      world = { revision: snapshot.revision, vpcs, services, targetGroups: snapshot.targetGroups };
      return world;
    },
  };
}

function compileServices(
  before: ReadonlyMap<string, CompiledService>,
  records: ReadonlyMap<string, ServiceRecord>,
  worker: number,
): ReadonlyMap<string, CompiledService> {
  const services = new Map<string, CompiledService>();
  for (const [id, record] of records) {
    const old = before.get(id);
    services.set(id, old?.record === record ? old : compileService(record, old, worker));
  }
  return services;
}

function compileService(record: ServiceRecord, old: CompiledService | undefined, worker: number): CompiledService {
  const listeners = new Map<number, CompiledListener>();
  for (const listener of record.listeners) {
    const pickers = new Map<string, CompiledRule>();
    for (const rule of old?.listeners.get(listener.port)?.index.rules ?? []) pickers.set(rule.id, rule);
    const rules = listener.rules.map((rule) => compileRule(rule, pickers.get(rule.id), worker));
    listeners.set(listener.port, { service: record, record: listener, index: compileRules(rules) });
  }
  return { record, listeners };
}

function compileRule(rule: RuleRecord, old: CompiledRule | undefined, worker: number): CompiledRule {
  const { id, match, action } = rule;
  if (action.kind === 'fixed') return { id, match, action, picker: undefined };
  const same = old?.picker !== undefined && JSON.stringify(old.action) === JSON.stringify(action);
  const weights = action.targetGroups.map((group) => group.weight);
  // Workers start at different places of the round, so that few requests over many workers still split well.
  const picker = same ? old.picker : createWeightedPicker(weights, worker * 7);
  return { id, match, action, picker };
}

function compileVpcs(
  snapshot: Snapshot,
  memo: Map<string, { readonly key: readonly unknown[]; readonly door: Door }>,
): ReadonlyMap<string, VpcWorld> {
  const vpcs = new Map<string, VpcWorld>();
  const byVpc = new Map<string, DoorRecord[]>();
  for (const door of snapshot.doors.values()) byVpc.set(door.vpcId, [...(byVpc.get(door.vpcId) ?? []), door]);
  for (const id of memo.keys()) if (!snapshot.doors.has(id)) memo.delete(id);
  for (const record of snapshot.vpcs.values()) {
    const doorsByAddress = new Map<string, Door>();
    for (const door of byVpc.get(record.id) ?? []) {
      const network = snapshot.networks.get(door.serviceNetworkId);
      if (network === undefined) continue;
      const known = memo.get(door.id);
      const key = [record, network];
      const compiled =
        known !== undefined && known.key.every((part, i) => part === key[i])
          ? known.door
          : compileDoor(door, record, network, snapshot);
      memo.set(door.id, { key, door: compiled });
      for (const component of network.components)
        for (const address of addressesOf(record, component.index)) doorsByAddress.set(address, compiled);
    }
    vpcs.set(record.id, { record, doorsByAddress });
  }
  return vpcs;
}

function addressesOf(vpc: VpcRecord, index: number): readonly string[] {
  if (vpc.attachment.kind === 'loopback') return [loopbackComponentAddress(vpc.attachment.n, index)];
  const { v4, v6 } = componentAddresses(index);
  return [v4, v6];
}

function compileDoor(door: DoorRecord, vpc: VpcRecord, network: NetworkRecord, snapshot: Snapshot): Door {
  const servicesByHost = new Map<string, string>();
  for (const component of network.components)
    for (const name of snapshot.services.get(component.id)?.domainNames ?? []) servicesByHost.set(name, component.id);
  return { id: door.id, vpc, network, servicesByHost };
}
