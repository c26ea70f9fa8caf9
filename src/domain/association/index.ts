// Associations of services and VPCs with service networks, and how they move on.

export { advanceAssociations, failOverdueAssociations, hasWaitingAssociations, isCarried } from './advance.ts';
export { getServiceAssociation, getVpcAssociation, listServiceAssociations, listVpcAssociations } from './read.ts';
export {
  createServiceAssociation,
  deleteServiceAssociation,
  type CreateServiceAssociationInput,
} from './service-association.ts';
export {
  createVpcAssociation,
  deleteVpcAssociation,
  updateVpcAssociation,
  type CreateVpcAssociationInput,
  type UpdateVpcAssociationInput,
} from './vpc-association.ts';
