// A whole page of audit events out of a backend that may give fewer than asked for.

import type { EventPage, EventQuery } from './audit-event.ts';
import type { Backend } from './backend.ts';

/** The page that `query` asks for; `next` is there only when there are more events. */
export async function searchEvents(backend: Pick<Backend, 'findEvents'>, query: EventQuery): Promise<EventPage> {
  const events: EventPage['events'][number][] = [];
  let page: EventPage;
  let before = query.before;
  do {
    // One more than wanted tells whether there are more.
    const limit = query.limit + 1 - events.length;
    page = await backend.findEvents({ ...query, limit, ...(before === undefined ? {} : { before }) });
    events.push(...page.events);
    before = page.next;
  } while (page.next !== undefined && events.length <= query.limit);
  const last = events[query.limit - 1];
  if (events.length <= query.limit || last === undefined) return { events };
  return { events: events.slice(0, query.limit), next: { time: last.time, sequence: last.sequence } };
}
