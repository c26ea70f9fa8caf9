// ListServices.

import type { ListServicesRequest, ListServicesResponse } from '@aws-sdk/client-vpc-lattice';
import { listServices as list } from '../../../domain/service/index.ts';
import { read, type Valid, type Wire } from '../../operation.ts';
import { paginate } from '../../../domain/index.ts';
import { describeService } from './describe-service.ts';

/** Lists the caller's services. */
export const listServices = read(
  'ListServices',
  (state, request: Valid<ListServicesRequest>, call): Wire<ListServicesResponse> => {
    const { items, nextToken } = paginate(list(state, call), request);
    return { items: items.map(describeService), nextToken };
  },
);
