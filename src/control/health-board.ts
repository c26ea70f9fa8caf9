// What data planes report of targets, merged for ListTargets; soft, and gone with its reporter's silence about a target.

import type { HealthObservation } from '../feed/index.ts';

/** The merged health of targets. */
export interface HealthBoard {
  put(reports: readonly HealthObservation[]): void;
  /** The newest report, or undefined when none has come. `target` is `{id}|{port}`. */
  find(groupId: string, target: string): string | undefined;
  /** Forgets groups that are not in `groups`. */
  keepOnly(groups: ReadonlySet<string>): void;
}

/** Makes an empty board. */
export function createHealthBoard(): HealthBoard {
  const groups = new Map<string, Map<string, string>>();
  return {
    put(reports) {
      for (const { groupId, target, health } of reports) {
        let group = groups.get(groupId);
        if (group === undefined) groups.set(groupId, (group = new Map()));
        group.set(target, health);
      }
    },
    find: (groupId, target) => groups.get(groupId)?.get(target),
    keepOnly(kept) {
      for (const id of groups.keys()) if (!kept.has(id)) groups.delete(id);
    },
  };
}
