// UpdateResourceGateway.

import type {
  IpAddressType,
  UpdateResourceGatewayRequest,
  UpdateResourceGatewayResponse,
} from '@aws-sdk/client-vpc-lattice';
import { updateResourceGateway as decide, judgeResourceGatewayUpdate } from '../../../domain/resource-gateway/index.ts';
import { change, type Valid, type Wire } from '../../operation.ts';
import { describeResourceGateway } from './describe-resource-gateway.ts';

/** Changes the security groups of a resource gateway. */
export const updateResourceGateway = change(
  'UpdateResourceGateway',
  decide,
  (request: Valid<UpdateResourceGatewayRequest>) => request,
  (gateway): Wire<UpdateResourceGatewayResponse> => ({
    ...describeResourceGateway(gateway),
    // The model names a narrower type here than for the other calls; a gateway has the same value in all of them.
    ipAddressType: gateway.ipAddressType as IpAddressType,
  }),
  judgeResourceGatewayUpdate,
);
