// The records of resources that are no services: the doors into VPCs, what is behind them, and the domains of their names.

import type { BaseRecord, Key } from './base.ts';
import type { Association, Carried, Status, VpcAssociationStatus } from './lattice.ts';

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

/** Whether the owner of a domain has shown a TXT record that only he could publish (API Reference). */
export type VerificationStatus = 'PENDING' | 'VERIFIED' | 'VERIFICATION_TIMED_OUT';

/** The proof that a domain is the account's; it covers the domain's subdomains too. */
export interface DomainVerification extends BaseRecord {
  readonly arn: string;
  /** As given; `canonicalDomain()` of it is compared. */
  readonly domainName: string;
  readonly status: VerificationStatus;
  /** What the owner has to publish: a TXT record of this name with this value. */
  readonly txtName: string;
  readonly txtValue: string;
  /** When the record was last seen; absent: never. */
  readonly lastVerifiedAt?: number;
}

export type ResourceConfigurationType = 'SINGLE' | 'GROUP' | 'CHILD' | 'ARN' | 'CIDR';

/** What a resource is: a name that the gateway resolves, an address, an AWS resource, or ranges of addresses. */
export type ResourceDefinition =
  | { readonly kind: 'dns'; readonly domainName: string; readonly ipAddressType: 'IPV4' | 'IPV6' }
  | { readonly kind: 'ip'; readonly ipAddress: string }
  | { readonly kind: 'arn'; readonly arn: string }
  | { readonly kind: 'cidr'; readonly cidrRanges: readonly string[] };

/** A resource, or a group of them, behind a gateway. Definition, port ranges, the sharing flag and tags can change. */
export interface ResourceConfiguration extends Carried {
  readonly name: string;
  readonly type: ResourceConfigurationType;
  readonly status: UpdatableStatus;
  /** Of a CHILD: its group's. */
  readonly resourceGatewayId: string;
  readonly protocol: 'TCP' | 'TCP_UDP';
  /** Of a CHILD only. */
  readonly groupId?: string;
  /** `443` or `8000-8010`; none for ARN. */
  readonly portRanges: readonly string[];
  /** Absent for a GROUP only. */
  readonly definition?: ResourceDefinition;
  /** Whether consumers of other accounts may put it into a network that can be shared on. */
  readonly allowAssociationToShareableServiceNetwork: boolean;
  readonly customDomainName?: string;
  /** Of a GROUP only: the domain of its children's names. */
  readonly groupDomain?: string;
  /** The verification of the custom or group domain; it may be deleted by now. */
  readonly domainVerificationId?: string;
  readonly domainVerificationArn?: string;
}

/** PARTIAL: only some zones or parts are usable (by its name; AWS does not say when). */
export type ResourceAssociationStatus = Status | 'PARTIAL';

/** A resource configuration in a service network. A GROUP brings its children along. */
export interface ResourceAssociation extends Association {
  readonly status: ResourceAssociationStatus;
  readonly resourceConfigurationKey: Key;
  readonly resourceConfigurationId: string;
  /** Overrides what the VPC associations of the network say; absent: they decide. */
  readonly privateDnsEnabled?: boolean;
}
