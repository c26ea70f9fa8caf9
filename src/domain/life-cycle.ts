// The life cycles of resources as tables: what each status becomes when something happens to its resource.

import type { Failure, Intent, Status, VpcAssociationStatus } from './records/lattice.ts';
import type { ResourceAssociationStatus, VerificationStatus } from './records/resource.ts';
import { conflict, wordsOf, type ResourceType } from './refusal.ts';

/** What events make of one status; an event that is not named leaves it as it is. */
export interface Transitions<S extends string> {
  /** A call that changes the resource. */
  readonly update?: S | 'refused';
  /** A call that deletes it; `gone`: at once. */
  readonly delete?: S | 'gone' | 'refused';
  /** Every data plane obeys the last call. */
  readonly obey?: S | 'gone';
  /** The time to wait for that is over. */
  readonly expire?: S;
  /** What somebody else has to publish was looked for: it is there. */
  readonly seen?: S;
  /** It is not there. */
  readonly missed?: S;
}

/** The transitions of every status of a resource. */
export type LifeCycle<S extends string> = Readonly<Record<S, Transitions<S>>>;

/** What every resource goes through that data planes carry (behaviour.md 2). What failed to be made nobody has to confirm as gone. */
const common = {
  CREATE_IN_PROGRESS: { update: 'refused', delete: 'refused', obey: 'ACTIVE', expire: 'CREATE_FAILED' },
  CREATE_FAILED: { update: 'refused', delete: 'gone' },
  DELETE_IN_PROGRESS: { update: 'refused', obey: 'gone', expire: 'DELETE_FAILED' },
  DELETE_FAILED: { update: 'refused', delete: 'DELETE_IN_PROGRESS' },
} as const;

/**
 * What has no update that data planes confirm. Of service associations nothing can be changed; services and target groups are made
 * and changed at once, because nothing carries them before something else does.
 */
export const plainCycle: LifeCycle<Status> = {
  ...common,
  ACTIVE: { delete: 'DELETE_IN_PROGRESS' },
};

/** Resource associations. */
export const resourceAssociationCycle: LifeCycle<ResourceAssociationStatus> = {
  ...plainCycle,
  PARTIAL: { delete: 'DELETE_IN_PROGRESS' },
};

/** What has an update that data planes confirm: VPC associations, resource gateways and configurations. */
export const updatableCycle: LifeCycle<VpcAssociationStatus> = {
  ...common,
  ACTIVE: { update: 'UPDATE_IN_PROGRESS', delete: 'DELETE_IN_PROGRESS' },
  UPDATE_IN_PROGRESS: { update: 'refused', delete: 'refused', obey: 'ACTIVE', expire: 'UPDATE_FAILED' },
  UPDATE_FAILED: { update: 'UPDATE_IN_PROGRESS', delete: 'DELETE_IN_PROGRESS' },
};

/** Domain verifications: the time is that to publish the TXT record. */
export const verificationCycle: LifeCycle<VerificationStatus> = {
  PENDING: { seen: 'VERIFIED', expire: 'VERIFICATION_TIMED_OUT' },
  VERIFIED: { seen: 'VERIFIED', missed: 'VERIFICATION_TIMED_OUT' },
  VERIFICATION_TIMED_OUT: {},
};

interface Standing<S extends string> {
  readonly id: string;
  readonly status: S;
}

/** The status in which a changing call leaves `record`; refused with `Conflict` when the present one does not allow it. */
export function updatedStatus<S extends string>(cycle: LifeCycle<S>, record: Standing<S>, type: ResourceType): S {
  const next = cycle[record.status].update ?? record.status;
  if (next === 'refused') throw unfit(record, type);
  return next;
}

/** As `updatedStatus` for a deleting call; `gone` when nobody has to confirm it. */
export function deletedStatus<S extends string>(
  cycle: LifeCycle<S>,
  record: Standing<S>,
  type: ResourceType,
): S | 'gone' {
  const next = cycle[record.status].delete ?? record.status;
  if (next === 'refused') throw unfit(record, type);
  return next;
}

/**
 * `record` as a call of now leaves it: in a `status` that waits for data planes to obey the revision which writes it, and without
 * the reason of an earlier failure.
 */
export function withIntent<T extends Failure & { readonly status: string }, S extends T['status']>(
  record: T,
  status: S,
  state: { readonly revision: number },
  { now }: { readonly now: number },
): Omit<T, keyof Failure> & Intent & { readonly status: S; readonly lastUpdatedAt: number } {
  const { failureCode: _code, failureMessage: _message, ...kept } = record;
  return { ...kept, status, intentRevision: state.revision + 1, intentAt: now, lastUpdatedAt: now };
}

function unfit({ id, status }: Standing<string>, type: ResourceType): Error {
  return conflict(type, id, `The ${wordsOf(type)} ${id} is ${status}, which does not allow this.`);
}

/** Whether data planes carry what has this status: not when it failed to be made, is being deleted or failed to be deleted. */
export function isCarried({ status }: { readonly status: string }): boolean {
  return status !== 'CREATE_FAILED' && status !== 'DELETE_IN_PROGRESS' && status !== 'DELETE_FAILED';
}
