// ListServiceNetworkServiceAssociations.

import type {
  ListServiceNetworkServiceAssociationsRequest,
  ListServiceNetworkServiceAssociationsResponse,
} from '@aws-sdk/client-vpc-lattice';
import { listServiceAssociations as list, judgeServiceAssociationFilter } from '../../../domain/association/index.ts';
import { read, type Valid, type Wire } from '../../operation.ts';
import { paginate } from '../../../domain/index.ts';
import { describeServiceAssociation } from './describe-association.ts';

/** Lists the associations of a service network, a service, or both. */
export const listServiceNetworkServiceAssociations = read(
  'ListServiceNetworkServiceAssociations',
  (
    state,
    request: Valid<ListServiceNetworkServiceAssociationsRequest>,
    call,
  ): Wire<ListServiceNetworkServiceAssociationsResponse> => {
    const { items, nextToken } = paginate(list(state, call, request), request);
    return { items: items.map((one) => describeServiceAssociation(state, one)), nextToken };
  },
  judgeServiceAssociationFilter,
);
