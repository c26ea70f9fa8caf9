// What data planes saw of targets, in the words of ListTargets.

import type { HealthBoard } from '../control/index.ts';
import type { ObservedHealth } from '../domain/target/index.ts';
import type { Target } from '../domain/records/index.ts';

/** What `health` knows of a target; undefined where no check has ended yet. */
export function bindHealth(health: Pick<HealthBoard, 'find'>): (target: Target) => ObservedHealth | undefined {
  return ({ targetGroupId, targetId, port }) => {
    const found = health.find(targetGroupId, `${targetId}|${port ?? 80}`);
    if (found?.health === 'healthy') return { health: 'HEALTHY' };
    if (found?.health !== 'unhealthy') return undefined;
    return { health: 'UNHEALTHY', ...(found.reason === undefined ? {} : { reasonCode: found.reason }) };
  };
}
