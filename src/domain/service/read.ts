// Reading services.

import { findResource, getResource, type Caller } from '../identifiers.ts';
import type { Service } from '../records/lattice.ts';
import type { State } from '../state.ts';

/** The service that an id or ARN names, or undefined. */
export function findService(state: State, caller: Caller, identifier: string): Service | undefined {
  return findResource(state, caller, 'service', identifier);
}

/** As `findService`; refused with `ResourceNotFound` when absent. */
export function getService(state: State, caller: Caller, identifier: string): Service {
  return getResource(state, caller, 'service', identifier);
}

/** The caller's services, in no particular order (`paginate` orders them). */
export function listServices(state: State, caller: Caller): Service[] {
  return [...state.tables.service.values()].filter(
    (service) => service.account === caller.account && service.region === caller.region,
  );
}
