// Records of what EC2 puts around VPCs and Pergola only keeps: nothing of it changes what traffic does.

import type { BaseRecord, Key } from './base.ts';

/** Where a route leads: what kind of thing, and its id. */
export interface RouteTarget {
  readonly kind:
    | 'gateway'
    | 'egressOnlyInternetGateway'
    | 'natGateway'
    | 'networkInterface'
    | 'instance'
    | 'transitGateway'
    | 'vpcPeeringConnection'
    | 'vpcEndpoint';
  readonly id: string;
}

/** A route beside the local ones, which follow from the VPC's ranges. */
export interface Route {
  /** A range of either family, or a prefix list (`pl-…`). */
  readonly destination: string;
  readonly target: RouteTarget;
}

/** Of every VPC one is `main`, for the subnets that have no table of their own. */
export interface RouteTable extends BaseRecord {
  readonly type: 'routeTable';
  readonly vpcKey: Key;
  readonly vpcId: string;
  /** The id of the association that makes it the main one; absent: it is not. */
  readonly mainAssociationId?: string;
  readonly routes: readonly Route[];
  readonly associations: readonly { readonly id: string; readonly subnetId: string }[];
}

/** Attached to at most one VPC. */
export interface InternetGateway extends BaseRecord {
  readonly type: 'internetGateway';
  readonly vpcKey?: Key;
  readonly vpcId?: string;
}

export interface EgressOnlyInternetGateway extends BaseRecord {
  readonly type: 'egressOnlyInternetGateway';
  readonly vpcKey: Key;
  readonly vpcId: string;
}

export interface NatGateway extends BaseRecord {
  readonly type: 'natGateway';
  readonly vpcKey: Key;
  readonly vpcId: string;
  readonly subnetId: string;
  readonly connectivity: 'public' | 'private';
  readonly networkInterfaceId: string;
  readonly privateIp: string;
  /** Of the elastic IP; only of a public one. */
  readonly allocationId?: string;
}

/** An elastic IP: its id is `eipalloc-…`. */
export interface ElasticIp extends BaseRecord {
  readonly type: 'elasticIp';
  readonly publicIp: string;
  readonly association?: {
    /** `eipassoc-…`. */
    readonly id: string;
    readonly networkInterfaceId: string;
    readonly privateIp: string;
  };
}

export interface NetworkAclEntry {
  readonly ruleNumber: number;
  readonly egress: boolean;
  readonly action: 'allow' | 'deny';
  /** A number as text; `-1` is any. */
  readonly protocol: string;
  /** A range of either family. */
  readonly cidr: string;
  /** Of TCP and UDP. */
  readonly ports?: { readonly from: number; readonly to: number };
  readonly icmp?: { readonly type: number; readonly code: number };
}

/** Stored and not enforced. The default one of a VPC stands before all subnets that no other one names. */
export interface NetworkAcl extends BaseRecord {
  readonly type: 'networkAcl';
  readonly vpcKey: Key;
  readonly vpcId: string;
  readonly isDefault: boolean;
  readonly entries: readonly NetworkAclEntry[];
  /** Empty for the default one. */
  readonly subnetIds: readonly string[];
}

export interface DhcpOptions extends BaseRecord {
  readonly type: 'dhcpOptions';
  readonly configurations: readonly { readonly key: string; readonly values: readonly string[] }[];
}

/** A record that is only kept. */
export type VpcPart =
  | RouteTable
  | InternetGateway
  | EgressOnlyInternetGateway
  | NatGateway
  | ElasticIp
  | NetworkAcl
  | DhcpOptions;

/** Which of them. */
export type PartType = VpcPart['type'];
