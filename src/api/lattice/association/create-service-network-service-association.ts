// CreateServiceNetworkServiceAssociation.

import type {
  CreateServiceNetworkServiceAssociationRequest,
  CreateServiceNetworkServiceAssociationResponse,
} from '@aws-sdk/client-vpc-lattice';
import { createServiceAssociation as decide } from '../../../domain/association/index.ts';
import { judgeTags } from '../../../domain/tag/index.ts';
import { changeOnce, type Valid, type Wire } from '../../operation.ts';
import { withoutToken } from '../without-token.ts';
import { describeServiceAssociationView } from './describe-association.ts';

/** Associates a service with a service network. */
export const createServiceNetworkServiceAssociation = changeOnce(
  'CreateServiceNetworkServiceAssociation',
  decide,
  (request: Valid<CreateServiceNetworkServiceAssociationRequest>) => withoutToken(request),
  (result): Wire<CreateServiceNetworkServiceAssociationResponse> => describeServiceAssociationView(result),
  judgeTags,
);
