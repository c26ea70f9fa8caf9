// What explain needs of a control process: names, sockets, security groups and health as they are now.

import type { Clock } from '../base/clock.ts';
import type { Watch } from '../base/watch.ts';
import type { HealthBoard } from '../control/index.ts';
import { createLookUp } from '../dns/index.ts';
import { createExplainer, type Explainer } from '../explain/index.ts';
import { findArrival, findPassage, namePrefix } from '../network/index.ts';
import type { Snapshot } from '../snapshot/index.ts';
import type { Agent } from './agent.ts';
import type { ServerSettings } from './settings.ts';

/** Makes the explainer of a server. */
export function bindExplain(parts: {
  readonly settings: ServerSettings;
  readonly snapshot: Watch<Snapshot>;
  readonly agent: Agent;
  readonly health: HealthBoard;
  readonly clock: Pick<Clock, 'now'>;
}): Explainer {
  const { settings, agent, health, clock } = parts;
  const { attach, lowPorts, dataDirectory, limits } = settings;
  const options = { attach, lowPorts, prefix: namePrefix(dataDirectory) };
  const names = createLookUp();
  return createExplainer({
    limits,
    snapshot: () => parts.snapshot.value,
    now: () => clock.now(),
    findName(name, vpcId, snapshot) {
      names.apply(snapshot);
      return names.find(name, vpcId);
    },
    findArrival: (approach, snapshot) => findArrival(approach, snapshot, options, agent.listening.value),
    findPassage: (approach, client, groups, snapshot) =>
      findPassage(approach, client, groups, agent.workloads.places(snapshot)),
    findHealth: (groupId, { id, port }) => health.find(groupId, `${id}|${port}`)?.health,
  });
}
