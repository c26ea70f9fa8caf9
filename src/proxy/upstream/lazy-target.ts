// A target as one worker knows it, whose pool and metrics are made when the first request goes there: most of a hundred thousand targets get none from this worker.

import { isIPv6 } from 'node:net';
import type { TargetRecord } from '../../snapshot/index.ts';
import type { TargetGroupMetrics } from '../metrics.ts';
import type { DialTls } from './dial.ts';
import type { DialPlace } from './place.ts';
import type { UpstreamPool } from './pool.ts';
import type { Health, TargetState } from './target-state.ts';

/** Makes what a target has only once it is used. */
export interface TargetParts {
  readonly pool: (target: LazyTarget) => UpstreamPool;
  readonly metrics: (target: LazyTarget) => TargetGroupMetrics;
  readonly sources: (target: LazyTarget) => readonly string[];
}

/** Each made eagerly was 3 KB a target, and 34 counters a group that were sent to control every second (measured 2026-11). */
export class LazyTarget implements TargetState {
  record: TargetRecord;
  readonly groupId: string;
  readonly vpcId: string;
  readonly place: DialPlace;
  /** How it is encrypted, if it is. */
  readonly tls: DialTls | undefined;
  health: Health;
  reason: string | undefined;
  readonly #parts: TargetParts;
  #pool: UpstreamPool | undefined;
  #metrics: TargetGroupMetrics | undefined;
  #ipPort: string | undefined;
  #closed = false;

  constructor(
    parts: TargetParts,
    known: Pick<LazyTarget, 'record' | 'groupId' | 'vpcId' | 'place' | 'tls' | 'health' | 'reason'>,
  ) {
    this.#parts = parts;
    this.record = known.record;
    this.groupId = known.groupId;
    this.vpcId = known.vpcId;
    this.place = known.place;
    this.tls = known.tls;
    this.health = known.health;
    this.reason = known.reason;
  }

  get address(): string {
    return this.place.host;
  }

  get ipPort(): string {
    const { host } = this.place;
    return (this.#ipPort ??= `${isIPv6(host) ? `[${host}]` : host}:${this.record.port}`);
  }

  get sources(): () => readonly string[] {
    return () => this.#parts.sources(this);
  }

  get metrics(): TargetGroupMetrics {
    return (this.#metrics ??= this.#parts.metrics(this));
  }

  get pool(): UpstreamPool {
    if (this.#pool === undefined) {
      this.#pool = this.#parts.pool(this);
      if (this.#closed) this.#pool.close();
    }
    return this.#pool;
  }

  /** Closes unused connections and keeps none from now on. */
  close(): void {
    this.#closed = true;
    this.#pool?.close();
  }
}
