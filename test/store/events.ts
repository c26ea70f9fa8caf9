// Audit events for store tests, and looking for them.

import type { AuditEvent, EventPage, EventQuery, Store } from '../../src/store/index.ts';

/** The account and region of the events. */
export const where = { account: '123456789012', region: 'us-east-1' };

/** An event with `id`, now unless `changes` say otherwise. */
export function eventOf(id: string, changes: Partial<AuditEvent> = {}): AuditEvent {
  return {
    id,
    time: Date.now(),
    ...where,
    name: 'CreateService',
    source: 'vpc-lattice.amazonaws.com',
    isRead: false,
    user: 'test',
    accessKeyId: 'AKID',
    resources: [],
    text: `{"eventID":"${id}"}`,
    ...changes,
  };
}

/** Finds events of all times. */
export function findEvents(store: Store, changes: Partial<EventQuery> = {}): Promise<EventPage> {
  return store.findEvents({ ...where, from: 0, until: 8.64e15, limit: 1000, now: Date.now(), ...changes });
}

/** The ids of the events that are found, newest first. */
export async function findIds(store: Store, changes: Partial<EventQuery> = {}): Promise<readonly string[]> {
  return (await findEvents(store, changes)).events.map(({ id }) => id);
}
