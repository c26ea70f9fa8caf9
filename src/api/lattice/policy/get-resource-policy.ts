// GetResourcePolicy.

import type { GetResourcePolicyRequest, GetResourcePolicyResponse } from '@aws-sdk/client-vpc-lattice';
import { getResourcePolicy as find } from '../../../domain/policy/index.ts';
import { read, type Valid, type Wire } from '../../operation.ts';

/** Shows the policy of a resource. */
export const getResourcePolicy = read(
  'GetResourcePolicy',
  (state, request: Valid<GetResourcePolicyRequest>, call): Wire<GetResourcePolicyResponse> => ({
    policy: find(state, call, request.resourceArn),
  }),
);
