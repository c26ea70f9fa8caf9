// The records of resources that are no services: the doors into VPCs.

import type { Key } from './base.ts';
import type { Carried, VpcAssociationStatus } from './lattice.ts';

/** Statuses of what has an update that data planes confirm (API Reference: the same seven for all of them). */
export type UpdatableStatus = VpcAssociationStatus;

/** A way into a VPC for clients of resources. Everything but the security groups and tags is fixed at creation. */
export interface ResourceGateway extends Carried {
  readonly name: string;
  readonly status: UpdatableStatus;
  readonly vpcKey: Key;
  readonly vpcId: string;
  readonly subnetIds: readonly string[];
  readonly securityGroupIds: readonly string[];
  /** Of the subnets, whatever clients use. */
  readonly ipAddressType: 'IPV4' | 'IPV6' | 'DUALSTACK';
  /** Absent when no subnet has IPv4. */
  readonly ipv4AddressesPerEni?: number;
  /** Where names of resources are resolved. */
  readonly dnsResolution: 'IN_VPC' | 'PUBLIC';
}
