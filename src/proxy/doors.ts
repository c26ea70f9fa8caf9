// The doors of VPCs as the hot path reads them: by the address that a client comes to, with the services that are behind each by name.
//
// Laid out when the first request asks, and taken over by record identity, as all of the world is.

import {
  changedIds,
  doorAddresses,
  nameThrough,
  type DoorRecord,
  type NetworkRecord,
  type ServiceRecord,
  type Snapshot,
  type VpcRecord,
} from '../snapshot/index.ts';
import { compileAuth, type AuthLayer, type AuthMemory } from './request/auth-layer.ts';

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
  /** The ids of its security groups. */
  readonly securityGroups: readonly string[];
  /** Absent: auth type NONE. */
  readonly auth: AuthLayer | undefined;
  /** Service id by name; a name that is not here is not served through this door. */
  readonly servicesByHost: ReadonlyMap<string, string>;
}

/** A service network whose names are gathered on first use. */
export class LazyNetwork {
  readonly record: NetworkRecord;
  readonly #memory: AuthMemory;
  #auth: { readonly layer: AuthLayer | undefined } | undefined;
  #services: Snapshot['services'] | undefined;
  #servicesByHost: ReadonlyMap<string, string> | undefined;

  constructor(record: NetworkRecord, services: Snapshot['services'], memory: AuthMemory, old: LazyNetwork | undefined) {
    this.record = record;
    this.#memory = memory;
    this.#services = services;
    if (old !== undefined && asksTheSame(old.record, record)) this.#auth = old.#auth;
  }

  get auth(): AuthLayer | undefined {
    this.#auth ??= { layer: compileAuth(this.record, this.#memory) };
    return this.#auth.layer;
  }

  get servicesByHost(): ReadonlyMap<string, string> {
    if (this.#servicesByHost !== undefined) return this.#servicesByHost;
    const names = new Map<string, string>();
    for (const { id } of this.record.components)
      for (const name of this.#services?.get(id)?.domainNames ?? []) names.set(name, id);
    this.#services = undefined;
    this.#servicesByHost = names;
    return names;
  }
}

/** A VPC whose addresses are laid out on first use. */
export class LazyVpc implements VpcWorld {
  readonly record: VpcRecord;
  readonly ways: readonly (readonly [DoorRecord, LazyNetwork])[];
  #doorsByAddress: ReadonlyMap<string, Door> | undefined;

  constructor(record: VpcRecord, ways: LazyVpc['ways']) {
    this.record = record;
    this.ways = ways;
  }

  get doorsByAddress(): ReadonlyMap<string, Door> {
    if (this.#doorsByAddress !== undefined) return this.#doorsByAddress;
    const doors = new Map<string, Door>();
    for (const [way, network] of this.ways) {
      const { record, auth } = network;
      const { id, securityGroups } = way;
      const servicesByHost = hostsThrough(way, network, this.record);
      const door = { id, vpc: this.record, network: record, securityGroups, auth, servicesByHost };
      for (const { index } of record.components) {
        const { v4, v6 } = doorAddresses(this.record, way, index);
        for (const address of [...v4, ...v6]) doors.set(address, door);
      }
    }
    this.#doorsByAddress = doors;
    return doors;
  }
}

/** Whether two tables of services have the same names. */
export function haveSameNames(before: Snapshot['services'], after: Snapshot['services']): boolean {
  if (before.size !== after.size) return false;
  for (const id of changedIds(before, after)) {
    const [old, record] = [before.get(id), after.get(id)];
    if (old === undefined || record === undefined || old.domainNames.join() !== record.domainNames.join()) return false;
  }
  return true;
}

/** The networks of a snapshot; those whose records did not change are taken from `before` unless names of services changed. */
export function followNetworks(
  before: ReadonlyMap<string, LazyNetwork>,
  { networks: records, services }: Snapshot,
  namesChanged: boolean,
  memory: AuthMemory,
): ReadonlyMap<string, LazyNetwork> {
  const networks = new Map<string, LazyNetwork>();
  for (const [id, record] of records) {
    const old = before.get(id);
    networks.set(id, old?.record === record && !namesChanged ? old : new LazyNetwork(record, services, memory, old));
  }
  return networks;
}

/** The VPCs of a snapshot; those whose record and ways did not change are taken from `before`. */
export function followVpcs(
  before: ReadonlyMap<string, LazyVpc>,
  { vpcs: records, doors }: Snapshot,
  networks: ReadonlyMap<string, LazyNetwork>,
): ReadonlyMap<string, LazyVpc> {
  const byVpc = Map.groupBy(doors.values(), ({ vpcId }) => vpcId);
  const vpcs = new Map<string, LazyVpc>();
  for (const [id, record] of records) {
    const ways = (byVpc.get(id) ?? []).flatMap((door) => {
      const network = networks.get(door.serviceNetworkId);
      return network === undefined ? [] : [[door, network] as const];
    });
    const old = before.get(id);
    const same =
      old?.record === record &&
      old.ways.length === ways.length &&
      old.ways.every(([door, network], i) => door === ways[i]?.[0] && network === ways[i][1]);
    vpcs.set(id, same ? old : new LazyVpc(record, ways));
  }
  return vpcs;
}

/** Whether a record asks callers for the same as the one before it. */
export function asksTheSame(before: NetworkRecord | ServiceRecord, after: NetworkRecord | ServiceRecord): boolean {
  return before.policy === after.policy && before.authType === after.authType;
}

/** The names of a network's services, with those that they have through a VPC endpoint. */
function hostsThrough(
  door: DoorRecord,
  { record, servicesByHost }: LazyNetwork,
  vpc: VpcRecord,
): Door['servicesByHost'] {
  const own = record.components.flatMap((component) => {
    const name = nameThrough(door, component, vpc);
    return name === undefined ? [] : [[name, component.id] as const];
  });
  return own.length === 0 ? servicesByHost : new Map([...servicesByHost, ...own]);
}
