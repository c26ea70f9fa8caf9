// ListTargets.

import type { ListTargetsRequest, ListTargetsResponse } from '@aws-sdk/client-vpc-lattice';
import { paginate } from '../../../domain/index.ts';
import { getTargetGroup, listTargets as list, targetStatus } from '../../../domain/target/index.ts';
import { read, type Valid, type Wire } from '../../operation.ts';
import type { LatticeDeps } from '../deps.ts';

/** Lists the targets of a target group with what the data plane sees of them. */
export const listTargets = read(
  'ListTargets',
  (state, request: Valid<ListTargetsRequest>, call, { findHealth }: LatticeDeps): Wire<ListTargetsResponse> => {
    const group = getTargetGroup(state, call, request.targetGroupIdentifier);
    const { items, nextToken } = paginate(list(state, group, request.targets), request);
    return {
      items: items.map((target) => {
        const { status, reasonCode } = targetStatus(state, group, target, findHealth(target));
        return { id: target.targetId, port: target.port, status, reasonCode };
      }),
      nextToken,
    };
  },
);
