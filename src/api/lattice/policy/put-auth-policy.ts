// PutAuthPolicy.

import type { PutAuthPolicyRequest, PutAuthPolicyResponse } from '@aws-sdk/client-vpc-lattice';
import { putAuthPolicy as decide, judgePolicyInput } from '../../../domain/policy/index.ts';
import { change, type Valid, type Wire } from '../../operation.ts';
import { describeAuthPolicy } from './describe-auth-policy.ts';

/** Gives a service or service network an auth policy. */
export const putAuthPolicy = change(
  'PutAuthPolicy',
  decide,
  (request: Valid<PutAuthPolicyRequest>) => request,
  (view): Wire<PutAuthPolicyResponse> => describeAuthPolicy(view),
  judgePolicyInput,
);
