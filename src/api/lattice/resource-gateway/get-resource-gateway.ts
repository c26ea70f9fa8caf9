// GetResourceGateway.

import type { GetResourceGatewayRequest, GetResourceGatewayResponse } from '@aws-sdk/client-vpc-lattice';
import { getResourceGateway as find } from '../../../domain/resource-gateway/index.ts';
import { read, type Valid, type Wire } from '../../operation.ts';
import { describeResourceGateway } from './describe-resource-gateway.ts';

/** Shows a resource gateway. */
export const getResourceGateway = read(
  'GetResourceGateway',
  (state, request: Valid<GetResourceGatewayRequest>, call): Wire<GetResourceGatewayResponse> =>
    describeResourceGateway(find(state, call, request.resourceGatewayIdentifier)),
);
