// Audit events in the SQLite database of the log: synchronous, for the worker thread that owns it.

import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';
import {
  comparedValue,
  type AuditEvent,
  type EventAttribute,
  type EventPage,
  type EventPosition,
  type EventQuery,
  type EventResource,
  type EventRetention,
} from './audit-event.ts';

/** How many events a search looks at, and how many are removed, in one go, so that a write never waits long. */
const SLICE = 1000;

/** Begins to remove events only when this part of what is allowed is exceeded, for each time is a write of its own. */
const SLACK = 1 / 20;

/** What an attribute is compared with. A list of resources is stored as lines of type, tab and name, each line between line feeds. */
const conditions: Readonly<Record<EventAttribute, string>> = {
  id: 'e.id = ?',
  name: 'e.name = ?',
  source: 'e.source = ?',
  readOnly: "iif(e.is_read, 'true', 'false') = ?",
  user: 'e.user = ?',
  accessKeyId: 'e.access_key_id = ?',
  resourceType: 'instr(e.resources, char(10) || ? || char(9)) > 0',
  resourceName: "instr(replace(e.resources, char(9), '/'), '/' || ? || char(10)) > 0",
};

/** The tables of events in an open database. Transactions are the caller's, but for `expire` and `clear`. */
export class SqliteEvents {
  readonly #database: DatabaseSync;
  readonly #retention: EventRetention;
  readonly #insert: StatementSync;
  readonly #grow: StatementSync;

  constructor(database: DatabaseSync, retention: EventRetention) {
    this.#database = database;
    this.#retention = retention;
    this.#insert = database.prepare('INSERT INTO event VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)');
    this.#grow = database.prepare('UPDATE event_size SET bytes = bytes + ?');
  }

  /** Adds `events`, in the caller's transaction. */
  add(events: readonly AuditEvent[]): void {
    let added = 0;
    for (const { time, account, region, id, name, source, isRead, user, accessKeyId, resources, text } of events) {
      const lines = resources.map((one) => `${one.type}\t${one.name}\n`).join('');
      const bytes = Buffer.byteLength(text);
      added += bytes;
      this.#insert.run(
        ...[time, account, region, id, name, source, isRead ? 1 : 0, user, accessKeyId],
        lines === '' ? '' : `\n${lines}`,
        text,
        bytes,
      );
    }
    if (added > 0) this.#grow.run(added);
  }

  /** Searches one slice: it may find fewer than `query.limit`, and `next` says where the search goes on. */
  find(query: EventQuery): EventPage {
    const { account, region, attribute, until, now, limit } = query;
    const from = Math.max(query.from, now - this.#retention.age);
    const before = query.before ?? { time: until, sequence: 0 };
    const [time, sequence] = before.time < until ? [before.time, before.sequence] : [until, 0];
    // By the index alone, newest first.
    const slice = `SELECT sequence FROM event WHERE account = ? AND region = ? AND time >= ? AND (time, sequence) < (?, ?)
      ORDER BY time DESC, sequence DESC`;
    const place: SQLInputValue[] = [account, region, from, time, sequence];
    const rows = this.#database
      .prepare(
        `SELECT e.* FROM (${slice} LIMIT ${SLICE}) AS s CROSS JOIN event AS e ON e.sequence = s.sequence
        WHERE ${attribute === undefined ? 'true' : conditions[attribute.kind]}
        ORDER BY e.time DESC, e.sequence DESC LIMIT ?`,
      )
      .all(...place, ...(attribute === undefined ? [] : [comparedValue(attribute)]), limit) as unknown as StoredEvent[];
    const events = rows.map(readEvent);
    const last = events.at(-1);
    if (events.length === limit && last !== undefined)
      return { events, next: { time: last.time, sequence: last.sequence } };
    const end = this.#database
      .prepare(`SELECT time, sequence FROM event WHERE sequence = (${slice} LIMIT 1 OFFSET ${SLICE - 1})`)
      .get(...place) as EventPosition | undefined;
    return end === undefined ? { events } : { events, next: { time: end.time, sequence: end.sequence } };
  }

  /** Removes the oldest events when there are too many bytes of them or they are too old. Returns whether there is more to remove. */
  expire(now: number, transaction: (work: () => void) => void): boolean {
    const { age, bytes } = this.#retention;
    const kept = this.#number('SELECT bytes AS n FROM event_size');
    const oldest = this.#number('SELECT coalesce((SELECT time FROM event ORDER BY sequence LIMIT 1), 9e15) AS n');
    const tooLarge = kept > bytes * (1 + SLACK);
    if (!tooLarge && oldest >= now - age * (1 + SLACK)) return false;
    const rows = this.#database
      .prepare('SELECT sequence, time, bytes FROM event ORDER BY sequence LIMIT ?')
      .all(SLICE) as unknown as (EventPosition & { readonly bytes: number })[];
    let left = kept;
    let last: number | undefined;
    for (const row of rows) {
      if (row.time >= now - age && !(tooLarge && left > bytes)) break;
      left -= row.bytes;
      last = row.sequence;
    }
    if (last === undefined) return false;
    transaction(() => {
      this.#database.prepare('DELETE FROM event WHERE sequence <= ?').run(last);
      this.#grow.run(left - kept);
    });
    return last === rows.at(-1)?.sequence && rows.length === SLICE;
  }

  /** Removes every event, in the caller's transaction. */
  clear(): void {
    this.#database.exec('DELETE FROM event; UPDATE event_size SET bytes = 0;');
  }

  #number(query: string): number {
    return Number(this.#database.prepare(query).get()?.['n']);
  }
}

interface StoredEvent extends EventPosition {
  readonly account: string;
  readonly region: string;
  readonly id: string;
  readonly name: string;
  readonly source: string;
  readonly is_read: number;
  readonly user: string;
  readonly access_key_id: string;
  readonly resources: string;
  readonly text: string;
}

function readEvent(row: StoredEvent): AuditEvent & EventPosition {
  const { sequence, time, account, region, id, name, source, user, text } = row;
  const resources = row.resources
    .split('\n')
    .filter((line) => line !== '')
    .map((line): EventResource => {
      const [type = '', resource = ''] = line.split('\t');
      return { type, name: resource };
    });
  const isRead = row.is_read === 1;
  return {
    sequence,
    time,
    account,
    region,
    id,
    name,
    source,
    isRead,
    user,
    accessKeyId: row.access_key_id,
    resources,
    text,
  };
}
