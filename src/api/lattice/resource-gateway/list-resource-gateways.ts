// ListResourceGateways.

import type { ListResourceGatewaysRequest, ListResourceGatewaysResponse } from '@aws-sdk/client-vpc-lattice';
import { paginate } from '../../../domain/index.ts';
import { listResourceGateways as list } from '../../../domain/resource-gateway/index.ts';
import { read, type Valid, type Wire } from '../../operation.ts';
import { describeResourceGateway } from './describe-resource-gateway.ts';

/** Lists the caller's resource gateways. */
export const listResourceGateways = read(
  'ListResourceGateways',
  (state, request: Valid<ListResourceGatewaysRequest>, call): Wire<ListResourceGatewaysResponse> => {
    const { items, nextToken } = paginate(list(state, call), request);
    return { items: items.map(describeResourceGateway), nextToken };
  },
);
