// Audit events as lines for people.

/** What `pergola audit` reads of a CloudTrail record; a member that is absent, or is another thing, is left out. */
export type AuditRecord = Readonly<Record<string, unknown>>;

/** One line without its end: time, operation, who, from where, which resources, and the error if there was one. */
export function formatAuditRecord(record: AuditRecord): string {
  const text = (name: string): string => (typeof record[name] === 'string' ? record[name] : '');
  const identity = objectOf(record['userIdentity']);
  const arn = typeof identity['arn'] === 'string' ? identity['arn'] : '';
  const who = arn === '' ? 'nobody known' : arn.split(':').slice(5).join(':');
  const error = text('errorCode') === '' ? '' : `${text('errorCode')}: ${text('errorMessage')}`;
  const parts = [text('eventTime'), text('eventName'), who, text('sourceIPAddress'), ...resourcesOf(record), error];
  return parts
    .filter((part) => part !== '')
    .map(visible)
    .join('  ');
}

function resourcesOf(record: AuditRecord): readonly string[] {
  const resources = Array.isArray(record['resources']) ? (record['resources'] as readonly unknown[]) : [];
  return resources.flatMap((one) => {
    const { ARN: arn, resourceName } = objectOf(one);
    const name = typeof arn === 'string' ? arn.slice(arn.lastIndexOf('/') + 1) : resourceName;
    return typeof name === 'string' ? [name] : [];
  });
}

function objectOf(value: unknown): AuditRecord {
  return typeof value === 'object' && value !== null ? (value as AuditRecord) : {};
}

/** Callers choose much of an event: what would steer a terminal is replaced. */
function visible(text: string): string {
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g, '\ufffd');
}
