// ChangeResourceRecordSets: a batch of changes of one zone, all of them or none.

import type { Context, Decided } from '../decision.ts';
import { getHostedZone } from '../hosted-zone/find-zone.ts';
import { OWN_RECORD_SETS, recordSetCount } from '../hosted-zone/hosted-zone.ts';
import { newZoneChange } from '../hosted-zone/zone-change.ts';
import { keyOf, keyOfRecord } from '../records/base.ts';
import type { HostedZone, RecordSet, ZoneChange } from '../records/hosted-zone.ts';
import { checkQuota } from '../quotas.ts';
import { route53Refusal } from '../refusal.ts';
import { put, remove, type Change, type State } from '../state.ts';
import { recordSetsOfName } from './read.ts';
import { recordSetId } from './record-set-id.ts';
import { readWantedSet, type RecordSetChange, type WantedSet } from './wanted-set.ts';

export interface ChangeRecordSetsInput {
  readonly zoneId: string;
  readonly comment?: string;
  readonly changes: readonly RecordSetChange[];
}

/** Values and their characters that one batch may have; those of an UPSERT count twice (Developer Guide: Quotas). */
const MOST_RECORDS = 1000;
const MOST_CHARACTERS = 32_000;

/** What record sets become in a batch, by id; undefined: they go. */
type Outcome = Map<string, RecordSet | undefined>;

/** The decision. Its cost is that of what the batch names, whatever else the zone has. */
export function changeRecordSets(state: State, input: ChangeRecordSetsInput, context: Context): Decided<ZoneChange> {
  const zone = getHostedZone(state, context, input.zoneId);
  checkSize(input.changes);
  const problems: string[] = [];
  const outcome: Outcome = new Map();
  for (const change of input.changes) {
    const wanted = readWantedSet(zone, change, problems);
    if (wanted !== undefined) applyChange(state, zone, change.action, wanted, outcome, context.now, problems);
  }
  // What is wrong with single record sets says more than what they would be together.
  if (problems.length === 0) problems.push(...judgeOutcome(state, zone, outcome));
  if (problems.length > 0) throw route53Refusal('InvalidChangeBatch', `[${[...new Set(problems)].join(', ')}]`);
  checkQuota(context, 'recordSetsPerZone', () => countAfter(state, zone, outcome));
  const change = newZoneChange(state, context, input.comment);
  const changes: Change[] = [];
  for (const [id, set] of outcome) {
    const before = findSet(state, zone, id);
    if (set !== undefined) changes.push(put('recordSet', set));
    else if (before !== undefined) changes.push(remove('recordSet', before));
  }
  return { changes: [...changes, put('zoneChange', change)], result: change };
}

/** How many record sets the zone would have beside those of its own. */
function countAfter(state: State, zone: HostedZone, outcome: Outcome): number {
  let count = recordSetCount(state, zone) - OWN_RECORD_SETS;
  for (const [id, set] of outcome) count += Number(set !== undefined) - Number(findSet(state, zone, id) !== undefined);
  return count;
}

function checkSize(changes: readonly RecordSetChange[]): void {
  let records = 0;
  let characters = 0;
  for (const { action, values = [], alias } of changes) {
    const times = action === 'UPSERT' ? 2 : 1;
    records += times * (alias === undefined ? values.length : 1);
    characters += times * values.reduce((sum, value) => sum + value.length, 0);
  }
  if (records > MOST_RECORDS)
    throw route53Refusal('InvalidChangeBatch', `[Number of records limit of ${MOST_RECORDS} exceeded.]`);
  if (characters > MOST_CHARACTERS)
    throw route53Refusal('InvalidChangeBatch', `[Number of characters limit of ${MOST_CHARACTERS} exceeded.]`);
}

function findSet(state: State, zone: HostedZone, id: string): RecordSet | undefined {
  return state.tables.recordSet.get(keyOf(zone.account, zone.region, id));
}

function applyChange(
  state: State,
  zone: HostedZone,
  action: RecordSetChange['action'],
  wanted: WantedSet,
  outcome: Outcome,
  now: number,
  problems: string[],
): void {
  const { name, type, setIdentifier } = wanted;
  const id = recordSetId(zone.id, name, type, setIdentifier);
  const before = outcome.has(id) ? outcome.get(id) : findSet(state, zone, id);
  const shown = `[name='${name}.', type='${type}'${setIdentifier === undefined ? '' : `, set-identifier='${setIdentifier}'`}]`;
  // Only a DELETE may precede what is then made anew.
  if (outcome.get(id) !== undefined)
    problems.push(`The request contains an invalid set of changes for a resource record set '${type} ${name}.'`);
  if (action === 'DELETE') {
    if (before === undefined) problems.push(`Tried to delete resource record set ${shown} but it was not found`);
    else if (!isSame(before, wanted))
      problems.push(
        `Tried to delete resource record set ${shown} but the values provided do not match the current values`,
      );
    outcome.set(id, undefined);
    return;
  }
  if (action === 'CREATE' && before !== undefined)
    problems.push(`Tried to create resource record set ${shown} but it already exists`);
  outcome.set(id, {
    account: zone.account,
    region: zone.region,
    id,
    zoneKey: keyOfRecord(zone),
    zoneId: zone.id,
    ...wanted,
    createdAt: before?.createdAt ?? now,
    lastUpdatedAt: now,
    tags: {},
  });
}

function isSame(before: RecordSet, wanted: WantedSet): boolean {
  const values = new Set(wanted.values);
  return (
    before.ttl === wanted.ttl &&
    before.weight === wanted.weight &&
    before.values.length === values.size &&
    before.values.every((value) => values.has(value)) &&
    before.alias?.zoneId === wanted.alias?.zoneId &&
    before.alias?.name === wanted.alias?.name &&
    before.alias?.evaluateTargetHealth === wanted.alias?.evaluateTargetHealth
  );
}

/** What is wrong with the names that a batch touches, as they would be. */
function judgeOutcome(state: State, zone: HostedZone, outcome: Outcome): readonly string[] {
  const names = new Map<string, RecordSet[]>();
  for (const [id, after] of outcome) {
    const set = after ?? findSet(state, zone, id);
    if (set !== undefined && !names.has(set.name)) names.set(set.name, setsAfter(state, zone, set.name, outcome));
  }
  const problems: string[] = [];
  for (const [name, sets] of names) problems.push(...judgeName(zone, name, sets));
  for (const set of outcome.values())
    if (set?.alias?.zoneId === zone.id) {
      const { alias, type } = set;
      const targets = names.get(alias.name) ?? setsAfter(state, zone, alias.name, outcome);
      if (!targets.some((one) => one.type === type))
        problems.push(
          `Tried to create an alias that targets ${alias.name}., type ${type} in zone ${zone.id}, but that target was not found`,
        );
    }
  return problems;
}

function setsAfter(state: State, zone: HostedZone, name: string, outcome: Outcome): RecordSet[] {
  const sets = [...recordSetsOfName(state, zone, name)].filter(({ id }) => !outcome.has(id));
  for (const set of outcome.values()) if (set?.name === name) sets.push(set);
  return sets;
}

function judgeName(zone: HostedZone, name: string, sets: readonly RecordSet[]): readonly string[] {
  const types = new Set(sets.map(({ type }) => type));
  const problems: string[] = [];
  const apex = name === zone.name;
  if (types.has('CNAME')) {
    if (apex)
      problems.push(`RRSet of type CNAME with DNS name ${name}. is not permitted at apex in zone ${zone.name}.`);
    else if (types.size > 1)
      problems.push(
        `RRSet of type CNAME with DNS name ${name}. is not permitted as it conflicts with other records with the same DNS name in zone ${zone.name}.`,
      );
  }
  if (apex && !types.has('SOA')) problems.push('A HostedZone must contain exactly one SOA record.');
  if (apex && !types.has('NS')) problems.push('A HostedZone must contain at least one NS record for the zone itself.');
  if (!apex && types.has('SOA'))
    problems.push(`RRSet of type SOA with DNS name ${name}. is not permitted in zone ${zone.name}.`);
  for (const type of types) {
    const ofType = sets.filter((one) => one.type === type);
    if (ofType.length > 1 && ofType.some(({ setIdentifier }) => setIdentifier === undefined))
      problems.push(
        `RRSet with DNS name ${name}., type ${type} cannot be created because a non multi-value answer rrset exists with the same name and type.`,
      );
  }
  return problems;
}
