// An access-log subscription in the wire's shape.

import type { AccessLogSubscription } from '../../../domain/records/index.ts';
import { describeTimes } from '../time.ts';

/** What the create and update calls answer. */
export function describeAccessLog(subscription: AccessLogSubscription) {
  const { id, arn, resourceId, resourceArn, destinationArn, serviceNetworkLogType } = subscription;
  return {
    ...{ id, arn, resourceId, resourceArn, destinationArn },
    ...(serviceNetworkLogType === undefined ? {} : { serviceNetworkLogType }),
  };
}

/** The whole, with times. */
export function describeAccessLogFully(subscription: AccessLogSubscription) {
  return { ...describeAccessLog(subscription), ...describeTimes(subscription) };
}
