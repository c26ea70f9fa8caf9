// Associations of VPC endpoints, which EC2 makes: listed, and those of resources cut off by the resource's owner.

import type { Context, Decided } from '../decision.ts';
import { findResource, getResource, type Caller } from '../identifiers.ts';
import { listBy, listOf, type RecordList } from '../page.ts';
import { keyOfRecord } from '../records/base.ts';
import type { NetworkEndpointAssociation, ResourceEndpointAssociation } from '../records/endpoint.ts';
import { remove, type State } from '../state.ts';

export interface ResourceEndpointFilter {
  readonly resourceConfigurationIdentifier: string;
  /** Id or ARN. */
  readonly resourceEndpointAssociationIdentifier?: string;
  readonly vpcEndpointId?: string;
  readonly vpcEndpointOwner?: string;
}

/** The endpoints of a resource configuration that pass every filter; an unknown configuration has none. */
export function listResourceEndpointAssociations(
  state: State,
  caller: Caller,
  filter: ResourceEndpointFilter,
): RecordList<ResourceEndpointAssociation> {
  const { resourceEndpointAssociationIdentifier: identifier, vpcEndpointId, vpcEndpointOwner } = filter;
  const configuration = findResource(state, caller, 'resourceConfiguration', filter.resourceConfigurationIdentifier);
  const association =
    identifier === undefined ? undefined : findResource(state, caller, 'resourceEndpointAssociation', identifier);
  if (configuration === undefined || (identifier !== undefined && association === undefined))
    return listOf('nothing', []);
  return listBy(state, 'resourceEndpointAssociation', 'resourceEndpointsByConfiguration', keyOfRecord(configuration), {
    name: [association?.id, vpcEndpointId, vpcEndpointOwner].map((one) => one ?? '-').join(' '),
    passes: (one) =>
      (association === undefined || one.id === association.id) &&
      (vpcEndpointId === undefined || one.vpcEndpointId === vpcEndpointId) &&
      (vpcEndpointOwner === undefined || one.vpcEndpointOwner === vpcEndpointOwner),
  });
}

/** DeleteResourceEndpointAssociation: the endpoint reaches the resource no longer. */
export function deleteResourceEndpointAssociation(
  state: State,
  input: { readonly resourceEndpointAssociationIdentifier: string },
  context: Context,
): Decided<ResourceEndpointAssociation> {
  const identifier = input.resourceEndpointAssociationIdentifier;
  const association = getResource(state, context, 'resourceEndpointAssociation', identifier);
  return { changes: [remove('resourceEndpointAssociation', association)], result: association };
}

/** The endpoints of a service network; an unknown network has none. */
export function listNetworkEndpointAssociations(
  state: State,
  caller: Caller,
  serviceNetworkIdentifier: string,
): RecordList<NetworkEndpointAssociation> {
  const network = findResource(state, caller, 'serviceNetwork', serviceNetworkIdentifier);
  if (network === undefined) return listOf('nothing', []);
  return listBy(state, 'networkEndpointAssociation', 'networkEndpointsByNetwork', keyOfRecord(network));
}
