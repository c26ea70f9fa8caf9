// ListServiceNetworkResourceAssociations.

import type {
  ListServiceNetworkResourceAssociationsRequest,
  ListServiceNetworkResourceAssociationsResponse,
} from '@aws-sdk/client-vpc-lattice';
import { listResourceAssociations as list } from '../../../domain/association/index.ts';
import { paginate } from '../../../domain/index.ts';
import { read, type Valid, type Wire } from '../../operation.ts';
import { describeResourceAssociationFully } from './describe-resource-association.ts';

/** Lists the associations of a service network, a resource configuration, or both. */
export const listServiceNetworkResourceAssociations = read(
  'ListServiceNetworkResourceAssociations',
  (
    state,
    request: Valid<ListServiceNetworkResourceAssociationsRequest>,
    call,
  ): Wire<ListServiceNetworkResourceAssociationsResponse> => {
    const { items, nextToken } = paginate(list(state, call, request), request);
    return {
      items: items.map(({ association, configuration }) =>
        describeResourceAssociationFully(state, association, configuration),
      ),
      nextToken,
    };
  },
);
