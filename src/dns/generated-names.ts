// The generated names of services: which addresses each has for the clients of a VPC, and back.

import {
  apiAddressIn,
  apiName,
  componentAddresses,
  loopbackComponentAddress,
  type DoorRecord,
  type NetworkRecord,
  type ServiceRecord,
  type Snapshot,
  type VpcRecord,
} from '../snapshot/index.ts';
import { follow } from './follow.ts';
import { labelsOfKey, nameEndsWith, nameKey, parentKey } from './wire-name.ts';

/** The addresses of one name. */
export interface ServiceAddresses {
  readonly v4: readonly string[];
  readonly v6: readonly string[];
}

/** The generated names of the newest snapshot. */
export interface GeneratedNames {
  /** Work is done for the records that changed. */
  apply(snapshot: Snapshot): void;
  /** The revision of the snapshot, as a serial number. */
  readonly serial: number;
  /** The addresses of the name with the key for clients of the VPC; undefined: they have no such name. Without a VPC: its first ones. */
  find(key: string, vpcId: string | undefined): ServiceAddresses | undefined;
  /** The keys of the names that have the address in the VPC. */
  findByAddress(address: string, vpcId: string): readonly string[];
  vpc(vpcId: string): VpcRecord | undefined;
}

const zoneEnd = nameKey('on.aws');
const apiKey = nameKey(apiName);
/** The zone of the server's own names: in every VPC the AWS API's. */
const ownZone = parentKey(apiKey);

/** The key of the zone that a generated name lies in, or undefined for any other name: `7d67968.vpc-lattice-svcs.REGION.on.aws` (User Guide), and our own. */
export function generatedZone(key: string): string | undefined {
  if (key.endsWith(ownZone) && nameEndsWith(key, ownZone)) return ownZone;
  if (!key.endsWith(zoneEnd)) return undefined;
  const labels = labelsOfKey(key).slice(-5);
  const [partition, service, region = ''] = labels;
  const isZone = labels.length === 5 && partition === '7d67968' && service === 'vpc-lattice-svcs';
  return isZone && /^[a-z0-9-]+$/.test(region) ? nameKey(labels.join('.')) : undefined;
}

/** What one network offers, both ways. */
interface Offer {
  readonly indexes: ReadonlyMap<string, number>;
  readonly services: ReadonlyMap<number, string>;
}

/** Makes the names of no snapshot. */
export function createGeneratedNames(): GeneratedNames {
  let vpcs: ReadonlyMap<string, VpcRecord> = new Map();
  let services: ReadonlyMap<string, ServiceRecord> = new Map();
  let networks: ReadonlyMap<string, NetworkRecord> = new Map();
  let doors: ReadonlyMap<string, DoorRecord> = new Map();
  let serial = 0;
  const serviceIds = new Map<string, string>();
  const offers = new Map<string, Offer>();
  const doorsByVpc = new Map<string, Map<string, DoorRecord>>();

  const keyOfService = ({ domainNames: [generated] }: ServiceRecord): string | undefined =>
    generated === undefined ? undefined : nameKey(generated);
  const putService = (record: ServiceRecord): void => {
    const key = keyOfService(record);
    if (key !== undefined) serviceIds.set(key, record.id);
  };
  const dropService = (record: ServiceRecord): void => {
    const key = keyOfService(record);
    if (key !== undefined) serviceIds.delete(key);
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

  function addressesAt(door: DoorRecord, index: number): { readonly v4: string; readonly v6?: string } | undefined {
    const attachment = vpcs.get(door.vpcId)?.attachment;
    if (attachment === undefined) return undefined;
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
        ({ id, components }) =>
          offers.set(id, {
            indexes: new Map(components.map((one) => [one.id, one.index])),
            services: new Map(components.map((one) => [one.index, one.id])),
          }),
        (network) => offers.delete(network.id),
      );
      follow(doors, snapshot.doors, putDoor, dropDoor);
      ({ vpcs, services, networks, doors } = snapshot);
      serial = snapshot.revision;
    },
    find(key, vpcId) {
      const vpc = key === apiKey ? vpcs.get(vpcId ?? '') : undefined;
      if (vpc !== undefined) return { v4: [apiAddressIn(vpc)], v6: [] };
      const serviceId = serviceIds.get(key);
      if (serviceId === undefined) return undefined;
      const candidates = vpcId === undefined ? doors.values() : (doorsByVpc.get(vpcId)?.values() ?? []);
      const v4: string[] = [];
      const v6: string[] = [];
      for (const door of candidates) {
        const index = offers.get(door.serviceNetworkId)?.indexes.get(serviceId);
        const found = index === undefined ? undefined : addressesAt(door, index);
        if (found === undefined) continue;
        v4.push(found.v4);
        if (found.v6 !== undefined) v6.push(found.v6);
        if (vpcId === undefined) break;
      }
      return v4.length === 0 ? undefined : { v4, v6 };
    },
    findByAddress(address, vpcId) {
      const keys: string[] = [];
      for (const door of doorsByVpc.get(vpcId)?.values() ?? [])
        for (const [index, serviceId] of offers.get(door.serviceNetworkId)?.services ?? []) {
          const found = addressesAt(door, index);
          if (found?.v4 !== address && found?.v6 !== address) continue;
          const service = services.get(serviceId);
          const key = service && keyOfService(service);
          if (key !== undefined) keys.push(key);
        }
      return keys;
    },
    vpc: (vpcId) => vpcs.get(vpcId),
  };
}
