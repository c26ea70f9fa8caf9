// CreateService.

import type { CreateServiceRequest, CreateServiceResponse } from '@aws-sdk/client-vpc-lattice';
import { createService as decide, judgeNewService } from '../../../domain/service/index.ts';
import { changeOnce, type Valid, type Wire } from '../../operation.ts';
import { withoutToken } from '../without-token.ts';
import { describeService } from './describe-service.ts';

/** Makes a service. */
export const createService = changeOnce(
  'CreateService',
  decide,
  (request: Valid<CreateServiceRequest>) => withoutToken(request),
  (service): Wire<CreateServiceResponse> => describeService(service),
  judgeNewService,
);
