// Reading resource gateways.

import { getResource, type Caller } from '../identifiers.ts';
import { listBy, type RecordList } from '../page.ts';
import type { ResourceGateway } from '../records/resource.ts';
import { ownedIndexValue } from '../state-indexes.ts';
import type { State } from '../state.ts';

/** The resource gateway that an id or ARN names; refused with `ResourceNotFound` when absent. */
export function getResourceGateway(state: State, caller: Caller, identifier: string): ResourceGateway {
  return getResource(state, caller, 'resourceGateway', identifier);
}

/** The caller's resource gateways. */
export function listResourceGateways(state: State, caller: Caller): RecordList<ResourceGateway> {
  return listBy(state, 'resourceGateway', 'owned', ownedIndexValue('resourceGateway', caller));
}
