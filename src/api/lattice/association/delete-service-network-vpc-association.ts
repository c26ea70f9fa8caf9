// DeleteServiceNetworkVpcAssociation.

import type {
  DeleteServiceNetworkVpcAssociationRequest,
  DeleteServiceNetworkVpcAssociationResponse,
} from '@aws-sdk/client-vpc-lattice';
import { deleteVpcAssociation as decide } from '../../../domain/association/index.ts';
import { change, type Valid, type Wire } from '../../operation.ts';
import { describeVpcAssociation } from './describe-association.ts';

/** Ends the association of a VPC with a service network. */
export const deleteServiceNetworkVpcAssociation = change(
  'DeleteServiceNetworkVpcAssociation',
  decide,
  (request: Valid<DeleteServiceNetworkVpcAssociationRequest>) => ({
    vpcAssociationIdentifier: request.serviceNetworkVpcAssociationIdentifier,
  }),
  (association, state): Wire<DeleteServiceNetworkVpcAssociationResponse> => describeVpcAssociation(state, association),
);
