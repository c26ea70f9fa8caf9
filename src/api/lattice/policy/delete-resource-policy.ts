// DeleteResourcePolicy.

import type { DeleteResourcePolicyRequest, DeleteResourcePolicyResponse } from '@aws-sdk/client-vpc-lattice';
import { deleteResourcePolicy as decide } from '../../../domain/policy/index.ts';
import { change, type Valid, type Wire } from '../../operation.ts';

/** Takes the policy of a resource away. */
export const deleteResourcePolicy = change(
  'DeleteResourcePolicy',
  decide,
  (request: Valid<DeleteResourcePolicyRequest>) => request,
  (): Wire<DeleteResourcePolicyResponse> => ({}),
);
