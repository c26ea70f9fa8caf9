// Hosted zones and their record sets as data planes answer from them.

import type { State } from '../domain/index.ts';
import { encodeRecordValue } from '../domain/record-set/index.ts';
import type { Key } from '../domain/records/index.ts';
import type { RecordSetRecord, ZoneRecord } from '../snapshot/index.ts';

/** A hosted zone; its record sets are records of their own, so that a change of one costs what it touches. */
export function compileZone(state: State, key: Key, revision: number): ZoneRecord | undefined {
  const zone = state.tables.hostedZone.get(key);
  if (zone === undefined) return undefined;
  const { id, account, name, private: isPrivate, vpcs, createdAt } = zone;
  return { id, revision, account, name, private: isPrivate, vpcs: vpcs.map(({ vpcId }) => vpcId).sort(), createdAt };
}

/** A record set with its values as bytes. */
export function compileRecordSet(state: State, key: Key, revision: number): RecordSetRecord | undefined {
  const set = state.tables.recordSet.get(key);
  if (set === undefined) return undefined;
  const { id, zoneId, name, type, ttl, values, alias, weight } = set;
  return {
    id,
    revision,
    zoneId,
    name,
    type,
    ...(ttl === undefined ? {} : { ttl }),
    data: values.map((value) => {
      const encoded = encodeRecordValue(type, value);
      if ('problem' in encoded) throw new Error(`the record set ${id} was stored with a wrong value`);
      return encoded.toString('base64');
    }),
    ...(alias === undefined ? {} : { alias: { zoneId: alias.zoneId, name: alias.name } }),
    ...(weight === undefined ? {} : { weight }),
  };
}
