// Reading service networks.

import { findResource, getResource, type Caller } from '../identifiers.ts';
import { keyOfRecord } from '../records/base.ts';
import type { ServiceNetwork } from '../records/lattice.ts';
import type { State } from '../state.ts';

/** The service network that an id or ARN names, or undefined. */
export function findServiceNetwork(state: State, caller: Caller, identifier: string): ServiceNetwork | undefined {
  return findResource(state, caller, 'serviceNetwork', identifier);
}

/** As `findServiceNetwork`; refused with `ResourceNotFound` when absent. */
export function getServiceNetwork(state: State, caller: Caller, identifier: string): ServiceNetwork {
  return getResource(state, caller, 'serviceNetwork', identifier);
}

/** The caller's service networks, in no particular order (`paginate` orders them). */
export function listServiceNetworks(state: State, caller: Caller): ServiceNetwork[] {
  return [...state.tables.serviceNetwork.values()].filter(
    (network) => network.account === caller.account && network.region === caller.region,
  );
}

/** How many VPCs and services are associated with a service network, whatever their status. */
export function countAssociations(
  state: State,
  network: ServiceNetwork,
): { readonly vpcs: number; readonly services: number } {
  const key = keyOfRecord(network);
  return {
    vpcs: state.indexes.vpcAssociationsByNetwork.get(key)?.size ?? 0,
    services: state.indexes.serviceAssociationsByNetwork.get(key)?.size ?? 0,
  };
}
