// GetAuthPolicy.

import type { GetAuthPolicyRequest, GetAuthPolicyResponse } from '@aws-sdk/client-vpc-lattice';
import { getServiceNetwork } from '../../../domain/network/index.ts';
import { getService } from '../../../domain/service/index.ts';
import { read, type Valid, type Wire } from '../../operation.ts';

/** Shows the auth policy of a service or service network: none can be set yet, and one that has none answers empty. */
export const getAuthPolicy = read(
  'GetAuthPolicy',
  (state, { resourceIdentifier }: Valid<GetAuthPolicyRequest>, call): Wire<GetAuthPolicyResponse> => {
    if (/(^|:service\/)svc-/.test(resourceIdentifier)) getService(state, call, resourceIdentifier);
    else getServiceNetwork(state, call, resourceIdentifier);
    return {};
  },
);
