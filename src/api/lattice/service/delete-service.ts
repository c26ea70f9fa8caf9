// DeleteService.

import type { DeleteServiceRequest, DeleteServiceResponse } from '@aws-sdk/client-vpc-lattice';
import { deleteService as decide } from '../../../domain/service/index.ts';
import { change, type Valid, type Wire } from '../../operation.ts';
import { describeService } from './describe-service.ts';

/** Deletes a service with its listeners and rules. */
export const deleteService = change(
  'DeleteService',
  decide,
  (request: Valid<DeleteServiceRequest>) => request,
  (service): Wire<DeleteServiceResponse> => describeService(service),
);
