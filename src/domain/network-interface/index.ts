// Network interfaces: which addresses of subnets are taken, by what, and with which security groups.

export {
  assignAddresses,
  createNetworkInterface,
  deleteNetworkInterface,
  modifyNetworkInterface,
  unassignAddresses,
} from './network-interface.ts';
export { attachInterface, detachInterface } from './attachment.ts';
export { describeNetworkInterfaces } from './read.ts';
