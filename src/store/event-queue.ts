// Audit events that wait for the next write: bounded, and what is lost is counted and logged.

import type { Log } from '../base/log.ts';
import type { AuditEvent } from './audit-event.ts';

/** Characters of the texts that may wait. */
const MOST_WAITING = 4 * 1024 * 1024;

/** A queue of events. */
export interface EventQueue {
  readonly isEmpty: boolean;
  /** How many were dropped, or could not be written. */
  readonly lost: number;
  /** Adds an event, or drops it when too much waits. */
  add(event: AuditEvent): void;
  /** Takes out all that wait, and logs how many were dropped since the last time. */
  take(): readonly AuditEvent[];
  /** Counts events as lost that were taken and could not be written. */
  lose(events: readonly AuditEvent[], error: unknown): void;
}

/** Makes an empty queue. */
export function createEventQueue(log: Log): EventQueue {
  let waiting: AuditEvent[] = [];
  let size = 0;
  let dropped = 0;
  let lost = 0;
  return {
    get isEmpty() {
      return waiting.length === 0;
    },
    get lost() {
      return lost + dropped;
    },
    add(event) {
      if (size + event.text.length > MOST_WAITING) dropped++;
      else {
        waiting.push(event);
        size += event.text.length;
      }
    },
    take() {
      const taken = waiting;
      waiting = [];
      size = 0;
      lost += dropped;
      if (dropped > 0) log.warn('audit events came faster than they can be kept; some were dropped', { dropped, lost });
      dropped = 0;
      return taken;
    },
    lose(events, error) {
      if (events.length === 0) return;
      lost += events.length;
      log.warn('audit events could not be written and are lost', { dropped: events.length, lost, error });
    },
  };
}
