// DeleteTargetGroup.

import type { DeleteTargetGroupRequest, DeleteTargetGroupResponse } from '@aws-sdk/client-vpc-lattice';
import { deleteTargetGroup as decide } from '../../../domain/target/index.ts';
import { change, type Valid, type Wire } from '../../operation.ts';

/** Deletes a target group that no rule uses, with its targets. */
export const deleteTargetGroup = change(
  'DeleteTargetGroup',
  decide,
  (request: Valid<DeleteTargetGroupRequest>) => request,
  ({ id, arn, status }): Wire<DeleteTargetGroupResponse> => ({ id, arn, status }),
);
