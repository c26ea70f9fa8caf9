// Associations of VPC endpoints in the wire's shape.

import type { State } from '../../../domain/index.ts';
import type { NetworkEndpointAssociation, ResourceEndpointAssociation } from '../../../domain/records/index.ts';

/** An endpoint of a resource, with the names of the configuration as they are now; each call's schema takes the members that it has. */
export function describeResourceEndpoint(state: State, association: ResourceEndpointAssociation) {
  const { id, arn, createdBy, createdAt, resourceConfigurationId, vpcEndpointId, vpcEndpointOwner } = association;
  const configuration = state.tables.resourceConfiguration.get(association.resourceConfigurationKey);
  return {
    ...{ id, arn, createdBy, resourceConfigurationId, vpcEndpointId, vpcEndpointOwner },
    resourceConfigurationArn: configuration?.arn,
    resourceConfigurationName: configuration?.name,
    createdAt: new Date(createdAt),
  };
}

/** An endpoint of a service network. */
export function describeNetworkEndpoint(state: State, association: NetworkEndpointAssociation) {
  const { id, vpcEndpointId, vpcEndpointOwner, vpcId, createdAt } = association;
  return {
    ...{ id, vpcEndpointId, vpcId, state: association.state },
    vpcEndpointOwnerId: vpcEndpointOwner,
    serviceNetworkArn: state.tables.serviceNetwork.get(association.serviceNetworkKey)?.arn,
    createdAt: new Date(createdAt),
  };
}
