// Audit events as the store keeps and finds them.

/** One audit event. */
export interface AuditEvent {
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly account: string;
  readonly region: string;
  /** The operation. */
  readonly name: string;
  /** Such as `vpc-lattice.amazonaws.com`. */
  readonly source: string;
  readonly isRead: boolean;
  /** Empty when nobody is known to have called. */
  readonly user: string;
  /** Empty when none was claimed. */
  readonly accessKeyId: string;
  readonly resources: readonly EventResource[];
  /** The whole event as JSON. */
  readonly text: string;
}

/** A resource that an event is about; `name` is an ARN or an id. Neither has control characters. */
export interface EventResource {
  readonly type: string;
  readonly name: string;
}

/** What events can be looked up by. */
export type EventAttribute =
  | 'id'
  | 'name'
  | 'source'
  | 'readOnly'
  | 'user'
  | 'accessKeyId'
  | 'resourceType'
  | 'resourceName';

/** The place of an event in the order of time; events of the same millisecond are in the order in which they were kept. */
export interface EventPosition {
  readonly time: number;
  readonly sequence: number;
}

/** Which events are looked for. */
export interface EventQuery {
  readonly account: string;
  readonly region: string;
  /** Milliseconds since 1970: not before `from`, before `until`. */
  readonly from: number;
  readonly until: number;
  /** Only events that have it; `readOnly` is `true` or `false`; a resource is named by its ARN or its id, however the event names it. */
  readonly attribute?: { readonly kind: EventAttribute; readonly value: string };
  /** Only events before this one. */
  readonly before?: EventPosition;
  readonly limit: number;
  /** Events that are too old at this time are not found, removed or not. */
  readonly now: number;
}

/** Events that were found, newest first. */
export interface EventPage {
  readonly events: readonly (AuditEvent & EventPosition)[];
  /** Where the search goes on; absent when there are no more. */
  readonly next?: EventPosition;
}

/** How long events stay, and how many bytes of them (their texts) at most: the oldest are removed first. */
export interface EventRetention {
  /** Milliseconds. */
  readonly age: number;
  readonly bytes: number;
}

/** 90 days, as CloudTrail's event history, and 256 MiB. */
export const defaultEventRetention: EventRetention = { age: 90 * 86_400_000, bytes: 256 * 1024 * 1024 };

/** Whether `event` is one that `query` looks for; `maximumAge` in milliseconds. */
export function matchesQuery(event: AuditEvent & EventPosition, query: EventQuery, maximumAge: number): boolean {
  const { account, region, from, until, before, attribute, now } = query;
  return (
    event.account === account &&
    event.region === region &&
    event.time >= from &&
    event.time >= now - maximumAge &&
    event.time < until &&
    (before === undefined || comparePositions(event, before) < 0) &&
    (attribute === undefined || hasAttribute(event, attribute.kind, comparedValue(attribute)))
  );
}

/** Negative when `a` is earlier than `b`. */
export function comparePositions(a: EventPosition, b: EventPosition): number {
  return a.time - b.time || a.sequence - b.sequence;
}

/** The text that an event is compared with: of a resource's name the id, with which its ARN ends. */
export function comparedValue({ kind, value }: NonNullable<EventQuery['attribute']>): string {
  return kind === 'resourceName' ? value.slice(value.lastIndexOf('/') + 1) : value;
}

function hasAttribute(event: AuditEvent, kind: EventAttribute, value: string): boolean {
  switch (kind) {
    case 'readOnly':
      return String(event.isRead) === value;
    case 'resourceType':
      return event.resources.some(({ type }) => type === value);
    case 'resourceName':
      return event.resources.some(({ name }) => name === value || name.endsWith(`/${value}`));
    default:
      return event[kind] === value;
  }
}
