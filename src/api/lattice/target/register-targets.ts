// RegisterTargets.

import type { RegisterTargetsRequest, RegisterTargetsResponse } from '@aws-sdk/client-vpc-lattice';
import { registerTargets as decide, judgeTargets } from '../../../domain/target/index.ts';
import { change, type Valid, type Wire } from '../../operation.ts';

/** Registers targets with a target group. */
export const registerTargets = change(
  'RegisterTargets',
  decide,
  (request: Valid<RegisterTargetsRequest>) => request,
  (result): Wire<RegisterTargetsResponse> => result,
  judgeTargets,
);
