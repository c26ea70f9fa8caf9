// DeregisterTargets.

import type { DeregisterTargetsRequest, DeregisterTargetsResponse } from '@aws-sdk/client-vpc-lattice';
import { deregisterTargets as decide } from '../../../domain/target/index.ts';
import { change, type Valid, type Wire } from '../../operation.ts';

/** Deregisters targets; they drain. */
export const deregisterTargets = change(
  'DeregisterTargets',
  decide,
  (request: Valid<DeregisterTargetsRequest>) => request,
  (result): Wire<DeregisterTargetsResponse> => result,
);
