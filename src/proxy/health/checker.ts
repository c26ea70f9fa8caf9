// Health checks: which worker checks which target, when, and what a row of results means.

import { connect } from 'node:net';
import type { Clock } from '../../base/clock.ts';
import type { HealthCheckRecord } from '../../snapshot/index.ts';
import { targetKey, type GroupState, type Health, type TargetState } from '../upstream/target-state.ts';

/** A change of a target's health, as seen by the worker that checks it. */
export interface HealthReport {
  readonly groupId: string;
  readonly target: string;
  readonly health: Health;
}

/** The checks of one worker. */
export interface HealthChecker {
  /** Looks for targets that came or went; checks new ones at once. `live` are the workers of this node that are up. */
  update(groups: Iterable<GroupState>, live: readonly number[]): void;
  close(): void;
}

export interface HealthCheckerDeps {
  readonly worker: number;
  readonly clock: Clock;
  /** Intervals are divided by this. */
  readonly speed: number;
  sources(vpcId: string): readonly string[];
  report(report: HealthReport): void;
}

interface Check {
  readonly target: TargetState;
  readonly settings: HealthCheckRecord;
  successes: number;
  failures: number;
  cancel: () => void;
  cancelEarly: () => void;
}

/** Milliseconds after which a new target that did not answer is tried again: it is often registered while it still starts. */
const FIRST_RETRY = 250;

/** The worker that checks a target: the one with the highest hash, so that few targets move when workers come and go. */
export function checkerOf(key: string, live: readonly number[]): number | undefined {
  let best: number | undefined;
  let bestScore = -1;
  for (const worker of live) {
    const score = hash(`${worker}|${key}`);
    if (score > bestScore) {
      bestScore = score;
      best = worker;
    }
  }
  return best;
}

/** FNV-1a with a final mix (public domain algorithms), 32 bits. */
function hash(text: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/**
 * The health after a check (User Guide: Health checks): a new target needs one success to become healthy and the threshold's failures to become
 * unhealthy; afterwards the thresholds apply. Counts are of consecutive results, this one included.
 */
export function nextHealth(
  health: Health,
  counts: { readonly successes: number; readonly failures: number },
  settings: Pick<HealthCheckRecord, 'healthyThreshold' | 'unhealthyThreshold'>,
): Health {
  if (health === 'initial' && counts.successes > 0) return 'healthy';
  if (counts.successes >= settings.healthyThreshold) return 'healthy';
  if (counts.failures >= settings.unhealthyThreshold) return 'unhealthy';
  return health;
}

/** Makes a checker. A check is a connection to the traffic or override port, ended by a reset so that no port is left in TIME_WAIT. */
export function createHealthChecker(deps: HealthCheckerDeps): HealthChecker {
  const checks = new Map<string, Check>();

  const settle = (check: Check, ok: boolean): void => {
    check.successes = ok ? check.successes + 1 : 0;
    check.failures = ok ? 0 : check.failures + 1;
    const health = nextHealth(check.target.health, check, check.settings);
    if (health === check.target.health) return;
    check.target.health = health;
    deps.report({ groupId: check.target.groupId, target: targetKey(check.target.record), health });
  };

  const run = (key: string, check: Check): void => {
    // The schedule does not move with the response time (User Guide).
    check.cancel = deps.clock.after((check.settings.intervalSeconds * 1000) / deps.speed, () => {
      check.cancelEarly();
      run(key, check);
    });
    attempt(key, check, FIRST_RETRY, true);
  };

  /** One connection. While a target is new and does not answer yet, more follow after `retry` milliseconds, doubling; only the scheduled ones count as failures. */
  const attempt = (key: string, check: Check, retry: number, scheduled: boolean): void => {
    const { settings, target } = check;
    const localAddress = deps.sources(target.vpcId)[0];
    const socket = connect({
      host: target.address,
      port: settings.port ?? target.record.port,
      ...(localAddress === undefined ? {} : { localAddress }),
    });
    let over = false;
    const end = (ok: boolean): void => {
      if (over) return;
      over = true;
      timer();
      socket.resetAndDestroy();
      if (checks.get(key) !== check) return;
      if (ok || scheduled) settle(check, ok);
      if (!ok && check.target.health === 'initial')
        check.cancelEarly = deps.clock.after(retry, () => attempt(key, check, retry * 2, false));
    };
    const timer = deps.clock.after(settings.timeoutSeconds * 1000, () => end(false));
    socket.on('connect', () => end(true));
    socket.on('error', () => end(false));
  };

  return {
    update(groups, live) {
      const wanted = new Map<string, { target: TargetState; settings: HealthCheckRecord }>();
      for (const group of groups) {
        if (!group.record.healthCheck.enabled) continue;
        for (const target of group.targets) {
          const key = `${group.record.id}|${targetKey(target.record)}`;
          if (!target.record.draining && checkerOf(key, live) === deps.worker)
            wanted.set(key, { target, settings: group.record.healthCheck });
        }
      }
      for (const [key, check] of checks) {
        const now = wanted.get(key);
        if (now?.target === check.target && JSON.stringify(now.settings) === JSON.stringify(check.settings))
          wanted.delete(key);
        else {
          check.cancel();
          check.cancelEarly();
          checks.delete(key);
        }
      }
      for (const [key, { target, settings }] of wanted) {
        const check: Check = { target, settings, successes: 0, failures: 0, cancel: () => {}, cancelEarly: () => {} };
        checks.set(key, check);
        run(key, check);
      }
    },
    close() {
      for (const check of checks.values()) {
        check.cancel();
        check.cancelEarly();
      }
      checks.clear();
    },
  };
}
