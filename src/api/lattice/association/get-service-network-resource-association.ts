// GetServiceNetworkResourceAssociation.

import type {
  GetServiceNetworkResourceAssociationRequest,
  GetServiceNetworkResourceAssociationResponse,
} from '@aws-sdk/client-vpc-lattice';
import { getResourceAssociation as find } from '../../../domain/association/index.ts';
import { read, type Valid, type Wire } from '../../operation.ts';
import { describeResourceAssociationFully } from './describe-resource-association.ts';

/** Shows the association of a resource configuration. */
export const getServiceNetworkResourceAssociation = read(
  'GetServiceNetworkResourceAssociation',
  (
    state,
    request: Valid<GetServiceNetworkResourceAssociationRequest>,
    call,
  ): Wire<GetServiceNetworkResourceAssociationResponse> => {
    const association = find(state, call, request.serviceNetworkResourceAssociationIdentifier);
    const configuration = state.tables.resourceConfiguration.get(association.resourceConfigurationKey);
    return describeResourceAssociationFully(state, association, configuration);
  },
);
