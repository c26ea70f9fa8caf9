// GetAuthPolicy.

import type { GetAuthPolicyRequest, GetAuthPolicyResponse } from '@aws-sdk/client-vpc-lattice';
import { getAuthPolicy as find } from '../../../domain/policy/index.ts';
import { read, type Valid, type Wire } from '../../operation.ts';
import { describeTimes } from '../time.ts';
import { describeAuthPolicy } from './describe-auth-policy.ts';

/** Shows the auth policy of a service or service network; one that has none answers empty, as AWS does. */
export const getAuthPolicy = read(
  'GetAuthPolicy',
  (state, request: Valid<GetAuthPolicyRequest>, call): Wire<GetAuthPolicyResponse> => {
    const found = find(state, call, request.resourceIdentifier);
    return found === undefined ? {} : { ...describeAuthPolicy(found), ...describeTimes(found.policy) };
  },
);
