// LookupEvents.

import { createHash } from 'node:crypto';
import type { Event, LookupEventsRequest, LookupEventsResponse } from '@aws-sdk/client-cloudtrail';
import { ServiceError, type Call } from '../../aws/index.ts';
import type { AuditEvent, EventAttribute, EventPosition, EventQuery } from '../../store/index.ts';
import type { Operation, Valid, Wire } from '../operation.ts';
import type { CloudTrailDeps } from './deps.ts';

/** The most events of a page, and how many there are when the request does not say (CloudTrail API). */
const MOST_RESULTS = 50;

/** Later than any time that a request can name. */
const END_OF_TIME = 8.64e15 + 1;

const attributes: Readonly<Record<string, EventAttribute>> = {
  EventId: 'id',
  EventName: 'name',
  ReadOnly: 'readOnly',
  Username: 'user',
  ResourceType: 'resourceType',
  ResourceName: 'resourceName',
  EventSource: 'source',
  AccessKeyId: 'accessKeyId',
};

/** Finds events of the caller's account and region, newest first. Events that come while pages are read move nothing on them. */
export const lookupEvents: Operation<CloudTrailDeps> = {
  name: 'LookupEvents',
  kind: 'read',
  bind:
    ({ store }) =>
    async (input, call) => {
      const request = input as Valid<LookupEventsRequest>;
      const query = readQuery(request, call);
      // Insights events are the only other category, and there are none.
      if (readCategory(request) === 'insight') return { output: { Events: [] } satisfies Wire<LookupEventsResponse> };
      const before = request.NextToken === undefined ? undefined : parseToken(request.NextToken, query);
      const { events, next } = await store.findEvents({ ...query, ...(before === undefined ? {} : { before }) });
      const output: Wire<LookupEventsResponse> = {
        Events: events.map(describeEvent),
        NextToken: next === undefined ? undefined : formatToken(next, query),
      };
      return { output };
    },
};

function readCategory({ EventCategory }: Valid<LookupEventsRequest>): 'insight' | undefined {
  if (EventCategory === undefined || EventCategory === 'insight') return EventCategory;
  throw new ServiceError(
    'InvalidEventCategoryException',
    `The event category '${String(EventCategory)}' is not valid.`,
  );
}

function readQuery(request: Valid<LookupEventsRequest>, { account, region, now }: Call): EventQuery {
  const { StartTime, EndTime, MaxResults: limit = MOST_RESULTS } = request;
  if (limit < 1 || limit > MOST_RESULTS)
    throw new ServiceError('InvalidMaxResultsException', `MaxResults must be from 1 to ${MOST_RESULTS}, not ${limit}.`);
  const from = StartTime?.getTime() ?? 0;
  // Events have whole seconds for those who look: the last second is meant to its end.
  const until = EndTime === undefined ? END_OF_TIME : Math.floor(EndTime.getTime() / 1000) * 1000 + 1000;
  if (EndTime !== undefined && from > EndTime.getTime())
    throw new ServiceError('InvalidTimeRangeException', 'The start time is after the end time.');
  const attribute = readAttribute(request.LookupAttributes);
  return { account, region, from, until, limit, now, ...(attribute === undefined ? {} : { attribute }) };
}

function readAttribute(given: Valid<LookupEventsRequest>['LookupAttributes']): EventQuery['attribute'] {
  const [only, ...others] = given ?? [];
  if (only === undefined) return undefined;
  const invalid = (message: string): ServiceError => new ServiceError('InvalidLookupAttributesException', message);
  if (others.length > 0) throw invalid('Only one lookup attribute can be given.');
  const { AttributeKey: key, AttributeValue: value } = only;
  const kind = Object.hasOwn(attributes, key) ? attributes[key] : undefined;
  if (kind === undefined) throw invalid(`The lookup attribute is none of ${Object.keys(attributes).join(', ')}.`);
  if (value === '' || value.length > 2000) throw invalid(`The value of ${key} must have 1 to 2000 characters.`);
  return { kind, value };
}

function describeEvent(event: AuditEvent): Wire<Event> {
  const { id, name, isRead, accessKeyId, time, source, user, resources, text } = event;
  return {
    EventId: id,
    EventName: name,
    ReadOnly: String(isRead),
    ...(accessKeyId === '' ? {} : { AccessKeyId: accessKeyId }),
    EventTime: new Date(Math.floor(time / 1000) * 1000),
    EventSource: source,
    ...(user === '' ? {} : { Username: user }),
    Resources: resources.map(({ type, name: ResourceName }) => ({ ResourceType: type, ResourceName })),
    CloudTrailEvent: text,
  };
}

/** What a token is good for: the same search, whatever the size of its pages. */
function fingerprint({ account, region, from, until, attribute }: EventQuery): string {
  const search = JSON.stringify([account, region, from, until, attribute?.kind, attribute?.value]);
  return createHash('sha256').update(search).digest('base64url').slice(0, 12);
}

function formatToken({ time, sequence }: EventPosition, query: EventQuery): string {
  return Buffer.from(`${fingerprint(query)} ${time} ${sequence}`).toString('base64url');
}

function parseToken(token: string, query: EventQuery): EventPosition {
  const match = /^(\S+) (\d{1,16}) (\d{1,15})$/.exec(Buffer.from(token.slice(0, 200), 'base64url').toString());
  if (match === null || match[1] !== fingerprint(query))
    throw new ServiceError('InvalidNextTokenException', 'The token is not one of this search.');
  return { time: Number(match[2]), sequence: Number(match[3]) };
}
