// The targets of a worker: health and round robin, kept beside the snapshot because they are soft.

import type { TargetGroupRecord, TargetRecord } from '../../snapshot/index.ts';
import type { TargetGroupMetrics } from '../metrics.ts';
import type { UpstreamPool } from './pool.ts';

/** What is known of a target's health. `unavailable` means that checks are off. */
export type Health = 'initial' | 'healthy' | 'unhealthy' | 'unavailable';

/** Why checks fail. AWS publishes no list; the names are those of Elastic Load Balancing. */
export type HealthReason = 'Target.Timeout' | 'Target.ResponseCodeMismatch' | 'Target.FailedHealthChecks';

/** Key of a target within its group. */
export function targetKey(target: { readonly id: string; readonly port: number }): string {
  return `${target.id}|${target.port}`;
}

/** A target as one worker knows it. */
export interface TargetState {
  readonly record: TargetRecord;
  readonly groupId: string;
  /** What is dialled. */
  readonly address: string;
  /** Address and port as logs have them. */
  readonly ipPort: string;
  /** Local addresses to dial from, in the order to try; empty: the system's choice. */
  readonly sources: () => readonly string[];
  health: Health;
  /** Why it is unhealthy. */
  reason: string | undefined;
  readonly pool: UpstreamPool;
  readonly metrics: TargetGroupMetrics;
}

/** A target group as one worker knows it. */
export interface GroupState {
  readonly record: TargetGroupRecord;
  readonly targets: readonly TargetState[];
  /** Position of the round robin. */
  cursor: number;
}

/** What a client is told when a group has no target to pick. */
export function whyNoTarget({ targets }: Pick<TargetGroupRecord, 'targets'>): string {
  return `the target group has no ${targets.length === 0 ? 'registered targets' : 'target that takes requests'}`;
}

/**
 * The next target for a request, or undefined when there is none. Healthy targets (and those without checks) take turns; INITIAL ones get
 * traffic only when there is no healthy one; if all are unhealthy, all get traffic (fail open; User Guide: Health checks).
 * Draining targets get none. `tried` are left out.
 */
export function pickTarget<T extends Pick<TargetState, 'record' | 'health'>>(
  group: { readonly targets: readonly T[]; cursor: number },
  tried: readonly T[] = [],
): T | undefined {
  const { targets } = group;
  let fallback: T | undefined;
  let last: T | undefined;
  for (let step = 0; step < targets.length; step++) {
    const position = (group.cursor + step) % targets.length;
    const target = targets[position];
    if (target === undefined || target.record.draining || (tried.length > 0 && tried.includes(target))) continue;
    if (target.health === 'healthy' || target.health === 'unavailable') {
      group.cursor = position + 1;
      return target;
    }
    if (target.health === 'initial') fallback ??= target;
    else last ??= target;
  }
  const chosen = fallback ?? last;
  if (chosen !== undefined) group.cursor = targets.indexOf(chosen) + 1;
  return chosen;
}
