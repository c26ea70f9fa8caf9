// CreateAccessLogSubscription.

import type {
  CreateAccessLogSubscriptionRequest,
  CreateAccessLogSubscriptionResponse,
} from '@aws-sdk/client-vpc-lattice';
import {
  createAccessLogSubscription as decide,
  judgeNewAccessLogSubscription,
} from '../../../domain/access-log/index.ts';
import { changeOnce, type Valid, type Wire } from '../../operation.ts';
import { describeAccessLog } from './describe-access-log.ts';

/** Sends the access log of a service or service network somewhere. */
export const createAccessLogSubscription = changeOnce(
  'CreateAccessLogSubscription',
  decide,
  (request: Valid<CreateAccessLogSubscriptionRequest>) => request,
  (subscription): Wire<CreateAccessLogSubscriptionResponse> => describeAccessLog(subscription),
  judgeNewAccessLogSubscription,
);
