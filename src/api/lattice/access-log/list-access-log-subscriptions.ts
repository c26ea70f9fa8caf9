// ListAccessLogSubscriptions.

import type {
  ListAccessLogSubscriptionsRequest,
  ListAccessLogSubscriptionsResponse,
} from '@aws-sdk/client-vpc-lattice';
import { listAccessLogs } from '../../../domain/access-log/index.ts';
import { getNetworkOrService, paginate } from '../../../domain/index.ts';
import { keyOfRecord } from '../../../domain/records/index.ts';
import { read, type Valid, type Wire } from '../../operation.ts';
import { describeAccessLogFully } from './describe-access-log.ts';

/** Lists the subscriptions of a service or service network. */
export const listAccessLogSubscriptions = read(
  'ListAccessLogSubscriptions',
  (state, request: Valid<ListAccessLogSubscriptionsRequest>, call): Wire<ListAccessLogSubscriptionsResponse> => {
    const { record } = getNetworkOrService(state, call, request.resourceIdentifier);
    const { items, nextToken } = paginate(listAccessLogs(state, keyOfRecord(record)), request);
    return { items: items.map(describeAccessLogFully), nextToken };
  },
);
