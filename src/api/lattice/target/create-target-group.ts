// CreateTargetGroup.

import type { CreateTargetGroupRequest, CreateTargetGroupResponse } from '@aws-sdk/client-vpc-lattice';
import { createTargetGroup as decide, judgeNewTargetGroup } from '../../../domain/target/index.ts';
import { changeOnce, type Valid, type Wire } from '../../operation.ts';
import { describeTargetGroup } from './describe-target-group.ts';
import { readHealthCheck } from './health-check.ts';

/** Makes a target group. */
export const createTargetGroup = changeOnce(
  'CreateTargetGroup',
  decide,
  ({ clientToken: _token, config, ...rest }: Valid<CreateTargetGroupRequest>) => {
    if (config === undefined) return rest;
    const { healthCheck, ...fixed } = config;
    return {
      ...rest,
      config: { ...fixed, ...(healthCheck === undefined ? {} : { healthCheck: readHealthCheck(healthCheck) }) },
    };
  },
  (group): Wire<CreateTargetGroupResponse> => describeTargetGroup(group),
  judgeNewTargetGroup,
);
