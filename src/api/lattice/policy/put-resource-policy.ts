// PutResourcePolicy.

import type { PutResourcePolicyRequest, PutResourcePolicyResponse } from '@aws-sdk/client-vpc-lattice';
import { putResourcePolicy as decide, judgePolicyInput } from '../../../domain/policy/index.ts';
import { change, type Valid, type Wire } from '../../operation.ts';

/** Gives a resource a policy for other accounts. */
export const putResourcePolicy = change(
  'PutResourcePolicy',
  decide,
  (request: Valid<PutResourcePolicyRequest>) => request,
  (): Wire<PutResourcePolicyResponse> => ({}),
  judgePolicyInput,
);
