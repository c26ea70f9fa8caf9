// GetServiceNetworkServiceAssociation.

import type {
  GetServiceNetworkServiceAssociationRequest,
  GetServiceNetworkServiceAssociationResponse,
} from '@aws-sdk/client-vpc-lattice';
import { getServiceAssociation as find } from '../../../domain/association/index.ts';
import { read, type Valid, type Wire } from '../../operation.ts';
import { describeServiceAssociation } from './describe-association.ts';

/** Shows the association of a service. */
export const getServiceNetworkServiceAssociation = read(
  'GetServiceNetworkServiceAssociation',
  (
    state,
    request: Valid<GetServiceNetworkServiceAssociationRequest>,
    call,
  ): Wire<GetServiceNetworkServiceAssociationResponse> =>
    describeServiceAssociation(state, find(state, call, request.serviceNetworkServiceAssociationIdentifier)),
);
