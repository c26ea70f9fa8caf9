// Which hosted zone answers for a name: private ones for the VPCs that they are associated with, public ones for everybody.

import type { RecordSetRecord, Snapshot, ZoneRecord } from '../snapshot/index.ts';
import { follow } from './follow.ts';
import { nameKey, parentKey } from './wire-name.ts';
import { createZoneTree, type ZoneTree } from './zone-tree.ts';

/** A zone that answers. */
export interface AnsweringZone {
  readonly record: ZoneRecord;
  readonly tree: ZoneTree;
}

/** The hosted zones of the newest snapshot. */
export interface HostedZones {
  /** Work is done for the records that changed. */
  apply(snapshot: Snapshot): void;
  /** The private zone of the VPC with the longest name that the key's name lies in. */
  findPrivate(key: string, vpcId: string): AnsweringZone | undefined;
  /** The public zone with the longest such name; of `account` alone when it is given. */
  findPublic(key: string, account: string | undefined): AnsweringZone | undefined;
}

/** Makes the hosted zones of no snapshot. */
export function createHostedZones(): HostedZones {
  let zones: ReadonlyMap<string, ZoneRecord> = new Map();
  let recordSets: ReadonlyMap<string, RecordSetRecord> = new Map();
  const trees = new Map<string, ZoneTree>();
  /** By VPC (of public zones: by account, and all of them under `''`) and the zone's name. */
  const byPlace = new Map<string, Map<string, readonly ZoneRecord[]>>();

  const placesOf = (zone: ZoneRecord): readonly string[] => (zone.private ? zone.vpcs : ['', zone.account]);

  function setZone(zone: ZoneRecord, add: boolean): void {
    const key = nameKey(zone.name);
    for (const place of placesOf(zone)) {
      const named = byPlace.get(place) ?? new Map<string, readonly ZoneRecord[]>();
      byPlace.set(place, named);
      const others = (named.get(key) ?? []).filter(({ id }) => id !== zone.id);
      const now = add ? [...others, zone].sort((a, b) => a.createdAt - b.createdAt || (a.id < b.id ? -1 : 1)) : others;
      if (now.length > 0) named.set(key, now);
      else named.delete(key);
      if (named.size === 0) byPlace.delete(place);
    }
  }

  function find(key: string, place: string): AnsweringZone | undefined {
    const named = byPlace.get(place);
    if (named === undefined) return undefined;
    for (let at = key; at !== ''; at = parentKey(at)) {
      const [record] = named.get(at) ?? [];
      const tree = record && trees.get(record.id);
      if (record !== undefined && tree !== undefined) return { record, tree };
    }
    return undefined;
  }

  return {
    apply(snapshot) {
      follow(
        zones,
        snapshot.zones,
        (zone) => setZone(zone, true),
        (zone) => setZone(zone, false),
      );
      follow(
        recordSets,
        snapshot.recordSets,
        (record) => {
          const name = snapshot.zones.get(record.zoneId)?.name;
          if (name === undefined) return;
          const tree = trees.get(record.zoneId) ?? createZoneTree(name);
          trees.set(record.zoneId, tree);
          tree.put(record);
        },
        (record) => {
          const tree = trees.get(record.zoneId);
          tree?.drop(record);
          if (tree?.isEmpty === true) trees.delete(record.zoneId);
        },
      );
      ({ zones, recordSets } = snapshot);
    },
    findPrivate: (key, vpcId) => find(key, vpcId),
    findPublic: (key, account = '') => find(key, account),
  };
}
