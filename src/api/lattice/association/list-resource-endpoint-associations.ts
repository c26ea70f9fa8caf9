// ListResourceEndpointAssociations.

import type {
  ListResourceEndpointAssociationsRequest,
  ListResourceEndpointAssociationsResponse,
} from '@aws-sdk/client-vpc-lattice';
import { listResourceEndpointAssociations as list } from '../../../domain/association/index.ts';
import { paginate } from '../../../domain/index.ts';
import { read, type Valid, type Wire } from '../../operation.ts';
import { describeResourceEndpoint } from './describe-endpoint-association.ts';

/** Lists the VPC endpoints of a resource configuration. */
export const listResourceEndpointAssociations = read(
  'ListResourceEndpointAssociations',
  (
    state,
    request: Valid<ListResourceEndpointAssociationsRequest>,
    call,
  ): Wire<ListResourceEndpointAssociationsResponse> => {
    const { items, nextToken } = paginate(list(state, call, request), request);
    return { items: items.map((one) => describeResourceEndpoint(state, one)), nextToken };
  },
);
