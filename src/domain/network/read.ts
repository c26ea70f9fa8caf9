// Reading service networks.

import { findResource, getResource, type Caller } from '../identifiers.ts';
import { listBy, type RecordList } from '../page.ts';
import { keyOfRecord } from '../records/base.ts';
import type { ServiceNetwork } from '../records/lattice.ts';
import { ownedIndexValue } from '../state-indexes.ts';
import { countBy, type State } from '../state.ts';

/** The service network that an id or ARN names, or undefined. */
export function findServiceNetwork(state: State, caller: Caller, identifier: string): ServiceNetwork | undefined {
  return findResource(state, caller, 'serviceNetwork', identifier);
}

/** As `findServiceNetwork`; refused with `ResourceNotFound` when absent. */
export function getServiceNetwork(state: State, caller: Caller, identifier: string): ServiceNetwork {
  return getResource(state, caller, 'serviceNetwork', identifier);
}

/** The caller's service networks. */
export function listServiceNetworks(state: State, caller: Caller): RecordList<ServiceNetwork> {
  return listBy(state, 'serviceNetwork', 'owned', ownedIndexValue('serviceNetwork', caller));
}

/** How many VPCs, services, resource configurations and VPC endpoints are associated with a service network, whatever their status. */
export function countAssociations(
  state: State,
  network: ServiceNetwork,
): { readonly vpcs: number; readonly services: number; readonly resources: number; readonly endpoints: number } {
  const key = keyOfRecord(network);
  return {
    vpcs: countBy(state, 'vpcAssociationsByNetwork', key),
    services: countBy(state, 'serviceAssociationsByNetwork', key),
    resources: countBy(state, 'resourceAssociationsByNetwork', key),
    endpoints: countBy(state, 'networkEndpointsByNetwork', key),
  };
}
