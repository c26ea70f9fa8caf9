// What explain needs of a control process: names, sockets, security groups and health as they are now; the access log and the state of then.

import type { Clock } from '../base/clock.ts';
import { systemRandom } from '../base/random.ts';
import type { Watch } from '../base/watch.ts';
import type { HealthBoard } from '../control/index.ts';
import { createLookUp } from '../dns/index.ts';
import { createExplainer, type ExplainDeps, type Explainer } from '../explain/index.ts';
import {
  findAdmission,
  findArrival,
  findBarriers,
  findPassage,
  namePrefix,
  type WorkloadPlace,
} from '../network/index.ts';
import type { Snapshot } from '../snapshot/index.ts';
import type { Store } from '../store/index.ts';
import type { Agent } from './agent.ts';
import { createServedExplainer, type ServedExplainer } from './explain-served.ts';
import type { ServerSettings } from './settings.ts';

/** Makes the explainers of a server: of requests that are not sent, and of those that were served. */
export function bindExplain(parts: {
  readonly settings: ServerSettings;
  readonly snapshot: Watch<Snapshot>;
  readonly store: Pick<Store, 'at' | 'timeOf'>;
  readonly agent: Agent;
  readonly health: HealthBoard;
  readonly clock: Clock;
}): { readonly explain: Explainer; readonly explainServed: ServedExplainer } {
  const { settings, store, agent, health, clock } = parts;
  const { attach, lowPorts, dataDirectory, limits } = settings;
  const options = { attach, lowPorts, prefix: namePrefix(dataDirectory) };
  const placesIn = (snapshot: Snapshot): readonly WorkloadPlace[] => {
    const standing = agent.workloads.places(snapshot);
    const taken = new Set(standing.map(({ vpcId, address }) => `${vpcId} ${address}`));
    // Nobody stands for these now: whoever comes has their groups.
    const vacant = [...snapshot.vpcs.values()].flatMap(({ id: vpcId, instances }) =>
      instances.flatMap(({ address, securityGroups }) =>
        taken.has(`${vpcId} ${address}`) ? [] : [{ vpcId, address, securityGroups }],
      ),
    );
    return [...standing, ...vacant];
  };
  const explain = createExplainer({
    limits,
    snapshot: () => parts.snapshot.value,
    now: () => clock.now(),
    findName: nameFinder(),
    findArrival: (approach, snapshot) => findArrival(approach, snapshot, options, agent.listening.value),
    findPassage: (approach, client, groups, snapshot) => findPassage(approach, client, groups, placesIn(snapshot)),
    findBarriers,
    findAdmission: (vpc, address, port, snapshot) => findAdmission({ vpc, address, port }, placesIn(snapshot)),
    findHealth: (groupId, { id, port }) => health.find(groupId, `${id}|${port}`)?.health,
  });
  // Names of other revisions do not come between.
  const explainServed = createServedExplainer({ settings, limits, store, clock, findName: nameFinder() });
  return { explain, explainServed };
}

function nameFinder(): ExplainDeps['findName'] {
  const names = createLookUp(systemRandom);
  return (name, vpcId, snapshot) => {
    names.apply(snapshot);
    return names.find(name, vpcId);
  };
}
