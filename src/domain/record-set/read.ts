// Reading record sets: those of a name, and lists that begin anywhere.

import { keyOf, keyOfRecord } from '../records/base.ts';
import type { HostedZone, RecordSet } from '../records/hosted-zone.ts';
import { recordsAfter, type State } from '../state.ts';
import { recordSetIdFrom } from './record-set-id.ts';

/** Where a list begins: at the first that is not before this one. */
export interface RecordSetStart {
  /** Canonical. */
  readonly name: string;
  readonly type?: string;
  readonly setIdentifier?: string;
}

/** The zone's record sets in Route 53's order, read only as far as they are asked for. */
export function listRecordSets(state: State, zone: HostedZone, start?: RecordSetStart): Iterable<RecordSet> {
  const { name, type, setIdentifier } = start ?? {};
  const from = name === undefined ? undefined : recordSetIdFrom(zone.id, name, type, setIdentifier);
  const after = from === undefined ? undefined : { order: 0, key: keyOf(zone.account, zone.region, from) };
  return recordsAfter(state, 'recordSet', 'recordSetsByZone', keyOfRecord(zone), after);
}

/** The record sets of the canonical `name`. */
export function* recordSetsOfName(state: State, zone: HostedZone, name: string): Generator<RecordSet> {
  for (const set of listRecordSets(state, zone, { name })) {
    if (set.name !== name) return;
    yield set;
  }
}
