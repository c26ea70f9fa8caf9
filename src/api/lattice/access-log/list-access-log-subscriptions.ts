// ListAccessLogSubscriptions.

import type {
  ListAccessLogSubscriptionsRequest,
  ListAccessLogSubscriptionsResponse,
} from '@aws-sdk/client-vpc-lattice';
import { listAccessLogs } from '../../../domain/access-log/index.ts';
import { paginate } from '../../../domain/index.ts';
import { read, type Valid, type Wire } from '../../operation.ts';
import { describeAccessLogFully } from './describe-access-log.ts';

/** Lists the subscriptions of a service or service network. */
export const listAccessLogSubscriptions = read(
  'ListAccessLogSubscriptions',
  (state, request: Valid<ListAccessLogSubscriptionsRequest>, call): Wire<ListAccessLogSubscriptionsResponse> => {
    const { items, nextToken } = paginate(listAccessLogs(state, call, request.resourceIdentifier), request);
    return { items: items.map(describeAccessLogFully), nextToken };
  },
);
