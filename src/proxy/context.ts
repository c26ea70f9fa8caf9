// What connections and exchanges of a worker share.

import type { Socket } from 'node:net';
import type { Clock } from '../base/clock.ts';
import type { Random } from '../base/random.ts';
import type { AccessRecord } from '../telemetry/index.ts';
import type { InvokeClient } from './function/invoke-client.ts';
import type { ProxyLimits } from './limits.ts';
import type { Metrics } from './metrics.ts';
import type { GroupState } from './upstream/target-state.ts';
import type { ReadBuffers } from './read-buffers.ts';
import type { World } from './world.ts';
import type { ZoneFinder } from './zones.ts';

/** A client's connection as the data plane holds it. */
export interface OpenConnection {
  readonly socket: Socket;
  /** The door that it counts for. */
  readonly doorKey: string;
  /** Called every second with the monotonic time: ends what is too slow, too idle or too old. */
  sweep(now: number): void;
  /** Closes now if idle, else after the running exchange. */
  closeSoon(): void;
  /** Closes after the next response whose head can say so: no client is surprised by an end while it sends. */
  closeNext(): void;
  /** Something was thrown that nobody expected while it was served. */
  onBug(error: unknown): void;
}

/** The shared part of a worker's data plane. */
export interface ProxyContext {
  world(): World;
  readonly groups: { find(id: string): GroupState | undefined };
  readonly functions: Pick<InvokeClient, 'invoke'>;
  readonly limits: ProxyLimits;
  readonly clock: Clock;
  readonly random: Random;
  /** Writes the record to the log of everything, and to those of the subscriptions. */
  log(record: AccessRecord, subscriptions: readonly string[]): void;
  readonly metrics: Metrics;
  readonly zoneOf: ZoneFinder;
  /** What clients' connections read into. */
  readonly buffers: ReadBuffers;
  /** Adds to the bytes of all clients. */
  countBytes(received: number, sent: number): void;
  /** Tells of a bug that ended a request. */
  reportBug(error: unknown): void;
  /** The connection is over. */
  forget(connection: OpenConnection): void;
}
