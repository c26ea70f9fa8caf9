// DeleteAuthPolicy.

import type { DeleteAuthPolicyRequest, DeleteAuthPolicyResponse } from '@aws-sdk/client-vpc-lattice';
import { deleteAuthPolicy as decide } from '../../../domain/policy/index.ts';
import { change, type Valid, type Wire } from '../../operation.ts';

/** Takes the auth policy of a service or service network away. */
export const deleteAuthPolicy = change(
  'DeleteAuthPolicy',
  decide,
  (request: Valid<DeleteAuthPolicyRequest>) => request,
  (): Wire<DeleteAuthPolicyResponse> => ({}),
);
