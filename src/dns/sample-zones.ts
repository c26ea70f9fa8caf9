// For tests: hosted zones in a few words.

import type { RecordSetRecord, Snapshot, ZoneRecord } from '../snapshot/index.ts';
import { encodeKey, nameKey } from './wire-name.ts';
import { encodeIpv4 } from './wire-record.ts';

/** A record set: name, type, values (of an alias: `alias NAME`), and a weight. */
export type SampleSet = readonly [name: string, type: RecordSetRecord['type'], values: string, weight?: number];

/** A zone: its name, the VPCs that it answers (none: it is public), its record sets beside the SOA, and whose it is when not that of the VPCs. */
export type SampleZone = readonly [name: string, vpcs: readonly string[], sets: readonly SampleSet[], account?: string];

function encodeValue(type: RecordSetRecord['type'], value: string): Buffer {
  if (type === 'A') return encodeIpv4(value);
  if (type === 'TXT') return Buffer.concat([Buffer.from([value.length]), Buffer.from(value)]);
  if (type === 'MX') return Buffer.concat([Buffer.from([0, 10]), encodeKey(nameKey(value))]);
  return encodeKey(nameKey(value));
}

/** `snapshot` with the zones; the TTL of every record set is 300, that of denials 60. */
export function withZones(snapshot: Snapshot, zones: readonly SampleZone[], revision = 1): Snapshot {
  const records: ZoneRecord[] = [];
  const sets: RecordSetRecord[] = [];
  zones.forEach(([name, vpcs, own, account = '111111111111'], i) => {
    const zoneId = `Z${i}`;
    records.push({ id: zoneId, revision, account, name, private: vpcs.length > 0, vpcs, createdAt: i });
    const numbers = Buffer.alloc(20);
    numbers.writeUInt32BE(60, 16);
    const soa = Buffer.concat([encodeKey(nameKey(`ns.${name}`)), encodeKey(nameKey(`mail.${name}`)), numbers]);
    const base = { revision, zoneId };
    sets.push({ ...base, id: `${zoneId}/soa`, name, type: 'SOA', ttl: 900, data: [soa.toString('base64')] });
    own.forEach(([setName, type, values, weight], j) => {
      const words = values.split(' ');
      sets.push({
        ...base,
        id: `${zoneId}/${j}`,
        name: setName,
        type,
        ...(words[0] === 'alias'
          ? { alias: { zoneId, name: words[1] ?? '' }, data: [] }
          : { ttl: 300, data: words.map((one) => encodeValue(type, one).toString('base64')) }),
        ...(weight === undefined ? {} : { weight }),
      });
    });
  });
  return {
    ...snapshot,
    zones: new Map(records.map((one) => [one.id, one])),
    recordSets: new Map(sets.map((one) => [one.id, one])),
  };
}
