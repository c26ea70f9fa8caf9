// CreateServiceNetworkResourceAssociation.

import type {
  CreateServiceNetworkResourceAssociationRequest,
  CreateServiceNetworkResourceAssociationResponse,
} from '@aws-sdk/client-vpc-lattice';
import { createResourceAssociation as decide, judgeNewResourceAssociation } from '../../../domain/association/index.ts';
import { changeOnce, type Valid, type Wire } from '../../operation.ts';
import { withoutToken } from '../without-token.ts';
import { describeResourceAssociation } from './describe-resource-association.ts';

/** Associates a resource configuration with a service network. */
export const createServiceNetworkResourceAssociation = changeOnce(
  'CreateServiceNetworkResourceAssociation',
  decide,
  (request: Valid<CreateServiceNetworkResourceAssociationRequest>) => withoutToken(request),
  (association): Wire<CreateServiceNetworkResourceAssociationResponse> => describeResourceAssociation(association),
  judgeNewResourceAssociation,
);
