// Associations of VPC endpoints in the wire's shape.

import type { State } from '../../../domain/index.ts';
import {
  keyOf,
  type NetworkEndpointAssociation,
  type ResourceEndpointAssociation,
} from '../../../domain/records/index.ts';
import { endpointState } from '../../../domain/vpc-endpoint/index.ts';

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

/** An endpoint of a service network, in the state that EC2 tells. */
export function describeNetworkEndpoint(state: State, association: NetworkEndpointAssociation) {
  const { id, region, vpcEndpointId, vpcEndpointOwner, vpcId, createdAt } = association;
  const endpoint = state.tables.vpcEndpoint.get(keyOf(vpcEndpointOwner, region, vpcEndpointId));
  return {
    ...{ id, vpcEndpointId, vpcId, state: endpoint === undefined ? association.state : endpointState(endpoint) },
    vpcEndpointOwnerId: vpcEndpointOwner,
    serviceNetworkArn: state.tables.serviceNetwork.get(association.serviceNetworkKey)?.arn,
    createdAt: new Date(createdAt),
  };
}
