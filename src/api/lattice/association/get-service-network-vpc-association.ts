// GetServiceNetworkVpcAssociation.

import type {
  GetServiceNetworkVpcAssociationRequest,
  GetServiceNetworkVpcAssociationResponse,
} from '@aws-sdk/client-vpc-lattice';
import { getVpcAssociation as find } from '../../../domain/association/index.ts';
import { read, type Valid, type Wire } from '../../operation.ts';
import { describeVpcAssociation } from './describe-association.ts';

/** Shows the association of a VPC. */
export const getServiceNetworkVpcAssociation = read(
  'GetServiceNetworkVpcAssociation',
  (
    state,
    request: Valid<GetServiceNetworkVpcAssociationRequest>,
    call,
  ): Wire<GetServiceNetworkVpcAssociationResponse> =>
    describeVpcAssociation(state, find(state, call, request.serviceNetworkVpcAssociationIdentifier)),
);
