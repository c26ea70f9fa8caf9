// DeleteServiceNetworkResourceAssociation.

import type {
  DeleteServiceNetworkResourceAssociationRequest,
  DeleteServiceNetworkResourceAssociationResponse,
} from '@aws-sdk/client-vpc-lattice';
import { deleteResourceAssociation as decide } from '../../../domain/association/index.ts';
import { change, type Valid, type Wire } from '../../operation.ts';
import { describeResourceAssociation } from './describe-resource-association.ts';

/** Ends the association of a resource configuration with a service network. */
export const deleteServiceNetworkResourceAssociation = change(
  'DeleteServiceNetworkResourceAssociation',
  decide,
  (request: Valid<DeleteServiceNetworkResourceAssociationRequest>) => ({
    resourceAssociationIdentifier: request.serviceNetworkResourceAssociationIdentifier,
  }),
  (association): Wire<DeleteServiceNetworkResourceAssociationResponse> => describeResourceAssociation(association),
);
