// Every operation of VPC Lattice.

import { createAccessLogSubscription } from './access-log/create-access-log-subscription.ts';
import { deleteAccessLogSubscription } from './access-log/delete-access-log-subscription.ts';
import { getAccessLogSubscription } from './access-log/get-access-log-subscription.ts';
import { updateAccessLogSubscription } from './access-log/update-access-log-subscription.ts';
import { listAccessLogSubscriptions } from './access-log/list-access-log-subscriptions.ts';
import { createServiceNetworkServiceAssociation } from './association/create-service-network-service-association.ts';
import { createServiceNetworkVpcAssociation } from './association/create-service-network-vpc-association.ts';
import { deleteServiceNetworkServiceAssociation } from './association/delete-service-network-service-association.ts';
import { deleteServiceNetworkVpcAssociation } from './association/delete-service-network-vpc-association.ts';
import { getServiceNetworkServiceAssociation } from './association/get-service-network-service-association.ts';
import { getServiceNetworkVpcAssociation } from './association/get-service-network-vpc-association.ts';
import { listServiceNetworkServiceAssociations } from './association/list-service-network-service-associations.ts';
import { listServiceNetworkVpcAssociations } from './association/list-service-network-vpc-associations.ts';
import { updateServiceNetworkVpcAssociation } from './association/update-service-network-vpc-association.ts';
import { createListener } from './listener/create-listener.ts';
import { deleteListener } from './listener/delete-listener.ts';
import { getListener } from './listener/get-listener.ts';
import { listListeners } from './listener/list-listeners.ts';
import { updateListener } from './listener/update-listener.ts';
import { createServiceNetwork } from './network/create-service-network.ts';
import { deleteServiceNetwork } from './network/delete-service-network.ts';
import { getServiceNetwork } from './network/get-service-network.ts';
import { listServiceNetworks } from './network/list-service-networks.ts';
import { updateServiceNetwork } from './network/update-service-network.ts';
import { getAuthPolicy } from './policy/get-auth-policy.ts';
import { createResourceGateway } from './resource-gateway/create-resource-gateway.ts';
import { deleteResourceGateway } from './resource-gateway/delete-resource-gateway.ts';
import { getResourceGateway } from './resource-gateway/get-resource-gateway.ts';
import { listResourceGateways } from './resource-gateway/list-resource-gateways.ts';
import { updateResourceGateway } from './resource-gateway/update-resource-gateway.ts';
import { deleteDomainVerification } from './domain-verification/delete-domain-verification.ts';
import { getDomainVerification } from './domain-verification/get-domain-verification.ts';
import { listDomainVerifications } from './domain-verification/list-domain-verifications.ts';
import { startDomainVerification } from './domain-verification/start-domain-verification.ts';
import { createResourceConfiguration } from './resource-configuration/create-resource-configuration.ts';
import { deleteResourceConfiguration } from './resource-configuration/delete-resource-configuration.ts';
import { getResourceConfiguration } from './resource-configuration/get-resource-configuration.ts';
import { listResourceConfigurations } from './resource-configuration/list-resource-configurations.ts';
import { updateResourceConfiguration } from './resource-configuration/update-resource-configuration.ts';
import { createServiceNetworkResourceAssociation } from './association/create-service-network-resource-association.ts';
import { deleteServiceNetworkResourceAssociation } from './association/delete-service-network-resource-association.ts';
import { getServiceNetworkResourceAssociation } from './association/get-service-network-resource-association.ts';
import { listServiceNetworkResourceAssociations } from './association/list-service-network-resource-associations.ts';
import { deleteAuthPolicy } from './policy/delete-auth-policy.ts';
import { putAuthPolicy } from './policy/put-auth-policy.ts';
import { deleteResourcePolicy } from './policy/delete-resource-policy.ts';
import { getResourcePolicy } from './policy/get-resource-policy.ts';
import { putResourcePolicy } from './policy/put-resource-policy.ts';
import { deleteResourceEndpointAssociation } from './association/delete-resource-endpoint-association.ts';
import { listResourceEndpointAssociations } from './association/list-resource-endpoint-associations.ts';
import { listServiceNetworkVpcEndpointAssociations } from './association/list-service-network-vpc-endpoint-associations.ts';
import { batchUpdateRule } from './rule/batch-update-rule.ts';
import { createRule } from './rule/create-rule.ts';
import { deleteRule } from './rule/delete-rule.ts';
import { getRule } from './rule/get-rule.ts';
import { listRules } from './rule/list-rules.ts';
import { updateRule } from './rule/update-rule.ts';
import { createService } from './service/create-service.ts';
import { deleteService } from './service/delete-service.ts';
import { getService } from './service/get-service.ts';
import { listServices } from './service/list-services.ts';
import { updateService } from './service/update-service.ts';
import { listTagsForResource } from './tag/list-tags-for-resource.ts';
import { tagResource } from './tag/tag-resource.ts';
import { untagResource } from './tag/untag-resource.ts';
import { createTargetGroup } from './target/create-target-group.ts';
import { deleteTargetGroup } from './target/delete-target-group.ts';
import { deregisterTargets } from './target/deregister-targets.ts';
import { getTargetGroup } from './target/get-target-group.ts';
import { listTargetGroups } from './target/list-target-groups.ts';
import { listTargets } from './target/list-targets.ts';
import { registerTargets } from './target/register-targets.ts';
import { updateTargetGroup } from './target/update-target-group.ts';
import type { Operation } from '../operation.ts';
import type { LatticeDeps } from './deps.ts';

/** The operations. */
export const latticeOperations: readonly Operation<LatticeDeps>[] = [
  createAccessLogSubscription,
  deleteAccessLogSubscription,
  getAccessLogSubscription,
  listAccessLogSubscriptions,
  updateAccessLogSubscription,
  createServiceNetworkServiceAssociation,
  createServiceNetworkVpcAssociation,
  deleteServiceNetworkServiceAssociation,
  deleteServiceNetworkVpcAssociation,
  getServiceNetworkServiceAssociation,
  getServiceNetworkVpcAssociation,
  listServiceNetworkServiceAssociations,
  listServiceNetworkVpcAssociations,
  updateServiceNetworkVpcAssociation,
  createListener,
  deleteListener,
  getListener,
  listListeners,
  updateListener,
  createServiceNetwork,
  deleteServiceNetwork,
  getServiceNetwork,
  listServiceNetworks,
  updateServiceNetwork,
  getAuthPolicy,
  createResourceGateway,
  deleteResourceGateway,
  getResourceGateway,
  listResourceGateways,
  updateResourceGateway,
  deleteDomainVerification,
  getDomainVerification,
  listDomainVerifications,
  startDomainVerification,
  createResourceConfiguration,
  deleteResourceConfiguration,
  getResourceConfiguration,
  listResourceConfigurations,
  updateResourceConfiguration,
  createServiceNetworkResourceAssociation,
  deleteServiceNetworkResourceAssociation,
  getServiceNetworkResourceAssociation,
  listServiceNetworkResourceAssociations,
  deleteAuthPolicy,
  putAuthPolicy,
  deleteResourcePolicy,
  getResourcePolicy,
  putResourcePolicy,
  deleteResourceEndpointAssociation,
  listResourceEndpointAssociations,
  listServiceNetworkVpcEndpointAssociations,
  batchUpdateRule,
  createRule,
  deleteRule,
  getRule,
  listRules,
  updateRule,
  createService,
  deleteService,
  getService,
  listServices,
  updateService,
  listTagsForResource,
  tagResource,
  untagResource,
  createTargetGroup,
  deleteTargetGroup,
  deregisterTargets,
  getTargetGroup,
  listTargetGroups,
  listTargets,
  registerTargets,
  updateTargetGroup,
];
