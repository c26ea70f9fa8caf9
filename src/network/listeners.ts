// What a VPC's doors offer: the (component, port) pairs behind them.

import { changedIds, doorAddresses, type Snapshot } from '../snapshot/index.ts';

/** One listener as a client of a VPC finds it: an address of its component, and the port. */
export interface OfferedListener {
  readonly doorId: string;
  /** IPv4. */
  readonly address: string;
  readonly port: number;
}

/** The listeners behind the doors of every VPC that has a door, each (address, port) of a component once per door. */
export function offeredListeners(snapshot: Snapshot): ReadonlyMap<string, readonly OfferedListener[]> {
  const offers = new Map<string, OfferedListener[]>();
  for (const door of snapshot.doors.values()) {
    const list = offers.get(door.vpcId) ?? [];
    offers.set(door.vpcId, list);
    const vpc = snapshot.vpcs.get(door.vpcId);
    if (vpc === undefined) continue;
    for (const { id, index } of snapshot.networks.get(door.serviceNetworkId)?.components ?? []) {
      const ports = new Set(snapshot.services.get(id)?.listeners.map(({ port }) => port));
      for (const address of doorAddresses(vpc, door, index).v4)
        for (const port of ports) list.push({ doorId: door.id, address, port });
    }
  }
  return offers;
}

/**
 * Whether two snapshots ask for the same network, sockets and instances. Cheap: records are compared by identity, and
 * of a changed service only its listeners' ports.
 */
export function asksForTheSame(before: Snapshot, after: Snapshot): boolean {
  if (before.vpcs !== after.vpcs || before.doors !== after.doors || before.networks !== after.networks) return false;
  if (before.services === after.services) return true;
  if (before.services.size !== after.services.size) return false;
  for (const id of changedIds(before.services, after.services)) {
    const old = before.services.get(id);
    const service = after.services.get(id);
    if (old === undefined || service === undefined || old.listeners.length !== service.listeners.length) return false;
    if (old.listeners.some(({ port }, i) => port !== service.listeners[i]?.port)) return false;
  }
  return true;
}
