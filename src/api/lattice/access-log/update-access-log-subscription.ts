// UpdateAccessLogSubscription.

import type {
  UpdateAccessLogSubscriptionRequest,
  UpdateAccessLogSubscriptionResponse,
} from '@aws-sdk/client-vpc-lattice';
import {
  updateAccessLogSubscription as decide,
  judgeAccessLogSubscriptionUpdate,
} from '../../../domain/access-log/index.ts';
import { change, type Valid, type Wire } from '../../operation.ts';
import { describeAccessLog } from './describe-access-log.ts';

/** Changes the destination of a subscription. */
export const updateAccessLogSubscription = change(
  'UpdateAccessLogSubscription',
  decide,
  (request: Valid<UpdateAccessLogSubscriptionRequest>) => request,
  (subscription): Wire<UpdateAccessLogSubscriptionResponse> => describeAccessLog(subscription),
  judgeAccessLogSubscriptionUpdate,
);
