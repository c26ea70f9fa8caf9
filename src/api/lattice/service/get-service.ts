// GetService.

import type { GetServiceRequest, GetServiceResponse } from '@aws-sdk/client-vpc-lattice';
import { getService as find } from '../../../domain/service/index.ts';
import { read, type Valid, type Wire } from '../../operation.ts';
import { describeService } from './describe-service.ts';

/** Shows a service. */
export const getService = read(
  'GetService',
  (state, request: Valid<GetServiceRequest>, call): Wire<GetServiceResponse> =>
    describeService(find(state, call, request.serviceIdentifier)),
);
