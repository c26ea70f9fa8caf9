// Adds a finished exchange to the metrics of its service and target group.

import type { TargetGroupMetrics } from '../metrics.ts';
import type { ExchangeStart, FailureReason } from './exchange-record.ts';
import type { ExchangeClient } from './running-exchange.ts';

/** How an exchange ended. `time` is in milliseconds, of a WebSocket until its 101; bytes are the client's. */
export interface ExchangeEnd {
  readonly status: number;
  readonly reason: FailureReason;
  readonly time: number;
  readonly received: number;
  readonly sent: number;
}

/** Counts one exchange; `group` is that of the target's zone, where a target was reached. */
export function countExchange(
  { context, clientAddress }: Pick<ExchangeClient, 'context' | 'clientAddress'>,
  { decision }: Pick<ExchangeStart, 'decision'>,
  group: TargetGroupMetrics,
  { status, reason, time, received, sent }: ExchangeEnd,
): void {
  const zone = context.zoneOf(decision.door.vpc, clientAddress);
  const service = context.metrics.service(decision.listener.service.id, zone);
  service.requests.count(status, time);
  // A 408 or 504 of the target's own has no reason, and is none of our time-outs.
  if (
    reason === 'TargetDataTimeout' ||
    (status === 408 && reason === 'ClientProtocolError') ||
    (status === 504 && reason === 'ConnectionDurationExceeded')
  )
    service.timeouts.value++;
  group.requests.count(status, time);
  group.received.value += sent;
  group.sent.value += received;
  context.countBytes(received, sent);
}
