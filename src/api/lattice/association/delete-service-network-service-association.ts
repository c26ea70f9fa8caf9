// DeleteServiceNetworkServiceAssociation.

import type {
  DeleteServiceNetworkServiceAssociationRequest,
  DeleteServiceNetworkServiceAssociationResponse,
} from '@aws-sdk/client-vpc-lattice';
import { deleteServiceAssociation as decide } from '../../../domain/association/index.ts';
import { change, type Valid, type Wire } from '../../operation.ts';
import { describeServiceAssociation } from './describe-association.ts';

/** Ends the association of a service with a service network. */
export const deleteServiceNetworkServiceAssociation = change(
  'DeleteServiceNetworkServiceAssociation',
  decide,
  (request: Valid<DeleteServiceNetworkServiceAssociationRequest>) => ({
    serviceAssociationIdentifier: request.serviceNetworkServiceAssociationIdentifier,
  }),
  (association, state): Wire<DeleteServiceNetworkServiceAssociationResponse> =>
    describeServiceAssociation(state, association),
);
