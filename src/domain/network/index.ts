// Service networks.

export {
  createServiceNetwork,
  deleteServiceNetwork,
  updateServiceNetwork,
  type CreateServiceNetworkInput,
} from './network.ts';
export { countAssociations, findServiceNetwork, getServiceNetwork, listServiceNetworks } from './read.ts';
