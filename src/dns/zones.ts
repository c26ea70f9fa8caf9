// The names of a snapshot: which addresses a generated name has for the clients of a VPC.

import {
  apiAddressIn,
  apiName,
  changedIds,
  componentAddresses,
  loopbackComponentAddress,
  type DoorRecord,
  type NetworkRecord,
  type ServiceRecord,
  type Snapshot,
  type VpcRecord,
} from '../snapshot/index.ts';

/** The addresses of one name. */
export interface NameAddresses {
  readonly v4: readonly string[];
  readonly v6: readonly string[];
}

/** The names of the newest snapshot. */
export interface Zones {
  /** Work is done for the records that changed. */
  apply(snapshot: Snapshot): void;
  /** The revision of the snapshot, as a serial number. */
  readonly serial: number;
  /** The addresses of `name` (lower case) for clients of the VPC; undefined: they have no such name. Without a VPC: its first ones. */
  find(name: string, vpcId: string | undefined): NameAddresses | undefined;
  vpc(vpcId: string): VpcRecord | undefined;
}

/** The zone of the server's own names: in every VPC the AWS API's. */
const ownZone = apiName.slice(apiName.indexOf('.') + 1);

/** The zone that a generated name lies in, or undefined for any other name: `7d67968.vpc-lattice-svcs.REGION.on.aws` (User Guide), and our own. */
export function zoneOf(name: string): string | undefined {
  if (name === ownZone || name.endsWith(`.${ownZone}`)) return ownZone;
  return /(?:^|\.)(7d67968\.vpc-lattice-svcs\.[a-z0-9-]+\.on\.aws)$/.exec(name)?.[1];
}

/** Makes the names of no snapshot. */
export function createZones(): Zones {
  let vpcs: ReadonlyMap<string, VpcRecord> = new Map();
  let services: ReadonlyMap<string, ServiceRecord> = new Map();
  let networks: ReadonlyMap<string, NetworkRecord> = new Map();
  let doors: ReadonlyMap<string, DoorRecord> = new Map();
  let serial = 0;
  const serviceIds = new Map<string, string>();
  const components = new Map<string, ReadonlyMap<string, number>>();
  const doorsByVpc = new Map<string, Map<string, DoorRecord>>();

  const putService = (record: ServiceRecord): void => {
    const [generated] = record.domainNames;
    if (generated !== undefined) serviceIds.set(generated, record.id);
  };
  const dropService = (record: ServiceRecord): void => {
    const [generated] = record.domainNames;
    if (generated !== undefined) serviceIds.delete(generated);
  };
  const dropDoor = (record: DoorRecord): void => {
    const own = doorsByVpc.get(record.vpcId);
    own?.delete(record.id);
    if (own?.size === 0) doorsByVpc.delete(record.vpcId);
  };
  const putDoor = (record: DoorRecord): void => {
    const own = doorsByVpc.get(record.vpcId) ?? new Map<string, DoorRecord>();
    own.set(record.id, record);
    doorsByVpc.set(record.vpcId, own);
  };

  function addresses(serviceId: string, door: DoorRecord): { v4: string; v6?: string } | undefined {
    const index = components.get(door.serviceNetworkId)?.get(serviceId);
    const attachment = vpcs.get(door.vpcId)?.attachment;
    if (index === undefined || attachment === undefined) return undefined;
    return attachment.kind === 'loopback'
      ? { v4: loopbackComponentAddress(attachment.n, index) }
      : componentAddresses(index);
  }

  return {
    get serial() {
      return serial;
    },
    apply(snapshot) {
      follow(services, snapshot.services, putService, dropService);
      follow(
        networks,
        snapshot.networks,
        (network) => components.set(network.id, new Map(network.components.map(({ id, index }) => [id, index]))),
        (network) => components.delete(network.id),
      );
      follow(doors, snapshot.doors, putDoor, dropDoor);
      ({ vpcs, services, networks, doors } = snapshot);
      serial = snapshot.revision;
    },
    find(name, vpcId) {
      const vpc = name === apiName ? vpcs.get(vpcId ?? '') : undefined;
      if (vpc !== undefined) return { v4: [apiAddressIn(vpc)], v6: [] };
      const serviceId = serviceIds.get(name);
      if (serviceId === undefined) return undefined;
      const candidates = vpcId === undefined ? doors.values() : (doorsByVpc.get(vpcId)?.values() ?? []);
      const v4: string[] = [];
      const v6: string[] = [];
      for (const door of candidates) {
        const found = addresses(serviceId, door);
        if (found === undefined) continue;
        v4.push(found.v4);
        if (found.v6 !== undefined) v6.push(found.v6);
        if (vpcId === undefined) break;
      }
      return v4.length === 0 ? undefined : { v4, v6 };
    },
    vpc: (vpcId) => vpcs.get(vpcId),
  };
}

/** Brings derived tables from the records of `before` to those of `after`: drops what went or changed, then puts what is new. */
function follow<T extends { readonly id: string }>(
  before: ReadonlyMap<string, T>,
  after: ReadonlyMap<string, T>,
  put: (record: T) => void,
  drop: (record: T) => void,
): void {
  const ids = changedIds(before, after);
  const records = (table: ReadonlyMap<string, T>): readonly T[] =>
    ids.map((id) => table.get(id)).filter((record) => record !== undefined);
  for (const record of records(before)) drop(record);
  for (const record of records(after)) put(record);
}
