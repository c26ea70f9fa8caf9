// The records of VPC endpoints that reach a service network or a resource.

import type { BaseRecord, Key } from './base.ts';

/** A consumer's VPC endpoint of type Resource at a resource configuration; account and region are the configuration's. */
export interface ResourceEndpointAssociation extends BaseRecord {
  readonly arn: string;
  /** The account that made it. */
  readonly createdBy: string;
  readonly resourceConfigurationKey: Key;
  readonly resourceConfigurationId: string;
  readonly vpcEndpointId: string;
  /** The account of the endpoint. */
  readonly vpcEndpointOwner: string;
}

/** A VPC endpoint of type ServiceNetwork at a service network; account and region are the network's. It has no ARN. */
export interface NetworkEndpointAssociation extends BaseRecord {
  readonly serviceNetworkKey: Key;
  readonly vpcEndpointId: string;
  /** The account of the endpoint. */
  readonly vpcEndpointOwner: string;
  readonly vpcId: string;
  /** The endpoint's state, EC2's word. */
  readonly state: string;
}
