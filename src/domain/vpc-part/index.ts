// What EC2 puts around VPCs and Pergola only keeps: route tables, gateways, elastic IPs, network ACLs, DHCP options.

export { associateDhcpOptions, createDhcpOptions } from './dhcp-options.ts';
export { allocateAddress, associateAddress, disassociateAddress, releaseAddress } from './elastic-ip.ts';
export * from './gateway.ts';
export * from './network-acl.ts';
export { deletePart } from './part.ts';
export { describeParts, findAddressOf, findInstanceOfAddress } from './read.ts';
export { findElasticIps as findElasticIpsOf } from '../ec2/network-interface.ts';
export * from './route-table.ts';
