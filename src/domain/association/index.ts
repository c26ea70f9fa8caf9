// Associations of services, resources and VPCs with service networks.

export {
  getServiceAssociation,
  getVpcAssociation,
  judgeServiceAssociationFilter,
  judgeVpcAssociationFilter,
  listServiceAssociations,
  listVpcAssociations,
} from './read.ts';
export {
  deleteResourceEndpointAssociation,
  listNetworkEndpointAssociations,
  listResourceEndpointAssociations,
} from './endpoint-association.ts';
export { findDomainTwin } from './domain-twin.ts';
export { getResourceAssociation, listResourceAssociations, resourceDnsEntry } from './read-resources.ts';
export {
  createResourceAssociation,
  deleteResourceAssociation,
  judgeNewResourceAssociation,
  type CreateResourceAssociationInput,
} from './resource-association.ts';
export {
  createServiceAssociation,
  deleteServiceAssociation,
  removeServiceAssociation,
  type CreateServiceAssociationInput,
} from './service-association.ts';
export {
  createVpcAssociation,
  deleteVpcAssociation,
  judgeNewVpcAssociation,
  judgeVpcAssociationUpdate,
  updateVpcAssociation,
  type CreateVpcAssociationInput,
  type UpdateVpcAssociationInput,
} from './vpc-association.ts';
