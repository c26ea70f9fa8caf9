// DeleteAccessLogSubscription.

import type {
  DeleteAccessLogSubscriptionRequest,
  DeleteAccessLogSubscriptionResponse,
} from '@aws-sdk/client-vpc-lattice';
import { deleteAccessLogSubscription as decide } from '../../../domain/access-log/index.ts';
import { change, type Valid, type Wire } from '../../operation.ts';

/** Ends a subscription. */
export const deleteAccessLogSubscription = change(
  'DeleteAccessLogSubscription',
  decide,
  (request: Valid<DeleteAccessLogSubscriptionRequest>) => request,
  (): Wire<DeleteAccessLogSubscriptionResponse> => ({}),
);
