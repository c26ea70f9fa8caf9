// CreateServiceNetworkVpcAssociation.

import type {
  CreateServiceNetworkVpcAssociationRequest,
  CreateServiceNetworkVpcAssociationResponse,
} from '@aws-sdk/client-vpc-lattice';
import { createVpcAssociation as decide } from '../../../domain/association/index.ts';
import { change, type Valid, type Wire } from '../../operation.ts';
import { withoutToken } from '../without-token.ts';
import { describeVpcAssociation } from './describe-association.ts';

/** Associates a VPC with a service network. */
export const createServiceNetworkVpcAssociation = change(
  'CreateServiceNetworkVpcAssociation',
  decide,
  (request: Valid<CreateServiceNetworkVpcAssociationRequest>) => withoutToken(request),
  (association, state): Wire<CreateServiceNetworkVpcAssociationResponse> => describeVpcAssociation(state, association),
);
