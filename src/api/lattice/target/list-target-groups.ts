// ListTargetGroups.

import type { ListTargetGroupsRequest, ListTargetGroupsResponse } from '@aws-sdk/client-vpc-lattice';
import { paginate } from '../../../domain/index.ts';
import { listTargetGroups as list, serviceArnsOf } from '../../../domain/target/index.ts';
import { read, type Valid, type Wire } from '../../operation.ts';
import { describeTargetGroup } from './describe-target-group.ts';

/** Lists the caller's target groups, those of a VPC or of a type when asked. */
export const listTargetGroups = read(
  'ListTargetGroups',
  (state, request: Valid<ListTargetGroupsRequest>, call): Wire<ListTargetGroupsResponse> => {
    const { vpcIdentifier, targetGroupType: type } = request;
    const filter = {
      ...(vpcIdentifier === undefined ? {} : { vpcIdentifier }),
      ...(type === undefined ? {} : { type }),
    };
    const { items, nextToken } = paginate(list(state, call, filter), request);
    return {
      items: items.map((group) => {
        const { config, ...rest } = describeTargetGroup(group);
        return { ...config, ...rest, serviceArns: serviceArnsOf(state, group) };
      }),
      nextToken,
    };
  },
);
