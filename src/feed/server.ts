// The control side of the feed: gives every connected data-plane process the newest snapshot as deltas and hears what it obeys and sees.

import type { Duplex } from 'node:stream';
import type { Log } from '../base/log.ts';
import type { Watch } from '../base/watch.ts';
import { diffSnapshots, emptySnapshot, tableNames, type Snapshot, type SnapshotRecord } from '../snapshot/index.ts';
import { createFrameReader, encodeFrame } from './frames.ts';
import { PROTOCOL, type DownMessage, type HealthObservation, type UpMessage } from './messages.ts';

/** A connected data-plane process. */
export interface FeedPeer {
  readonly node: string;
  readonly worker: number;
  /** Names the process. */
  readonly process: string;
  /** The newest revision of this history that it is known to obey: 0 while it obeys another history, -1 while it obeys nothing yet. */
  readonly acknowledged: number;
}

/** The server. */
export interface FeedServer {
  /** Serves a connection until it closes. */
  accept(stream: Duplex): void;
  readonly peers: ReadonlySet<FeedPeer>;
  close(): void;
}

export interface FeedServerDeps {
  readonly snapshot: Watch<Snapshot>;
  /** Names the history that revisions belong to: a process that has the same revision of another one gets everything anew. */
  readonly epoch: string;
  readonly log: Log;
  /** A peer came, went or acknowledged. */
  onPeers(): void;
  onHealth(peer: FeedPeer, reports: readonly HealthObservation[]): void;
  onCounters(peer: FeedPeer, values: Readonly<Record<string, number>>): void;
}

/** Snapshots kept so that a process that reconnects gets a delta. They share their records. */
const KEPT = 64;
/** Characters of JSON per frame, about: small enough that parsing one never holds a worker's loop. */
const FRAME_SIZE = 64 * 1024;

interface Peer extends FeedPeer {
  acknowledged: number;
  readonly stream: Duplex;
  /** What has been sent to it. */
  sent: Snapshot | undefined;
}

/** See `encodeDelta`. */
interface EncodedDelta {
  readonly base: Snapshot | undefined;
  readonly snapshot: Snapshot;
  readonly frames: readonly Buffer[];
  /** Streams that have not taken all of it. */
  takers: number;
}

/** Makes a server. */
export function createFeedServer(deps: FeedServerDeps): FeedServer {
  const peers = new Set<Peer>();
  const kept = new Map<number, Snapshot>();

  const keep = (snapshot: Snapshot): void => {
    kept.set(snapshot.revision, snapshot);
    for (const revision of kept.keys()) {
      if (kept.size <= KEPT) break;
      kept.delete(revision);
    }
  };

  const send = (peer: Peer, message: DownMessage): void => void peer.stream.write(encodeFrame(message));

  /** The last way from one snapshot to another, while a process still takes it: those that start together get the same bytes. */
  let encoded: EncodedDelta | undefined;

  const encodedDelta = (base: Snapshot | undefined, snapshot: Snapshot): EncodedDelta => {
    if (encoded?.base === base && encoded?.snapshot === snapshot) return encoded;
    encoded = { base, snapshot, frames: [...encodeDelta(deps.epoch, base, snapshot)], takers: 0 };
    return encoded;
  };

  /** Sends what is new, unless the process is still busy with what it got: then its drain event brings the newest. */
  const advance = (peer: Peer): void => {
    const snapshot = deps.snapshot.value;
    if (peer.sent === snapshot || peer.stream.writableNeedDrain) return;
    const delta = encodedDelta(peer.sent, snapshot);
    peer.sent = snapshot;
    delta.takers++;
    const last = delta.frames.length - 1;
    // Also called when the stream fails.
    const taken = (): void => {
      if (--delta.takers === 0 && encoded === delta) encoded = undefined;
    };
    delta.frames.forEach((frame, i) => void peer.stream.write(frame, i === last ? taken : undefined));
  };

  const onMessage = (stream: Duplex, peer: Peer | undefined, message: UpMessage): Peer | undefined => {
    if (peer === undefined) {
      if (message.type !== 'hello') throw new Error('the first message is not hello');
      if (!(message.protocol >= 1)) {
        stream.end(
          encodeFrame({
            type: 'refuse',
            reason: `protocol ${message.protocol} is not spoken here`,
          } satisfies DownMessage),
        );
        return undefined;
      }
      const same = message.epoch === deps.epoch ? kept.get(message.revision) : undefined;
      // One revision comes with other signing keys every day.
      const known = same?.day === (message.day ?? '') ? same : undefined;
      // What it serves from holds others back until it follows: it may be older than what they obey.
      const obeys = message.revision <= 0 ? -1 : message.epoch === deps.epoch ? message.revision : 0;
      const made: Peer = {
        node: message.node,
        worker: message.worker,
        process: message.process ?? String(message.worker),
        acknowledged: obeys,
        stream,
        sent: known,
      };
      send(made, { type: 'welcome', protocol: Math.min(PROTOCOL, message.protocol) });
      // What it already has is obeyed only once it says so: it gets an empty delta to acknowledge.
      if (known === deps.snapshot.value) {
        const { revision, day } = known;
        send(made, { type: 'begin', epoch: deps.epoch, base: revision, revision, day });
        send(made, { type: 'end', revision: known.revision });
      }
      peers.add(made);
      stream.on('drain', () => advance(made));
      advance(made);
      deps.onPeers();
      return made;
    }
    if (message.type === 'ack') {
      peer.acknowledged = Math.max(peer.acknowledged, message.revision);
      deps.onPeers();
    } else if (message.type === 'health') deps.onHealth(peer, message.reports);
    else if (message.type === 'counters') deps.onCounters(peer, message.values);
    return peer;
  };

  keep(deps.snapshot.value);
  const unsubscribe = deps.snapshot.subscribe((snapshot) => {
    keep(snapshot);
    for (const peer of peers) advance(peer);
  });

  return {
    peers,
    accept(stream) {
      const reader = createFrameReader();
      let peer: Peer | undefined;
      stream.on('data', (chunk: Buffer) => {
        try {
          reader.push(chunk);
          for (let frame = reader.next(); frame !== undefined; frame = reader.next())
            peer = onMessage(stream, peer, JSON.parse(frame.toString()) as UpMessage);
        } catch (error) {
          deps.log.warn('a feed connection is closed: it says what is not understood', { error });
          stream.destroy();
        }
      });
      stream.on('error', (error) => deps.log.warn('a feed connection failed', { error }));
      stream.on('close', () => {
        if (peer !== undefined && peers.delete(peer)) deps.onPeers();
      });
    },
    close() {
      unsubscribe();
      for (const peer of peers) peer.stream.destroy();
    },
  };
}

/** The frames that bring a process from `base` (undefined: nothing) to `snapshot`. */
function* encodeDelta(epoch: string, base: Snapshot | undefined, snapshot: Snapshot): Generator<Buffer> {
  const frame = (message: DownMessage): Buffer => encodeFrame(message);
  const { revision, day } = snapshot;
  yield frame({ type: 'begin', epoch, ...(base === undefined ? {} : { base: base.revision }), revision, day });
  const delta = diffSnapshots(base ?? emptySnapshot, snapshot);
  for (const table of tableNames) {
    const ids = delta.removed[table];
    if (ids !== undefined) yield frame({ type: 'remove', table, ids });
    let batch: SnapshotRecord[] = [];
    let size = 0;
    for (const record of delta.changed[table] ?? []) {
      batch.push(record);
      size += estimateSize(record);
      if (size < FRAME_SIZE) continue;
      yield frame({ type: 'put', table, records: batch });
      batch = [];
      size = 0;
    }
    if (batch.length > 0) yield frame({ type: 'put', table, records: batch });
  }
  yield frame({ type: 'end', revision });
}

/** Characters of a record's JSON, roughly and without making it: a service counts its rules, a group its targets. */
function estimateSize(record: SnapshotRecord): number {
  let items = 1;
  if ('listeners' in record)
    for (const listener of record.listeners as readonly { rules: readonly unknown[] }[]) items += listener.rules.length;
  else if ('targets' in record) items += (record.targets as readonly unknown[]).length;
  else if ('components' in record) items += (record.components as readonly unknown[]).length;
  return 400 + 200 * items;
}
