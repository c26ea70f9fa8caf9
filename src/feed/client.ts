// The data-plane side of the feed: keeps the newest snapshot, says what is obeyed, reports what is seen, and reconnects for ever.

import type { Duplex } from 'node:stream';
import { backoffDelay } from '../base/backoff.ts';
import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import type { Random } from '../base/random.ts';
import { createWatch, type Watch } from '../base/watch.ts';
import {
  applyDelta,
  emptySnapshot,
  type Delta,
  type Snapshot,
  type SnapshotRecord,
  type TableName,
} from '../snapshot/index.ts';
import { createFrameReader, encodeFrame, type FrameReader } from './frames.ts';
import { PROTOCOL, type DownMessage, type HealthObservation, type UpMessage } from './messages.ts';

/** A snapshot and the history that its revision belongs to. */
export interface Dated {
  readonly epoch: string;
  readonly snapshot: Snapshot;
}

/** The client. */
export interface FeedClient {
  readonly current: Watch<Dated>;
  /** Whether control has said something on the present connection: a process that is stopped accepts connections too. */
  readonly answered: Watch<boolean>;
  /** Says that `revision` is obeyed. */
  acknowledge(revision: number): void;
  /** Tells what was seen of targets; of one target only the last, when control does not read. */
  reportHealth(reports: readonly HealthObservation[]): void;
  /** Resolves when the system has it, or when it is lost with its connection: whoever waits for that keeps nothing for a control that does not read. */
  reportCounters(values: Readonly<Record<string, number>>): Promise<void>;
  close(): void;
}

export interface FeedClientOptions {
  readonly node: string;
  readonly worker: number;
  /** Names this process; absent: its number does. */
  readonly process?: string;
  /** What is served from before control answers: the snapshot on disk, or nothing. */
  readonly initial?: Dated;
}

export interface FeedClientDeps {
  connect(): Duplex;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** Called on every new connection, after hello: to report what is soft and only known here. */
  onConnected(): void;
}

/** Milliseconds of decoding after which the loop gets its turn. */
const SLICE = 4;

interface Draft {
  readonly epoch: string;
  readonly base: number | undefined;
  readonly revision: number;
  readonly day: string;
  readonly changed: Partial<Record<TableName, SnapshotRecord[]>>;
  readonly removed: Partial<Record<TableName, string[]>>;
}

/** Makes a client and connects. A message of a type that is not known here is passed over. */
export function createFeedClient(options: FeedClientOptions, deps: FeedClientDeps): FeedClient {
  const current = createWatch<Dated>(options.initial ?? { epoch: '', snapshot: emptySnapshot });
  const answered = createWatch(false);
  let stream: Duplex | undefined;
  /** Whether hello is out: nothing may be said before it. */
  let introduced = false;
  let closed = false;
  let attempt = 0;

  /** What waits while control does not read (a stopped process, for instance): bounded by the number of targets. */
  const waiting = { revision: -1, health: new Map<string, HealthObservation>() };

  const send = (message: UpMessage, written?: () => void): void => {
    if (introduced && stream?.writable === true) stream.write(encodeFrame(message), written);
    else written?.();
  };
  const blocked = (): boolean => stream?.writableNeedDrain === true;
  const sendWaiting = (): void => {
    const { revision, health } = waiting;
    if (revision >= 0) send({ type: 'ack', revision });
    if (health.size > 0) send({ type: 'health', reports: [...health.values()] });
    forgetWaiting();
  };
  const forgetWaiting = (): void => {
    waiting.revision = -1;
    waiting.health.clear();
  };

  const finish = (draft: Draft): void => {
    const before = draft.base === undefined ? emptySnapshot : current.value.snapshot;
    const delta = {
      base: before.revision,
      revision: draft.revision,
      day: draft.day,
      changed: draft.changed as unknown as Delta['changed'],
      removed: draft.removed,
    };
    if (draft.base !== undefined && draft.base !== before.revision)
      throw new Error(`a delta from ${draft.base} came to ${before.revision}`);
    current.set({ epoch: draft.epoch, snapshot: applyDelta(before, delta) });
  };

  const open = (): void => {
    const mine = deps.connect();
    // A new connection begins with hello and with all that is known.
    forgetWaiting();
    stream = mine;
    introduced = false;
    const reader = createFrameReader();
    let draft: Draft | undefined;
    let scheduled = false;

    const onMessage = (message: DownMessage): void => {
      if (message.type === 'begin') {
        const { epoch, base, revision, day = '' } = message;
        draft = { epoch, base, revision, day, changed: {}, removed: {} };
      } else if (message.type === 'put')
        (draft === undefined ? [] : (draft.changed[message.table] ??= [])).push(...message.records);
      else if (message.type === 'remove')
        (draft === undefined ? [] : (draft.removed[message.table] ??= [])).push(...message.ids);
      else if (message.type === 'end' && draft !== undefined) {
        const whole = draft;
        draft = undefined;
        attempt = 0;
        finish(whole);
      } else if (message.type === 'welcome') answered.set(true);
      else if (message.type === 'refuse') deps.log.error('control refuses this process', { reason: message.reason });
    };

    // A large load comes in many frames; between them the loop serves traffic.
    const decode = (): void => {
      scheduled = false;
      const start = performance.now();
      try {
        while (!mine.destroyed) {
          const message = nextMessage(reader);
          if (message === undefined) return;
          onMessage(message);
          if (performance.now() - start < SLICE) continue;
          scheduled = true;
          setImmediate(decode);
          return;
        }
      } catch (error) {
        deps.log.error('the feed is read anew: it says what is not understood', { error });
        current.set({ ...current.value, epoch: '' });
        mine.destroy();
      }
    };

    mine.on('connect', () => {
      const { epoch, snapshot } = current.value;
      introduced = true;
      send({
        type: 'hello',
        protocol: PROTOCOL,
        capabilities: ['http1'],
        node: options.node,
        worker: options.worker,
        ...(options.process === undefined ? {} : { process: options.process }),
        epoch,
        revision: snapshot.revision,
        day: snapshot.day,
      });
      deps.onConnected();
    });
    mine.on('data', (chunk: Buffer) => {
      reader.push(chunk);
      if (!scheduled) decode();
    });
    mine.on('drain', sendWaiting);
    mine.on('error', () => {});
    mine.on('close', () => {
      if (stream === mine) stream = undefined;
      answered.set(false);
      if (!closed)
        deps.clock.after(backoffDelay(attempt++, { base: 20, limit: 200 }, deps.random), () =>
          closed ? undefined : open(),
        );
    });
  };
  open();

  return {
    current,
    answered,
    acknowledge(revision) {
      if (blocked()) waiting.revision = revision;
      else send({ type: 'ack', revision });
    },
    reportHealth(reports) {
      if (!blocked()) send({ type: 'health', reports });
      else for (const report of reports) waiting.health.set(`${report.groupId} ${report.target}`, report);
    },
    reportCounters: (values) => new Promise((resolve) => send({ type: 'counters', values }, resolve)),
    close() {
      closed = true;
      stream?.destroy();
    },
  };
}

function nextMessage(reader: FrameReader): DownMessage | undefined {
  const frame = reader.next();
  return frame === undefined ? undefined : (JSON.parse(frame.toString()) as DownMessage);
}
