// Reading services.

import { findResource, getResource, type Caller } from '../identifiers.ts';
import { listBy, type RecordList } from '../page.ts';
import type { Service } from '../records/lattice.ts';
import { ownedIndexValue } from '../state-indexes.ts';
import type { State } from '../state.ts';

/** The service that an id or ARN names, or undefined. */
export function findService(state: State, caller: Caller, identifier: string): Service | undefined {
  return findResource(state, caller, 'service', identifier);
}

/** As `findService`; refused with `ResourceNotFound` when absent. */
export function getService(state: State, caller: Caller, identifier: string): Service {
  return getResource(state, caller, 'service', identifier);
}

/** The caller's services. */
export function listServices(state: State, caller: Caller): RecordList<Service> {
  return listBy(state, 'service', 'owned', ownedIndexValue('service', caller));
}
