// Takes the events of calls to the store: all of known callers, and of unknown ones as many as leave room for the others.

import type { AuditedCall } from '../../base/audited-call.ts';
import type { Clock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import type { Store } from '../../store/index.ts';
import { auditEventOf } from './audit-event.ts';

/** Events of unbelieved callers that are kept in a second: anybody who reaches the port can make them, and they push out older ones. */
const UNKNOWN_PER_SECOND = 10;

/** Makes what records calls; how many of unknown callers were left out is logged once a second at most. */
export function createAuditTrail(deps: {
  readonly store: Pick<Store, 'record'>;
  readonly clock: Pick<Clock, 'monotonic'>;
  readonly log: Log;
}): (call: AuditedCall) => void {
  let second = Number.NEGATIVE_INFINITY;
  let kept = 0;
  let leftOut = 0;
  return (call) => {
    if (call.principalArn === undefined) {
      const now = deps.clock.monotonic();
      if (now >= second + 1000) {
        if (leftOut > 0) deps.log.warn('calls of unknown callers were left out of the audit events', { leftOut });
        second = now;
        kept = 0;
        leftOut = 0;
      }
      if (++kept > UNKNOWN_PER_SECOND) {
        leftOut++;
        return;
      }
    }
    deps.store.record(auditEventOf(call));
  };
}
