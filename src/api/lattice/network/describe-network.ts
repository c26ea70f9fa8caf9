// A service network in the wire's shape.

import { countAssociations } from '../../../domain/network/index.ts';
import type { ServiceNetwork } from '../../../domain/records/index.ts';
import type { State } from '../../../domain/index.ts';
import { describeTimes } from '../time.ts';

/** What the create and update calls answer. */
export function describeNetwork({ id, arn, name, authType, sharingEnabled }: ServiceNetwork) {
  return { id, arn, name, authType, sharingConfig: { enabled: sharingEnabled } };
}

/** The whole, with times and the numbers of associations. */
export function describeNetworkFully(state: State, network: ServiceNetwork) {
  const { vpcs, services, resources } = countAssociations(state, network);
  return {
    ...describeNetwork(network),
    ...describeTimes(network),
    numberOfAssociatedVPCs: vpcs,
    numberOfAssociatedServices: services,
    numberOfAssociatedResourceConfigurations: resources,
  };
}
