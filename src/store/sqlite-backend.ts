// A backend in an SQLite database, written by a thread of its own.

import { Worker } from 'node:worker_threads';
import { entryUrl } from '../base/entry-path.ts';
import type { Log } from '../base/log.ts';
import { buildState, type Change, type State } from '../domain/index.ts';
import type { AuditEvent, EventPage, EventQuery, EventRetention } from './audit-event.ts';
import type { Backend, Retention } from './backend.ts';
import { wrongFormat } from './database-problem.ts';
import type { LogRow } from './log-row.ts';
import type { StoredState } from './sqlite-log.ts';
import type { SqliteError, SqliteReply, SqliteRequest, SqliteValue, SqliteWorkerData } from './sqlite-worker.ts';

type Question = SqliteRequest extends infer R ? (R extends SqliteRequest ? Omit<R, 'id'> : never) : never;

/**
 * The database `file` (made when absent). A thread that dies is started again by the next call. That the log
 * cannot be folded is logged when it begins and when it ends.
 */
export class SqliteBackend implements Backend {
  readonly #data: SqliteWorkerData;
  readonly #waiting = new Map<number, { resolve(value: SqliteValue): void; reject(error: Error): void }>();
  readonly #log: Log;
  #worker: Worker | undefined;
  #nextId = 1;

  constructor(file: string, retention: Retention, eventRetention: EventRetention, log: Log) {
    this.#data = { file, retention, eventRetention };
    this.#log = log;
  }

  async load(): Promise<State> {
    const stored = (await this.#ask({ kind: 'read' })) as StoredState | undefined;
    if (stored === undefined) throw new Error('the database has no newest state');
    return stateOf(stored);
  }

  async append(rows: readonly LogRow[], events: readonly AuditEvent[]): Promise<void> {
    const stored = rows.map((row) => ({ ...row, changes: JSON.stringify(row.changes) }));
    await this.#ask({ kind: 'append', rows: stored, events });
  }

  async findEvents(query: EventQuery): Promise<EventPage> {
    return (await this.#ask({ kind: 'findEvents', query })) as EventPage;
  }

  async clearEvents(): Promise<void> {
    await this.#ask({ kind: 'clearEvents' });
  }

  async lastRevision(): Promise<number> {
    return Number(await this.#ask({ kind: 'lastRevision' }));
  }

  async scrub(): Promise<boolean> {
    return (await this.#ask({ kind: 'scrub' })) === true;
  }

  async at(revision: number): Promise<State | undefined> {
    const stored = (await this.#ask({ kind: 'read', revision })) as StoredState | undefined;
    return stored === undefined ? undefined : stateOf(stored);
  }

  async timeOf(revision: number): Promise<number | undefined> {
    const time = await this.#ask({ kind: 'timeOf', revision });
    return typeof time === 'number' ? time : undefined;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const worker = this.#worker;
    if (worker === undefined) return;
    await this.#ask({ kind: 'close' });
    await worker.terminate();
  }

  #ask(question: Question): Promise<SqliteValue> {
    const worker = (this.#worker ??= this.#start());
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      worker.postMessage({ ...question, id } satisfies SqliteRequest);
    });
  }

  #start(): Worker {
    const worker = new Worker(entryUrl(import.meta.url, 'sqlite-worker'), { workerData: this.#data });
    worker.on('message', (reply: SqliteReply) => {
      if ('untidied' in reply) {
        this.#sayUntidied(reply.untidied);
        return;
      }
      const one = this.#waiting.get(reply.id);
      this.#waiting.delete(reply.id);
      if (reply.error === undefined) one?.resolve(reply.value);
      else one?.reject(revive(reply.error));
    });
    const ended = (error: Error): void => {
      if (this.#worker === worker) this.#worker = undefined;
      for (const one of this.#waiting.values()) one.reject(error);
      this.#waiting.clear();
    };
    worker.on('error', (error) => ended(error instanceof Error ? error : new Error(String(error))));
    worker.on('exit', (code) => ended(new Error(`the database's thread ended with ${code}`)));
    return worker;
  }

  #sayUntidied(error: SqliteError | undefined): void {
    if (error === undefined) this.#log.info('the log can be folded again');
    else this.#log.error('the log cannot be folded into records; it grows until it can', { error: revive(error) });
  }
}

function revive({ message, code }: SqliteError): Error {
  return Object.assign(new Error(message), code === undefined ? {} : { code });
}

function stateOf({ folded, records, rows, format }: StoredState): State {
  const problem = wrongFormat(format);
  if (problem !== undefined) throw new Error(problem);
  const changes = records.map(
    ({ kind, key, value }) => ({ kind, key, record: JSON.parse(value) as unknown }) as unknown as Change,
  );
  for (const row of rows)
    for (const change of JSON.parse(row.changes) as Change[])
      // A removal was written without its `record` member.
      changes.push(change.record === undefined ? { ...change, record: undefined } : change);
  return buildState(changes, rows.at(-1)?.revision ?? folded);
}
