// DeleteResourceGateway.

import type { DeleteResourceGatewayRequest, DeleteResourceGatewayResponse } from '@aws-sdk/client-vpc-lattice';
import { deleteResourceGateway as decide } from '../../../domain/resource-gateway/index.ts';
import { change, type Valid, type Wire } from '../../operation.ts';
import { describeResourceGateway } from './describe-resource-gateway.ts';

/** Deletes a resource gateway that no resource configuration uses. */
export const deleteResourceGateway = change(
  'DeleteResourceGateway',
  decide,
  (request: Valid<DeleteResourceGatewayRequest>) => request,
  (gateway): Wire<DeleteResourceGatewayResponse> => describeResourceGateway(gateway),
);
