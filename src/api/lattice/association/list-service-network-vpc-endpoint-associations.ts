// ListServiceNetworkVpcEndpointAssociations.

import type {
  ListServiceNetworkVpcEndpointAssociationsRequest,
  ListServiceNetworkVpcEndpointAssociationsResponse,
} from '@aws-sdk/client-vpc-lattice';
import { listNetworkEndpointAssociations as list } from '../../../domain/association/index.ts';
import { paginate } from '../../../domain/index.ts';
import { read, type Valid, type Wire } from '../../operation.ts';
import { describeNetworkEndpoint } from './describe-endpoint-association.ts';

/** Lists the VPC endpoints of a service network. */
export const listServiceNetworkVpcEndpointAssociations = read(
  'ListServiceNetworkVpcEndpointAssociations',
  (
    state,
    request: Valid<ListServiceNetworkVpcEndpointAssociationsRequest>,
    call,
  ): Wire<ListServiceNetworkVpcEndpointAssociationsResponse> => {
    const { items, nextToken } = paginate(list(state, call, request.serviceNetworkIdentifier), request);
    return { items: items.map((one) => describeNetworkEndpoint(state, one)), nextToken };
  },
);
