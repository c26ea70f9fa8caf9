// CreateResourceGateway.

import type { CreateResourceGatewayRequest, CreateResourceGatewayResponse } from '@aws-sdk/client-vpc-lattice';
import { createResourceGateway as decide, judgeNewResourceGateway } from '../../../domain/resource-gateway/index.ts';
import { changeOnce, type Valid, type Wire } from '../../operation.ts';
import { withoutToken } from '../without-token.ts';
import { describeResourceGateway } from './describe-resource-gateway.ts';

/** Makes a way into a VPC for clients of resources. */
export const createResourceGateway = changeOnce(
  'CreateResourceGateway',
  decide,
  (request: Valid<CreateResourceGatewayRequest>) => withoutToken(request),
  (gateway): Wire<CreateResourceGatewayResponse> => describeResourceGateway(gateway),
  judgeNewResourceGateway,
);
