// UpdateTargetGroup.

import type { UpdateTargetGroupRequest, UpdateTargetGroupResponse } from '@aws-sdk/client-vpc-lattice';
import { updateTargetGroup as decide, judgeTargetGroupUpdate } from '../../../domain/target/index.ts';
import { change, type Valid, type Wire } from '../../operation.ts';
import { describeTargetGroup } from './describe-target-group.ts';
import { readHealthCheck } from './health-check.ts';

/** Changes the health check of a target group. */
export const updateTargetGroup = change(
  'UpdateTargetGroup',
  decide,
  (request: Valid<UpdateTargetGroupRequest>) => ({
    targetGroupIdentifier: request.targetGroupIdentifier,
    healthCheck: readHealthCheck(request.healthCheck),
  }),
  (group): Wire<UpdateTargetGroupResponse> => describeTargetGroup(group),
  judgeTargetGroupUpdate,
);
