// UpdateServiceNetworkVpcAssociation.

import type {
  UpdateServiceNetworkVpcAssociationRequest,
  UpdateServiceNetworkVpcAssociationResponse,
} from '@aws-sdk/client-vpc-lattice';
import { updateVpcAssociation as decide, judgeVpcAssociationUpdate } from '../../../domain/association/index.ts';
import { change, type Valid, type Wire } from '../../operation.ts';
import { describeVpcAssociation } from './describe-association.ts';

/** Changes security groups or private DNS of a VPC association. */
export const updateServiceNetworkVpcAssociation = change(
  'UpdateServiceNetworkVpcAssociation',
  decide,
  ({
    serviceNetworkVpcAssociationIdentifier: vpcAssociationIdentifier,
    ...rest
  }: Valid<UpdateServiceNetworkVpcAssociationRequest>) => ({ vpcAssociationIdentifier, ...rest }),
  (association, state): Wire<UpdateServiceNetworkVpcAssociationResponse> => describeVpcAssociation(state, association),
  judgeVpcAssociationUpdate,
);
