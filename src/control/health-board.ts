// What data planes report of targets, merged for ListTargets; soft, and gone with its target.

import type { HealthObservation } from '../feed/index.ts';
import { emptySnapshot, type Snapshot, type TargetGroupRecord } from '../snapshot/index.ts';

/** A report about one target. */
export interface BoardEntry {
  readonly health: string;
  readonly reason?: string;
}

/** The merged health of targets. */
export interface HealthBoard {
  put(reports: readonly HealthObservation[]): void;
  /** The newest report, or undefined when none has come. `target` is `{id}|{port}`. */
  find(groupId: string, target: string): BoardEntry | undefined;
  /** Forgets what was reported of targets that are new, gone, draining or not checked in `snapshot`. */
  follow(snapshot: Snapshot): void;
}

/** Makes an empty board. */
export function createHealthBoard(): HealthBoard {
  const groups = new Map<string, Map<string, BoardEntry>>();
  let last: Snapshot = emptySnapshot;
  return {
    put(reports) {
      for (const { groupId, target, health, reason } of reports) {
        let group = groups.get(groupId);
        if (group === undefined) groups.set(groupId, (group = new Map()));
        group.set(target, reason === undefined ? { health } : { health, reason });
      }
    },
    find: (groupId, target) => groups.get(groupId)?.get(target),
    follow(snapshot) {
      for (const [id, group] of groups) {
        const before = last.targetGroups.get(id);
        const after = snapshot.targetGroups.get(id);
        if (before === after && after !== undefined) continue;
        const kept = checkedTargets(before).intersection(checkedTargets(after));
        for (const target of group.keys()) if (!kept.has(target)) group.delete(target);
        if (group.size === 0) groups.delete(id);
      }
      last = snapshot;
    },
  };
}

function checkedTargets(group: TargetGroupRecord | undefined): ReadonlySet<string> {
  if (group?.healthCheck.enabled !== true) return new Set();
  return new Set(group.targets.filter(({ draining }) => !draining).map(({ id, port }) => `${id}|${port}`));
}
