// How statuses move on: with the data plane's acknowledgement, or when the time to wait for it is over.

import { removeServiceAssociation } from '../association/index.ts';
import type { Context, Decided } from '../decision.ts';
import { plainCycle, resourceAssociationCycle, updatableCycle, type LifeCycle } from '../life-cycle.ts';
import type { Failure, Intent } from '../records/lattice.ts';
import { removeResourceConfiguration } from '../resource-configuration/index.ts';
import { removeVpcEndpoint } from '../vpc-endpoint/index.ts';
import { put, recordsBy, remove, type Change, type RecordTypes, type State } from '../state.ts';

/** The kinds of record whose status waits for data planes; each has a line below and in the index `waiting`. */
type CarriedKind =
  | 'serviceAssociation'
  | 'vpcAssociation'
  | 'vpcEndpoint'
  | 'resourceGateway'
  | 'resourceConfiguration'
  | 'resourceAssociation'
  | 'service'
  | 'targetGroup';

/** What is done for one kind: the changes, one list for each record that moves on. */
type Mover = (state: State, event: Event, context: Context) => readonly (readonly Change[])[];

interface Event {
  readonly kind: 'obey' | 'expire';
  /** Whether it has come for this record. */
  readonly due: (one: Partial<Intent>) => boolean;
  /** What the records get beside their status. */
  readonly failure: Failure;
}

/** A zone's change is INSYNC when every data plane obeys it, however long that takes. */
const zoneChanges: Mover = (state, event, context) =>
  recordsBy(state, 'zoneChange', 'waiting', 'zoneChange').flatMap((one) =>
    event.kind === 'obey' && event.due(one)
      ? [[put('zoneChange', { ...one, status: 'INSYNC', lastUpdatedAt: context.now })]]
      : [],
  );

const movers: readonly Mover[] = [
  zoneChanges,
  mover('serviceAssociation', plainCycle, removeServiceAssociation),
  mover('vpcAssociation', updatableCycle, (_state, one) => [remove('vpcAssociation', one)]),
  mover('vpcEndpoint', updatableCycle, removeVpcEndpoint),
  mover('resourceGateway', updatableCycle, (_state, one) => [remove('resourceGateway', one)]),
  mover('service', plainCycle, (_state, one) => [remove('service', one)]),
  mover('targetGroup', plainCycle, (_state, one) => [remove('targetGroup', one)]),
  mover('resourceAssociation', resourceAssociationCycle, (_state, one) => [remove('resourceAssociation', one)]),
  mover('resourceConfiguration', updatableCycle, removeResourceConfiguration),
];

function mover<K extends CarriedKind>(
  kind: K,
  cycle: LifeCycle<RecordTypes[K]['status']>,
  letGo: (state: State, record: RecordTypes[K], context: Context) => readonly Change[],
): Mover {
  return (state, event, context) =>
    recordsBy(state, kind, 'waiting', kind).flatMap((one) => {
      const status: RecordTypes[K]['status'] = one.status;
      const next = cycle[status][event.kind];
      if (next === undefined || !event.due(one)) return [];
      if (next === 'gone') return [letGo(state, one, context)];
      return [[put(kind, { ...one, ...event.failure, status: next, lastUpdatedAt: context.now })]];
    });
}

function moveAll(state: State, event: Event, context: Context): Decided<number> {
  const moved = movers.flatMap((move) => move(state, event, context));
  return { changes: moved.flat(), result: moved.length };
}

/**
 * What the data plane's obedience to `obeyedRevision` means: creations and updates are ACTIVE, deletions are done. What had
 * its time before stays as it is. Result: how many records moved on.
 */
export function advanceStatuses(
  state: State,
  input: { readonly obeyedRevision: number },
  context: Context,
): Decided<number> {
  const due = (one: Partial<Intent>): boolean => (one.intentRevision ?? 0) <= input.obeyedRevision;
  return moveAll(state, { kind: 'obey', due, failure: {} }, context);
}

/**
 * Fails creations, updates and deletions that wait longer than `timeout` milliseconds, counted from their intent or from
 * `countedFrom` (when the present control process began), whichever is later. Result: how many failed.
 */
export function failOverdue(
  state: State,
  input: { readonly timeout: number; readonly countedFrom: number },
  context: Context,
): Decided<number> {
  const due = (one: Partial<Intent>): boolean =>
    context.now - Math.max(one.intentAt ?? 0, input.countedFrom) >= input.timeout;
  const failure = {
    failureCode: 'DataPlaneTimeout',
    failureMessage: `The data plane did not confirm this within ${input.timeout / 1000} seconds.`,
  };
  return moveAll(state, { kind: 'expire', due, failure }, context);
}

/** Whether the status of anything waits for the data plane. */
export function hasWaiting(state: State): boolean {
  return !state.indexes.waiting.isEmpty();
}
