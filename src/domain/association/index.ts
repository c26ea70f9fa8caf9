// Associations of services and VPCs with service networks.

export { getServiceAssociation, getVpcAssociation, listServiceAssociations, listVpcAssociations } from './read.ts';
export {
  createServiceAssociation,
  deleteServiceAssociation,
  removeServiceAssociation,
  type CreateServiceAssociationInput,
} from './service-association.ts';
export {
  createVpcAssociation,
  deleteVpcAssociation,
  updateVpcAssociation,
  type CreateVpcAssociationInput,
  type UpdateVpcAssociationInput,
} from './vpc-association.ts';
