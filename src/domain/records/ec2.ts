// The records of VPCs and what stands in them.

import type { BaseRecord, Key } from './base.ts';

/** How a VPC is present on a machine. `loopback.n` (1–99) is the VPC's own part of 127/8. */
export type VpcAttachment =
  | { readonly kind: 'netns'; readonly path?: string }
  | { readonly kind: 'loopback'; readonly n: number };

export interface Vpc extends BaseRecord {
  readonly arn: string;
  /** The configuration's name; a VPC made by API has its Name tag instead. */
  readonly name?: string;
  /** The first is the primary one. */
  readonly cidrs: readonly string[];
  readonly attachment: VpcAttachment;
  /** Whether it has a resolver; absent: yes. */
  readonly enableDnsSupport?: boolean;
  /** Whether its addresses have names; absent: no. */
  readonly enableDnsHostnames?: boolean;
  /** Shown, and else without effect; absent: false. */
  readonly enableNetworkAddressUsageMetrics?: boolean;
  /** Ranges of IPv6, which no packets are carried for. */
  readonly ipv6Cidrs?: readonly string[];
  /** `dopt-…`; absent: the default ones. */
  readonly dhcpOptionsId?: string;
  /** Absent: default. */
  readonly tenancy?: 'dedicated';
  readonly isDefault?: boolean;
}

export interface Subnet extends BaseRecord {
  readonly arn: string;
  readonly vpcKey: Key;
  readonly vpcId: string;
  readonly cidr: string;
  /** The zone's name, `us-east-1a`. */
  readonly zone: string;
  readonly ipv6Cidr?: string;
  /** The default VPC's subnet in its zone. */
  readonly isDefault?: boolean;
  /** What is shown and has no effect, by EC2's names. */
  readonly attributes?: SubnetAttributes;
}

/** Attributes of subnets (EC2 API: ModifySubnetAttribute); absent: false, and `ip-name`. */
export interface SubnetAttributes {
  readonly mapPublicIpOnLaunch?: boolean;
  readonly assignIpv6AddressOnCreation?: boolean;
  readonly enableDns64?: boolean;
  readonly enableResourceNameDnsARecordOnLaunch?: boolean;
  readonly enableResourceNameDnsAAAARecordOnLaunch?: boolean;
  readonly privateDnsHostnameTypeOnLaunch?: 'ip-name' | 'resource-name';
}

/** The protocol of a rule: a name that EC2 knows, `-1` for any, or another protocol's number. */
export type IpProtocol = 'tcp' | 'udp' | 'icmp' | 'icmpv6' | `${number}`;

/** Whom a rule lets in, or where to it lets out. */
export type RulePeer =
  | { readonly kind: 'cidr'; readonly cidr: string }
  | { readonly kind: 'group'; readonly groupId: string }
  | { readonly kind: 'prefixList'; readonly prefixListId: string };

/** One traffic permission of a security group: one peer each, as EC2 counts rules. Its id is `sgr-…`. */
export interface SecurityGroupRule extends BaseRecord {
  readonly vpcKey: Key;
  readonly groupId: string;
  readonly isEgress: boolean;
  readonly protocol: IpProtocol;
  /** Ports are inclusive; of ICMP these are type and code; -1 is any. */
  readonly fromPort: number;
  readonly toPort: number;
  readonly peer: RulePeer;
  readonly description?: string;
}

export interface SecurityGroup extends BaseRecord {
  readonly arn: string;
  readonly name: string;
  /** Absent: its name. */
  readonly description?: string;
  readonly vpcKey: Key;
  readonly vpcId: string;
}

/** A prefix list of a customer; its id is `pl-…`. */
export interface ManagedPrefixList extends BaseRecord {
  readonly arn: string;
  readonly name: string;
  readonly addressFamily: 'IPv4' | 'IPv6';
  readonly maxEntries: number;
  /** What was done last, as its state says. */
  readonly lastChange: 'create' | 'modify' | 'restore';
  /** The present version; the first is 1. */
  readonly version: number;
  readonly entries: readonly PrefixListEntry[];
  /** The last of the versions before. */
  readonly earlier: readonly { readonly version: number; readonly entries: readonly PrefixListEntry[] }[];
}

export interface PrefixListEntry {
  readonly cidr: string;
  readonly description?: string;
}

/** A network interface; its id is `eni-…`. All of them are the one truth of which addresses of a subnet are taken. */
export interface NetworkInterface extends BaseRecord {
  readonly vpcKey: Key;
  readonly vpcId: string;
  /** Absent for an instance of the configuration that is in no subnet. */
  readonly subnetId?: string;
  readonly description: string;
  /** IPv4; the first is the primary one. */
  readonly addresses: readonly string[];
  /** Ranges of /28 (prefix delegation). */
  readonly ipv4Prefixes: readonly string[];
  readonly securityGroupIds: readonly string[];
  readonly interfaceType: 'interface' | 'nat_gateway' | 'vpc_endpoint';
  /** Whether a service made it, so that only this service ends it. */
  readonly requesterManaged: boolean;
  readonly sourceDestCheck: boolean;
  readonly attachment?: InterfaceAttachment;
}

export interface InterfaceAttachment {
  /** `eni-attach-…`. */
  readonly id: string;
  /** Absent where a service has it. */
  readonly instanceId?: string;
  readonly deviceIndex: number;
  readonly deleteOnTermination: boolean;
  readonly attachedAt: number;
}

/** What RunInstances says of an instance beside its place. */
export interface Machine {
  readonly imageId: string;
  readonly instanceType: string;
  readonly subnetId: string;
  readonly networkInterfaceId: string;
  readonly reservationId: string;
  /** The place in its reservation. */
  readonly launchIndex: number;
  readonly state: 'running' | 'stopped' | 'terminated';
  /** When it came into this state. */
  readonly stateSince: number;
  readonly launchedAt: number;
  readonly keyName?: string;
  /** Base64. */
  readonly userData?: string;
  /** Of the call that made it. */
  readonly clientToken?: string;
  /** The ARN of an instance profile. */
  readonly profileArn?: string;
  /** How it has that; absent on one that came before associations were kept. */
  readonly profileAssociation?: {
    /** `iip-assoc-…`. */
    readonly id: string;
    /** `AIPA…`: a later profile of that name is another one. */
    readonly profileId: string;
    readonly since: number;
  };
  readonly disableApiTermination: boolean;
  readonly disableApiStop: boolean;
  readonly shutdownBehavior: 'stop' | 'terminate';
  readonly ebsOptimized: boolean;
  readonly monitoring: boolean;
  readonly sourceDestCheck: boolean;
  readonly httpTokens: 'optional' | 'required';
  readonly hopLimit: number;
}

/** A process that stands in a VPC; its id (`i-…`) is also the target id that stands for it. */
export interface Instance extends BaseRecord {
  readonly name: string;
  readonly vpcKey: Key;
  readonly vpcId: string;
  readonly address: string;
  /** Security group ids. */
  readonly securityGroupIds: readonly string[];
  /** Absent: a placeholder address without a process. */
  readonly command?: readonly string[];
  readonly directory?: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** The ARN of the role whose credentials it gets; it need not be there. */
  readonly role?: string;
  /** The absolute path of an existing network namespace that stands there in the place of a process. */
  readonly namespace?: string;
  /** Only of one that RunInstances made. */
  readonly machine?: Machine;
}

/** A load balancer outside of Pergola that a target's ARN stands for; its id is the ARN's last part (`loadbalancer/app/NAME/ID`). */
export interface LoadBalancer extends BaseRecord {
  readonly arn: string;
  /** A host name or an IPv4 address. */
  readonly dnsName: string;
}
