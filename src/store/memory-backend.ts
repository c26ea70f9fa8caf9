// A backend that keeps nothing beyond the process.

import { applyChanges, emptyState, type State } from '../domain/index.ts';
import {
  comparePositions,
  defaultEventRetention,
  matchesQuery,
  type AuditEvent,
  type EventPosition,
  type EventRetention,
} from './audit-event.ts';
import type { Backend } from './backend.ts';
import type { LogRow } from './log-row.ts';

/** How many rows stay for `at`. */
const MOST_ROWS = 10_000;

/** Characters of audit events that stay at most, whatever their retention allows. */
const MOST_EVENTS = 16 * 1024 * 1024;

/** Makes a backend in memory; `at` reaches back over the last 10,000 to 20,000 rows, and events over 16 MiB. */
export function createMemoryBackend(retention: EventRetention = defaultEventRetention): Backend {
  const events = createEventMemory(Math.min(retention.bytes, MOST_EVENTS));
  let base: State = emptyState;
  let rows: LogRow[] = [];
  const fold = (until: number): State =>
    rows.reduce((state, row) => (row.revision <= until ? applyChanges(state, row.changes, row.revision) : state), base);
  return {
    load: () => Promise.resolve(fold(Number.POSITIVE_INFINITY)),
    append(added, addedEvents) {
      events.add(addedEvents);
      rows.push(...added);
      if (rows.length > 2 * MOST_ROWS) {
        const cut = rows.length - MOST_ROWS;
        base = fold(rows[cut - 1]?.revision ?? base.revision);
        rows = rows.slice(cut);
      }
      return Promise.resolve();
    },
    lastRevision: () => Promise.resolve(rows.at(-1)?.revision ?? base.revision),
    at: (revision) =>
      Promise.resolve(
        revision < base.revision || revision > (rows.at(-1)?.revision ?? base.revision) ? undefined : fold(revision),
      ),
    timeOf: (revision) => Promise.resolve(rows.find((row) => row.revision === revision)?.time),
    findEvents: (query) => {
      const found = events.all().filter((event) => matchesQuery(event, query, retention.age));
      found.sort((a, b) => comparePositions(b, a));
      const page = found.slice(0, query.limit);
      const last = page.at(-1);
      return Promise.resolve(
        found.length > page.length && last !== undefined ? { events: page, next: last } : { events: page },
      );
    },
    clearEvents() {
      events.clear();
      return Promise.resolve();
    },
    scrub: () => Promise.resolve(false),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

/** Keeps events, the oldest of which go when there are more than `most` characters of them. */
function createEventMemory(most: number) {
  let kept: (AuditEvent & EventPosition)[] = [];
  let size = 0;
  let sequence = 0;
  return {
    all: () => kept,
    add(events: readonly AuditEvent[]): void {
      for (const event of events) {
        kept.push({ ...event, sequence: ++sequence });
        size += event.text.length;
      }
      if (size <= most * 1.05) return;
      const cut = kept.findIndex(({ text }) => (size -= text.length) <= most);
      kept = kept.slice(cut + 1);
    },
    clear(): void {
      kept = [];
      size = 0;
    },
  };
}
