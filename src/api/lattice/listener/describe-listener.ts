// A listener in the wire's shape.

import type { ListenerResult } from '../../../domain/listener/index.ts';
import { describeAction } from '../rule/action.ts';
import { describeTimes } from '../time.ts';

/** A listener and its default action; each call's schema takes the members that it has. */
export function describeListener({ listener, defaultAction }: ListenerResult) {
  const { id, arn, name, protocol, port, serviceId, serviceArn } = listener;
  return {
    id,
    arn,
    name,
    protocol,
    port,
    serviceId,
    serviceArn,
    defaultAction: describeAction(defaultAction),
    ...describeTimes(listener),
  };
}
