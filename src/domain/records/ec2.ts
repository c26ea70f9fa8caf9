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
}

export interface Subnet extends BaseRecord {
  readonly arn: string;
  readonly vpcKey: Key;
  readonly vpcId: string;
  readonly cidr: string;
  /** The zone's name, `us-east-1a`. */
  readonly zone: string;
}

/** One traffic permission. Ports are inclusive; protocol `-1` is any. */
export interface SecurityGroupRule {
  readonly protocol: 'tcp' | 'udp' | 'icmp' | '-1';
  readonly fromPort: number;
  readonly toPort: number;
  readonly cidrs: readonly string[];
  /** Security group ids. */
  readonly groups: readonly string[];
}

export interface SecurityGroup extends BaseRecord {
  readonly arn: string;
  readonly name: string;
  readonly vpcKey: Key;
  readonly vpcId: string;
  readonly ingress: readonly SecurityGroupRule[];
  readonly egress: readonly SecurityGroupRule[];
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
