// The generated names of services, those through VPC endpoints too: which addresses each has for the clients of a VPC, and back.

import {
  apiAddressIn,
  apiName,
  doorAddresses,
  nameThrough,
  type AddressPair,
  type DoorRecord,
  type NetworkComponent,
  type NetworkRecord,
  type ServiceRecord,
  type Snapshot,
  type VpcRecord,
} from '../snapshot/index.ts';
import { follow } from './follow.ts';
import { labelsOfKey, nameEndsWith, nameKey, parentKey } from './wire-name.ts';

/** The generated names of the newest snapshot. */
export interface GeneratedNames {
  /** Work is done for the records that changed. */
  apply(snapshot: Snapshot): void;
  /** The revision of the snapshot, as a serial number. */
  readonly serial: number;
  /** The addresses of the name with the key for clients of the VPC; undefined: they have no such name. Without a VPC: its first ones. */
  find(key: string, vpcId: string | undefined): AddressPair | undefined;
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

/** What one network offers. */
interface Offer {
  readonly components: readonly NetworkComponent[];
  readonly byService: ReadonlyMap<string, NetworkComponent>;
  readonly byAssociation: ReadonlyMap<string, NetworkComponent>;
}

/** The first label of a name through a VPC endpoint. */
const throughEndpoint = /^(vpce-[0-9a-z]+)-(snsa-[0-9a-z]+)$/;

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
  /** By VPC, made when it is first asked: a client may ask for every address of a range. */
  const reverse = new Map<string, ReadonlyMap<string, readonly string[]>>();

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

  function addressesAt(door: DoorRecord, component: NetworkComponent | undefined): AddressPair | undefined {
    const vpc = vpcs.get(door.vpcId);
    return vpc && component && doorAddresses(vpc, door, component.index);
  }

  /** The addresses of a name through a VPC endpoint, which is its own VPC's alone. */
  function findThrough(key: string, vpcId: string | undefined): AddressPair | undefined {
    const [, id = '', associationId = ''] = throughEndpoint.exec(labelsOfKey(key)[0] ?? '') ?? [];
    const door = doors.get(id);
    if (door?.blocks === undefined || (vpcId !== undefined && vpcId !== door.vpcId)) return undefined;
    const component = offers.get(door.serviceNetworkId)?.byAssociation.get(associationId);
    return keyAt(door, component) === key ? addressesAt(door, component) : undefined;
  }

  /** The key of the name that a component has behind a door. */
  function keyAt(door: DoorRecord, component: NetworkComponent | undefined): string | undefined {
    const vpc = vpcs.get(door.vpcId);
    const through = vpc && component && nameThrough(door, component, vpc);
    if (through !== undefined) return nameKey(through);
    const service = component && services.get(component.id);
    return service && keyOfService(service);
  }

  function namesByAddress(vpcId: string): ReadonlyMap<string, readonly string[]> {
    const found = new Map<string, string[]>();
    for (const door of doorsByVpc.get(vpcId)?.values() ?? [])
      for (const component of offers.get(door.serviceNetworkId)?.components ?? []) {
        const { v4 = [], v6 = [] } = addressesAt(door, component) ?? {};
        const key = keyAt(door, component);
        if (key !== undefined)
          for (const address of [...v4, ...v6]) found.set(address, [...(found.get(address) ?? []), key]);
      }
    return found;
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
            components,
            byService: new Map(components.map((one) => [one.id, one])),
            byAssociation: new Map(components.map((one) => [one.associationId, one])),
          }),
        (network) => offers.delete(network.id),
      );
      follow(doors, snapshot.doors, putDoor, dropDoor);
      ({ vpcs, services, networks, doors } = snapshot);
      serial = snapshot.revision;
      reverse.clear();
    },
    find(key, vpcId) {
      const vpc = key === apiKey ? vpcs.get(vpcId ?? '') : undefined;
      if (vpc !== undefined) return { v4: [apiAddressIn(vpc)], v6: [] };
      const serviceId = serviceIds.get(key);
      if (serviceId === undefined) return findThrough(key, vpcId);
      const candidates = vpcId === undefined ? doors.values() : (doorsByVpc.get(vpcId)?.values() ?? []);
      const v4: string[] = [];
      const v6: string[] = [];
      for (const door of candidates) {
        // Endpoints do not answer to the services' own names (PrivateLink guide).
        if (door.blocks !== undefined) continue;
        const found = addressesAt(door, offers.get(door.serviceNetworkId)?.byService.get(serviceId));
        if (found === undefined) continue;
        v4.push(...found.v4);
        v6.push(...found.v6);
        if (vpcId === undefined) break;
      }
      return v4.length === 0 ? undefined : { v4, v6 };
    },
    findByAddress(address, vpcId) {
      const known = reverse.get(vpcId) ?? namesByAddress(vpcId);
      reverse.set(vpcId, known);
      return known.get(address) ?? [];
    },
    vpc: (vpcId) => vpcs.get(vpcId),
  };
}
