// An audit event for the store, out of what the protocol server knows of a call.

import type { AuditedCall } from '../../base/audited-call.ts';
import type { AuditEvent } from '../../store/index.ts';
import { eventSourceOf, findResources, formatCloudTrailRecord, isReadOnly, userNameOf } from '../../telemetry/index.ts';

/** The event of `call`: CloudTrail's record, and what it is looked up by. */
export function auditEventOf(call: AuditedCall): AuditEvent {
  const { account, region, operation: name, eventId: id, accessKeyId = '', principalArn, time } = call;
  const source = eventSourceOf(call);
  const isRead = isReadOnly(name);
  const elements = call.end.kind === 'answered' && !isRead ? call.end.elements : undefined;
  // Also what a filter or a refused call names; in a policy text or a tag nothing is a resource of its own.
  const resources = findResources(elements, call.parameters);
  return {
    id,
    time,
    account,
    region,
    name,
    source,
    isRead,
    user: userNameOf(principalArn),
    accessKeyId: accessKeyId.slice(0, 128),
    resources,
    text: formatCloudTrailRecord(call, resources),
  };
}
