// The log in an SQLite database: synchronous, for the worker thread that owns it.

import { closeSync, openSync } from 'node:fs';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import type { Retention } from './backend.ts';
import type { AuditEvent, EventPage, EventQuery, EventRetention } from './audit-event.ts';
import { newestFormat, wrongVersion } from './database-problem.ts';
import { migrations } from './migrations.ts';
import { SqliteEvents } from './sqlite-events.ts';

/** A row of the log as it is stored: `changes` is JSON text. */
export interface StoredRow {
  readonly revision: number;
  readonly time: number;
  readonly account: string;
  readonly region: string;
  readonly operation: string;
  readonly format: number;
  readonly changes: string;
}

/** What a state is made of: the records as of `folded`, then the rows. All texts are JSON. */
export interface StoredState {
  readonly folded: number;
  readonly records: readonly { readonly kind: string; readonly key: string; readonly value: string }[];
  readonly rows: readonly { readonly revision: number; readonly changes: string }[];
  /** The newest format among them. */
  readonly format: number;
}

/** How many rows are folded at once, so that a write never waits long. */
const FOLD_ROWS = 500;

/** An open database. Everything throws SQLite's error when it cannot be done; a failed write leaves nothing behind. */
export class SqliteLog {
  readonly #database: DatabaseSync;
  readonly #retention: Retention;
  readonly #insert: StatementSync;
  readonly #events: SqliteEvents;
  #bytes: number;

  /** Opens (or makes, readable for the owner only) the database `file` and brings its tables up to date. */
  constructor(file: string, retention: Retention, eventRetention: EventRetention) {
    closeSync(openSync(file, 'a', 0o600));
    this.#retention = retention;
    this.#database = new DatabaseSync(file);
    try {
      this.#database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;');
      this.#migrate();
      this.#insert = this.#database.prepare('INSERT INTO log VALUES (?, ?, ?, ?, ?, ?, ?)');
      this.#events = new SqliteEvents(this.#database, eventRetention);
      this.#bytes = this.#number('SELECT coalesce(sum(length(changes)), 0) AS n FROM log');
    } catch (error) {
      this.#database.close();
      throw error;
    }
  }

  #migrate(): void {
    this.#transaction(() => {
      this.#database.exec(
        'CREATE TABLE IF NOT EXISTS migration (version INTEGER PRIMARY KEY, applied_at INTEGER NOT NULL) STRICT',
      );
      const version = this.#number('SELECT coalesce(max(version), 0) AS n FROM migration');
      const problem = wrongVersion(version);
      if (problem !== undefined) throw new Error(problem);
      migrations.forEach((statements, i) => {
        if (i < version) return;
        this.#database.exec(statements);
        this.#database.exec(`INSERT INTO migration VALUES (${i + 1}, unixepoch() * 1000)`);
      });
    });
  }

  /** Writes `rows` and `events` in one transaction; durable on return. The rows must follow the newest revision. */
  append(rows: readonly StoredRow[], events: readonly AuditEvent[]): void {
    const [first] = rows;
    this.#transaction(() => {
      const last = this.lastRevision();
      if (first !== undefined && first.revision !== last + 1)
        throw new Error(`revision ${first.revision} does not follow ${last}`);
      this.#events.add(events);
      for (const row of rows)
        this.#insert.run(row.revision, row.time, row.account, row.region, row.operation, row.format, row.changes);
    });
    for (const row of rows) this.#bytes += row.changes.length;
  }

  /** The newest revision, in the log or folded. */
  lastRevision(): number {
    return this.#number('SELECT max((SELECT revision FROM folded), (SELECT coalesce(max(revision), 0) FROM log)) AS n');
  }

  /** What the state of `revision` (default: the newest) is made of, or undefined when the log does not reach to it. */
  read(revision?: number): StoredState | undefined {
    const folded = this.#number('SELECT revision AS n FROM folded');
    const wanted = revision ?? this.lastRevision();
    if (wanted < folded || wanted > this.lastRevision()) return undefined;
    return {
      folded,
      records: this.#database.prepare('SELECT kind, key, value FROM record').all() as StoredState['records'] & never[],
      rows: this.#database
        .prepare('SELECT revision, changes FROM log WHERE revision <= ? ORDER BY revision')
        .all(wanted) as StoredState['rows'] & never[],
      format: this.#number(newestFormat),
    };
  }

  /** When the row of `revision` was decided; undefined when there is none. */
  timeOf(revision: number): number | undefined {
    const found = this.#database.prepare('SELECT time FROM log WHERE revision = ?').get(revision)?.['time'];
    return found === undefined ? undefined : Number(found);
  }

  /**
   * Folds the oldest rows into the records when the log is too large and they are old enough. Returns whether there is more
   * to fold. `now` in milliseconds since 1970.
   */
  fold(now: number): boolean {
    if (this.#bytes <= this.#retention.bytes) return false;
    const newest = now - this.#retention.age;
    // The oldest row alone tells, nearly always, that nothing is old enough.
    if (this.#number('SELECT coalesce((SELECT time FROM log ORDER BY revision LIMIT 1), 9e15) AS n') > newest)
      return false;
    const oldest = this.#database
      .prepare('SELECT revision, time, format, changes FROM log ORDER BY revision LIMIT ?')
      .all(FOLD_ROWS) as unknown as StoredRow[];
    const young = oldest.findIndex((row) => row.time > newest);
    const rows = young < 0 ? oldest : oldest.slice(0, young);
    this.#foldRows(rows);
    return rows.length === FOLD_ROWS;
  }

  /**
   * Makes the file hold nothing but the newest records and the events, when it was written by a version that kept secrets in it. Returns
   * whether it was. The log begins anew; it takes as long as writing the database, and as much space once more.
   */
  scrub(): boolean {
    if (this.#number('SELECT due AS n FROM scrub') === 0) return false;
    const oldest = this.#database.prepare('SELECT revision, format, changes FROM log ORDER BY revision LIMIT ?');
    for (let isMore = true; isMore;) {
      const rows = oldest.all(FOLD_ROWS) as unknown as StoredRow[];
      this.#foldRows(rows);
      isMore = rows.length === FOLD_ROWS;
    }
    // Pages that became free keep what was in them: the whole file is written anew, then the log that has its old pages is cut off.
    this.#database.exec('VACUUM');
    if (this.#number('PRAGMA wal_checkpoint(TRUNCATE)', 'busy') !== 0)
      throw new Error('another program reads the database');
    this.#database.exec('UPDATE scrub SET due = 0');
    return true;
  }

  #foldRows(rows: readonly StoredRow[]): void {
    const last = rows.at(-1);
    if (last === undefined) return;
    this.#transaction(() => {
      const put = this.#database.prepare('INSERT OR REPLACE INTO record VALUES (?, ?, ?, ?)');
      const remove = this.#database.prepare('DELETE FROM record WHERE kind = ? AND key = ?');
      for (const row of rows)
        for (const { kind, key, record } of JSON.parse(row.changes) as StoredChange[])
          if (record === undefined) remove.run(kind, key);
          else put.run(kind, key, row.format, JSON.stringify(record));
      this.#database.prepare('DELETE FROM log WHERE revision <= ?').run(last.revision);
      this.#database.prepare('UPDATE folded SET revision = ?').run(last.revision);
    });
    for (const row of rows) this.#bytes -= row.changes.length;
  }

  /** Searches a slice of the events; see `SqliteEvents.find`. */
  findEvents(query: EventQuery): EventPage {
    return this.#events.find(query);
  }

  /** Removes events that are too many or too old; returns whether there is more to remove. `now` in milliseconds since 1970. */
  expireEvents(now: number): boolean {
    return this.#events.expire(now, (work) => this.#transaction(work));
  }

  /** Removes every event; durable on return. */
  clearEvents(): void {
    this.#transaction(() => this.#events.clear());
  }

  close(): void {
    this.#database.close();
  }

  #transaction(work: () => void): void {
    this.#database.exec('BEGIN IMMEDIATE');
    try {
      work();
      this.#database.exec('COMMIT');
    } catch (error) {
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
      throw error;
    }
  }

  #number(query: string, column = 'n'): number {
    return Number(this.#database.prepare(query).get()?.[column]);
  }
}

interface StoredChange {
  readonly kind: string;
  readonly key: string;
  readonly record?: unknown;
}
