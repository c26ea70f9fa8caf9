// GetTargetGroup.

import type { GetTargetGroupRequest, GetTargetGroupResponse } from '@aws-sdk/client-vpc-lattice';
import { getTargetGroup as find, serviceArnsOf } from '../../../domain/target/index.ts';
import { read, type Valid, type Wire } from '../../operation.ts';
import { describeTargetGroup } from './describe-target-group.ts';

/** Shows a target group. */
export const getTargetGroup = read(
  'GetTargetGroup',
  (state, request: Valid<GetTargetGroupRequest>, call): Wire<GetTargetGroupResponse> => {
    const group = find(state, call, request.targetGroupIdentifier);
    return { ...describeTargetGroup(group), serviceArns: serviceArnsOf(state, group) };
  },
);
