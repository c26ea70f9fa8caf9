// What connections and exchanges of a worker share.

import type { Clock } from '../base/clock.ts';
import type { Random } from '../base/random.ts';
import type { AccessRecord } from '../telemetry/index.ts';
import type { InvokeClient } from './function/invoke-client.ts';
import type { ClientConnection } from './http1/client-connection.ts';
import type { ProxyLimits } from './limits.ts';
import type { Metrics } from './metrics.ts';
import type { GroupState } from './upstream/target-state.ts';
import type { World } from './world.ts';
import type { ZoneFinder } from './zones.ts';

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
  /** Adds to the bytes of all clients. */
  countBytes(received: number, sent: number): void;
  forget(connection: ClientConnection): void;
}
