// The workloads of the agent as the API calls them.

import type { Workloads as ApiWorkloads } from '../api/index.ts';
import type { UserNamespace } from '../network/index.ts';
import type { Store } from '../store/index.ts';
import type { WorkloadTokens } from './workload-roles.ts';
import type { Workloads } from '../workload/index.ts';

/** Binds the API's calls to the agent's workloads. */
export function bindWorkloads(
  workloads: Workloads,
  store: Pick<Store, 'state'>,
  tokens: Pick<WorkloadTokens, 'read'>,
  userNamespace: UserNamespace | undefined,
): ApiWorkloads {
  // Whoever comes from outside has to enter that first.
  const around = userNamespace === undefined ? {} : { keeper: userNamespace.pid };
  return {
    async create({ vpcKey, ...request }) {
      const vpc = store.state.value.tables.vpc.get(vpcKey);
      if (vpc === undefined) return { failure: 'invalid', message: 'The VPC is gone.' };
      const made = await workloads.create({ vpcId: vpc.id, ...request });
      return 'failure' in made ? made : { workload: { ...made, ...around } };
    },
    lease: (id, closed) => workloads.lease(id, closed),
    byToken(token) {
      const id = tokens.read(token);
      return id === undefined ? undefined : workloads.named(id);
    },
  };
}
