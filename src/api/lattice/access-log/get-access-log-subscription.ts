// GetAccessLogSubscription.

import type { GetAccessLogSubscriptionRequest, GetAccessLogSubscriptionResponse } from '@aws-sdk/client-vpc-lattice';
import { getAccessLogSubscription as get } from '../../../domain/access-log/index.ts';
import { read, type Valid, type Wire } from '../../operation.ts';
import { describeAccessLogFully } from './describe-access-log.ts';

/** Shows a subscription. */
export const getAccessLogSubscription = read(
  'GetAccessLogSubscription',
  (state, request: Valid<GetAccessLogSubscriptionRequest>, call): Wire<GetAccessLogSubscriptionResponse> =>
    describeAccessLogFully(get(state, call, request.accessLogSubscriptionIdentifier)),
);
