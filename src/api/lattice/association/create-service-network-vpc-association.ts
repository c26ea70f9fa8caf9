// CreateServiceNetworkVpcAssociation.

import type {
  CreateServiceNetworkVpcAssociationRequest,
  CreateServiceNetworkVpcAssociationResponse,
} from '@aws-sdk/client-vpc-lattice';
import { createVpcAssociation as decide, judgeNewVpcAssociation } from '../../../domain/association/index.ts';
import { changeOnce, type Valid, type Wire } from '../../operation.ts';
import { withoutToken } from '../without-token.ts';
import { describeVpcAssociationView } from './describe-association.ts';

/** Associates a VPC with a service network. */
export const createServiceNetworkVpcAssociation = changeOnce(
  'CreateServiceNetworkVpcAssociation',
  decide,
  (request: Valid<CreateServiceNetworkVpcAssociationRequest>) => withoutToken(request),
  (result): Wire<CreateServiceNetworkVpcAssociationResponse> => describeVpcAssociationView(result),
  judgeNewVpcAssociation,
);
