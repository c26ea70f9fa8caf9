// CreateServiceNetworkServiceAssociation.

import type {
  CreateServiceNetworkServiceAssociationRequest,
  CreateServiceNetworkServiceAssociationResponse,
} from '@aws-sdk/client-vpc-lattice';
import { createServiceAssociation as decide } from '../../../domain/association/index.ts';
import { change, type Valid, type Wire } from '../../operation.ts';
import { withoutToken } from '../without-token.ts';
import { describeServiceAssociation } from './describe-association.ts';

/** Associates a service with a service network. */
export const createServiceNetworkServiceAssociation = change(
  'CreateServiceNetworkServiceAssociation',
  decide,
  (request: Valid<CreateServiceNetworkServiceAssociationRequest>) => withoutToken(request),
  ({ association }, state): Wire<CreateServiceNetworkServiceAssociationResponse> =>
    describeServiceAssociation(state, association),
);
