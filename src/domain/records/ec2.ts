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
}

export interface Subnet extends BaseRecord {
  readonly arn: string;
  readonly vpcKey: Key;
  readonly vpcId: string;
  readonly cidr: string;
  /** The zone's name, `us-east-1a`. */
  readonly zone: string;
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
  /** The present version; the first is 1. */
  readonly version: number;
  readonly entries: readonly PrefixListEntry[];
  /** Earlier versions by number, from the first one on. */
  readonly earlier: readonly (readonly PrefixListEntry[])[];
}

export interface PrefixListEntry {
  readonly cidr: string;
  readonly description?: string;
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
}

/** A load balancer outside of Pergola that a target's ARN stands for; its id is the ARN's last part (`loadbalancer/app/NAME/ID`). */
export interface LoadBalancer extends BaseRecord {
  readonly arn: string;
  /** A host name or an IPv4 address. */
  readonly dnsName: string;
}
