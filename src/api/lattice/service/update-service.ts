// UpdateService.

import type { UpdateServiceRequest, UpdateServiceResponse } from '@aws-sdk/client-vpc-lattice';
import { updateService as decide, judgeServiceUpdate } from '../../../domain/service/index.ts';
import { change, type Valid, type Wire } from '../../operation.ts';
import { describeService } from './describe-service.ts';

/** Changes auth type, certificate or idle timeout of a service. */
export const updateService = change(
  'UpdateService',
  decide,
  (request: Valid<UpdateServiceRequest>) => request,
  (service): Wire<UpdateServiceResponse> => describeService(service),
  judgeServiceUpdate,
);
