// What the operations of EC2 are about: each is allowed as such, and a VPC endpoint needs the service network's leave beside it.

import type { SubjectsOf } from './authorize.ts';

/** The subjects of EC2's operations. CreateVpcEndpoint asks for VPC Lattice's action on the network too (Service Authorization Reference: VPC Lattice). */
export const ec2Subjects: SubjectsOf = (operation, input) => {
  const own = { action: `ec2:${operation}`, resource: '*' };
  const { ServiceNetworkArn: network } = input as { readonly ServiceNetworkArn?: string };
  return operation === 'CreateVpcEndpoint' && network !== undefined
    ? [own, { action: 'vpc-lattice:CreateServiceNetworkVpcEndpointAssociation', resource: network }]
    : [own];
};
