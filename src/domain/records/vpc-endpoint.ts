// The records of VPC endpoints of type ServiceNetwork.

import type { Key } from './base.ts';
import type { Carried, VpcAssociationStatus } from './lattice.ts';

/** A VPC endpoint that leads into a service network; its id is `vpce-…`, account and region are those of its VPC. */
export interface VpcEndpoint extends Carried {
  /** As of a VPC association; EC2 has its own words for it. */
  readonly status: VpcAssociationStatus;
  readonly vpcKey: Key;
  readonly vpcId: string;
  readonly serviceNetworkKey: Key;
  readonly serviceNetworkId: string;
  readonly serviceNetworkArn: string;
  /** Of the record that stands for it at the network, in the network's account. */
  readonly associationId: string;
  /** One network interface in each of its subnets; their /28 is where services are found. */
  readonly interfaces: readonly EndpointInterface[];
  /** Security group ids. */
  readonly securityGroupIds: readonly string[];
  readonly privateDnsEnabled: boolean;
}

export interface EndpointInterface {
  readonly subnetId: string;
  readonly networkInterfaceId: string;
  /** A /28 of the subnet. */
  readonly block: string;
}
