// ListServiceNetworkVpcAssociations.

import type {
  ListServiceNetworkVpcAssociationsRequest,
  ListServiceNetworkVpcAssociationsResponse,
} from '@aws-sdk/client-vpc-lattice';
import { listVpcAssociations as list, judgeVpcAssociationFilter } from '../../../domain/association/index.ts';
import { read, type Valid, type Wire } from '../../operation.ts';
import { paginate } from '../../../domain/index.ts';
import { describeVpcAssociation } from './describe-association.ts';

/** Lists the associations of a service network, a VPC, or both. */
export const listServiceNetworkVpcAssociations = read(
  'ListServiceNetworkVpcAssociations',
  (
    state,
    request: Valid<ListServiceNetworkVpcAssociationsRequest>,
    call,
  ): Wire<ListServiceNetworkVpcAssociationsResponse> => {
    const { items, nextToken } = paginate(list(state, call, request), request);
    return { items: items.map((one) => describeVpcAssociation(state, one)), nextToken };
  },
  judgeVpcAssociationFilter,
);
