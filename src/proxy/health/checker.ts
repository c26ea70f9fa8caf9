// Health checks: which worker checks which target, when, and what a row of results means.

import type { Clock } from '../../base/clock.ts';
import type { HealthCheckRecord } from '../../snapshot/index.ts';
import { createWalk } from '../walk.ts';
import { targetKey, type GroupState, type Health, type TargetState } from '../upstream/target-state.ts';
import { compileMatcher } from './matcher.ts';
import { probeTarget, type ProbeResult } from './probe.ts';

/** A change of a target's health, as seen by the worker that checks it. */
export interface HealthReport {
  readonly groupId: string;
  readonly target: string;
  readonly health: Health;
  /** Why it is unhealthy. */
  readonly reason?: string;
}

/** The checks of one worker. */
export interface HealthChecker {
  /** A group is new or changed: its new targets, and all when settings changed, are checked at once; those that went are not any more. */
  changed(group: GroupState): void;
  gone(groupId: string): void;
  /** The workers of this node that are up; `groups` are looked through in slices for what is this worker's now. */
  setLive(live: readonly number[], groups: Iterable<GroupState>): void;
  close(): void;
}

export interface HealthCheckerDeps {
  readonly worker: number;
  readonly clock: Clock;
  /** Intervals are divided by this. */
  readonly speed: number;
  report(report: HealthReport): void;
}

interface Check {
  readonly target: TargetState;
  readonly settings: HealthCheckRecord;
  /** The settings as text, for comparison. */
  readonly digest: string;
  readonly matches: (status: number) => boolean;
  successes: number;
  failures: number;
  /** Whether it stands in line or is under way. */
  due: boolean;
  /** Whether its next result counts as one of the schedule. */
  scheduled: boolean;
  /** Whether the last change was reported once only: a worker that did not know the target then hears it again. */
  reportAgain: boolean;
  /** Milliseconds until a new target that does not answer is tried again. */
  retry: number;
  over: boolean;
  cancel: () => void;
  cancelEarly: () => void;
}

/** Milliseconds after which a new target that did not answer is tried again: it is often registered while it still starts. */
const FIRST_RETRY = 250;

/** Checks under way at once: the first look at ten thousand targets must not use up the descriptors that traffic needs. */
const MAX_RUNNING = 200;

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

function newCheck(target: TargetState, settings: HealthCheckRecord, digest: string): Check {
  const none = (): void => {};
  const matches = compileMatcher(settings.matcher);
  return {
    ...{
      target,
      settings,
      digest,
      matches,
      successes: 0,
      failures: 0,
      due: false,
      scheduled: true,
      retry: FIRST_RETRY,
    },
    ...{ reportAgain: false, over: false, cancel: none, cancelEarly: none },
  };
}

/** Makes a checker. */
export function createHealthChecker(deps: HealthCheckerDeps): HealthChecker {
  const checks = new Map<string, Map<string, Check>>();
  let live: readonly number[] = [deps.worker];
  let line: Check[] = [];
  let running = 0;

  const settle = (check: Check, result: ProbeResult): void => {
    const { target } = check;
    check.successes = result === undefined ? check.successes + 1 : 0;
    check.failures = result === undefined ? 0 : check.failures + 1;
    const health = nextHealth(target.health, check, check.settings);
    // One success on the way back does not take the reason away.
    const reason = health === 'unhealthy' ? (result ?? target.reason) : undefined;
    const changed = health !== target.health || reason !== target.reason;
    if (!changed && !check.reportAgain) return;
    check.reportAgain = changed;
    target.health = health;
    target.reason = reason;
    const report = { groupId: target.groupId, target: targetKey(target.record), health };
    deps.report(reason === undefined ? report : { ...report, reason });
  };

  const look = ({ settings, target, matches }: Check, done: (result: ProbeResult) => void): void => {
    const { protocol, protocolVersion, path } = settings;
    probeTarget(
      {
        ...{ host: target.address, protocol, protocolVersion, path, matches },
        port: settings.port ?? target.record.port,
        sources: target.sources(),
        timeout: settings.timeoutSeconds * 1000,
      },
      deps.clock,
      done,
    );
  };

  /** While a target is new and does not answer, more tries follow, ever later; of failures only the schedule's count. */
  const conclude = (check: Check, result: ProbeResult): void => {
    const ok = result === undefined;
    if (ok || check.scheduled) settle(check, result);
    check.scheduled = false;
    if (ok || check.target.health !== 'initial') return;
    check.cancelEarly = deps.clock.after(check.retry, () => stand(check));
    check.retry *= 2;
  };

  const next = (): void => {
    while (running < MAX_RUNNING) {
      const check = line.shift();
      if (check === undefined) return;
      if (check.over) continue;
      running++;
      look(check, (result) => {
        running--;
        check.due = false;
        if (!check.over) conclude(check, result);
        next();
      });
    }
  };

  const stand = (check: Check): void => {
    if (check.due) return;
    check.due = true;
    line.push(check);
    next();
  };

  const begin = (check: Check): void => {
    // The schedule does not move with the response time (User Guide).
    check.cancel = deps.clock.after((check.settings.intervalSeconds * 1000) / deps.speed, () => begin(check));
    check.cancelEarly();
    check.scheduled = true;
    check.retry = FIRST_RETRY;
    stand(check);
  };

  const stop = (check: Check): void => {
    check.over = true;
    check.cancel();
    check.cancelEarly();
  };

  const place = (group: GroupState): void => {
    const { id, healthCheck: settings } = group.record;
    const digest = JSON.stringify(settings);
    const before = checks.get(id) ?? new Map<string, Check>();
    const now = new Map<string, Check>();
    for (const target of settings.enabled ? group.targets : []) {
      const key = targetKey(target.record);
      if (target.record.draining || checkerOf(`${id}|${key}`, live) !== deps.worker) continue;
      const known = before.get(key);
      if (known?.target === target && known.digest === digest) {
        now.set(key, known);
        before.delete(key);
        continue;
      }
      const check = newCheck(target, settings, digest);
      now.set(key, check);
      begin(check);
    }
    for (const gone of before.values()) stop(gone);
    if (now.size > 0) checks.set(id, now);
    else checks.delete(id);
  };

  let groups: Iterable<GroupState> = [];
  const walk = createWalk(function* () {
    for (const group of groups) yield place(group);
  }, deps.clock);

  return {
    changed: place,
    gone(groupId) {
      for (const check of checks.get(groupId)?.values() ?? []) stop(check);
      checks.delete(groupId);
    },
    setLive(workers, all) {
      live = workers;
      groups = all;
      walk.start();
    },
    close() {
      walk.stop();
      for (const group of checks.values()) for (const check of group.values()) stop(check);
      checks.clear();
      line = [];
    },
  };
}
