// How the status of an association moves on: with the data plane's acknowledgement, or when its time is up.

import type { Context, Decided } from '../decision.ts';
import type { Association } from '../records/lattice.ts';
import { put, recordsBy, remove, type Change, type State } from '../state.ts';
import { removeServiceAssociation } from './service-association.ts';

/** Whether the association is carried by data planes: not when it failed to be created or is being deleted. */
export function isCarried(association: { readonly status: string }): boolean {
  return association.status !== 'CREATE_FAILED' && association.status !== 'DELETE_IN_PROGRESS';
}

/**
 * What the data plane's obedience to `obeyedRevision` means: creations and updates are ACTIVE, deletions are done. An
 * association whose time was up before stays as it is. Result: how many associations moved on.
 */
export function advanceAssociations(
  state: State,
  input: { readonly obeyedRevision: number },
  context: Context,
): Decided<number> {
  const { services, vpcs } = waiting(state);
  const obeyed = (one: Association): boolean => one.intentRevision <= input.obeyedRevision;
  const changes: Change[] = [];
  let moved = 0;
  for (const one of services.filter(obeyed)) {
    moved++;
    if (one.status !== 'DELETE_IN_PROGRESS')
      changes.push(put('serviceAssociation', { ...one, status: 'ACTIVE', lastUpdatedAt: context.now }));
    else changes.push(...removeServiceAssociation(state, one, context));
  }
  for (const one of vpcs.filter(obeyed)) {
    moved++;
    if (one.status === 'DELETE_IN_PROGRESS') changes.push(remove('vpcAssociation', one));
    else changes.push(put('vpcAssociation', { ...one, status: 'ACTIVE', lastUpdatedAt: context.now }));
  }
  return { changes, result: moved };
}

/**
 * Fails creations and updates that wait longer than `timeout` milliseconds, counted from their intent or from
 * `countedFrom` (when the present control process began), whichever is later. A deletion waits on. Result: how many failed.
 */
export function failOverdueAssociations(
  state: State,
  input: { readonly timeout: number; readonly countedFrom: number },
  context: Context,
): Decided<number> {
  const { services, vpcs } = waiting(state);
  const overdue = (one: Association): boolean =>
    context.now - Math.max(one.intentAt, input.countedFrom) >= input.timeout;
  const failure = {
    failureCode: 'DataPlaneTimeout',
    failureMessage: `The data plane did not confirm the association within ${input.timeout / 1000} seconds.`,
    lastUpdatedAt: context.now,
  };
  const changes: Change[] = [];
  for (const one of services)
    if (one.status === 'CREATE_IN_PROGRESS' && overdue(one))
      changes.push(put('serviceAssociation', { ...one, ...failure, status: 'CREATE_FAILED' }));
  for (const one of vpcs) {
    if (!overdue(one)) continue;
    if (one.status === 'CREATE_IN_PROGRESS')
      changes.push(put('vpcAssociation', { ...one, ...failure, status: 'CREATE_FAILED' }));
    else if (one.status === 'UPDATE_IN_PROGRESS')
      changes.push(put('vpcAssociation', { ...one, ...failure, status: 'UPDATE_FAILED' }));
  }
  return { changes, result: changes.length };
}

/** Whether any association waits for the data plane. */
export function hasWaitingAssociations(state: State): boolean {
  return !state.indexes.waitingServiceAssociations.isEmpty() || !state.indexes.waitingVpcAssociations.isEmpty();
}

function waiting(state: State) {
  return {
    services: recordsBy(state, 'serviceAssociation', 'waitingServiceAssociations', 'all'),
    vpcs: recordsBy(state, 'vpcAssociation', 'waitingVpcAssociations', 'all'),
  };
}
