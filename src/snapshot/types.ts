// The snapshot: the immutable compiled form of everything that a data-plane node obeys.

import type { CallerPrincipal } from '../policy/index.ts';
import type { RuleMatch } from '../routing/index.ts';

/** A record of a snapshot: `revision` is the one that last changed it; an unchanged record keeps its identity. */
export interface SnapshotRecord {
  readonly id: string;
  readonly revision: number;
}

/** How a VPC is present on a machine. `loopback.n` (1–99) is the VPC's own part of 127/8. */
export type Attachment =
  | { readonly kind: 'netns'; readonly path?: string }
  | { readonly kind: 'loopback'; readonly n: number };

/** A process that the configuration wants to run in a VPC. */
export interface InstanceSpec {
  /** The instance id (`i-…`), which is also the target id that stands for it. */
  readonly id: string;
  readonly name: string;
  readonly address: string;
  readonly securityGroups: readonly string[];
  /** Absent: a placeholder address without a process. */
  readonly command?: readonly string[];
  /** Set: it has its address, and nobody stands for it. */
  readonly stopped?: true;
  readonly directory?: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** The ARN of the role whose credentials it gets. */
  readonly role?: string;
  /** The instance profile that it gets its role by (its ARN, and its id where it is known); whoever stands for it gets that one's role. */
  readonly profile?: { readonly arn: string; readonly id?: string };
  /** The path of an existing network namespace that stands there in the place of a process. */
  readonly namespace?: string;
}

export interface SubnetRecord {
  readonly id: string;
  readonly cidr: string;
  readonly zone: string;
}

/** The protocol of a traffic permission: a name that EC2 knows, `-1` for any, or another protocol's number. */
export type IpProtocol = 'tcp' | 'udp' | 'icmp' | 'icmpv6' | `${number}`;

/** One traffic permission of a security group. */
export interface SecurityRule {
  /** `sgr-…`. */
  readonly id: string;
  readonly protocol: IpProtocol;
  /** Ports are inclusive; of ICMP this is the type. -1 is any. */
  readonly fromPort: number;
  /** Of ICMP this is the code. -1 is any. */
  readonly toPort: number;
  /** Of both families. */
  readonly cidrs: readonly string[];
  /** Security group ids. */
  readonly groups: readonly string[];
  /** The prefix list (`pl-…`) whose ranges `cidrs` are. */
  readonly prefixList?: string;
}

export interface SecurityGroupRecord {
  readonly id: string;
  readonly name: string;
  readonly ingress: readonly SecurityRule[];
  readonly egress: readonly SecurityRule[];
}

/** A VPC. `id` is the VPC id (`vpc-…`). */
export interface VpcRecord extends SnapshotRecord {
  readonly account: string;
  readonly region: string;
  readonly arn: string;
  /** The Name tag or the configuration's name. */
  readonly name?: string;
  readonly cidrs: readonly string[];
  readonly attachment: Attachment;
  /** What EC2 calls enableDnsSupport and enableDnsHostnames. */
  readonly dns: { readonly support: boolean; readonly hostnames: boolean };
  readonly subnets: readonly SubnetRecord[];
  readonly securityGroups: readonly SecurityGroupRecord[];
  readonly instances: readonly InstanceSpec[];
  /** Addresses that interfaces have which are no instance's: no workload gets them. Absent: none. */
  readonly reserved?: readonly string[];
}

/** What a service network offers: its components and their addresses. `id` is the service network id. */
export interface NetworkRecord extends SnapshotRecord {
  readonly arn: string;
  /** Absent: NONE, nothing is asked. */
  readonly authType?: 'AWS_IAM';
  /** The auth policy's document; only with AWS_IAM, which denies every request where there is none. */
  readonly policy?: string;
  /** Ids of the subscriptions that get the records of its requests. */
  readonly accessLogs: readonly string[];
  readonly components: readonly NetworkComponent[];
}

/**
 * A component of a service network. `index` (from 1) is its allocated place in the address pools:
 * `componentAddresses()` turns it into addresses.
 */
export interface NetworkComponent {
  readonly kind: 'service';
  /** The service id. */
  readonly id: string;
  readonly associationId: string;
  readonly index: number;
}

/** A door: the way of a VPC into a service network. `id` is that of the VPC association, or of the VPC endpoint (`vpce-…`). */
export interface DoorRecord extends SnapshotRecord {
  readonly vpcId: string;
  readonly serviceNetworkId: string;
  readonly securityGroups: readonly string[];
  /** Of a VPC endpoint: its ranges of the VPC, a /28 in each of its subnets. Absent: an association, with the managed addresses. */
  readonly blocks?: readonly string[];
}

/** A service. `id` is the service id. */
export interface ServiceRecord extends SnapshotRecord {
  readonly arn: string;
  readonly name: string;
  readonly account: string;
  /** As of a network. */
  readonly authType?: 'AWS_IAM';
  /** As of a network. */
  readonly policy?: string;
  /** Absent: none. */
  readonly tags?: Readonly<Record<string, string>>;
  /** Every name that chooses the service, lower case, without final dot: the generated one first, then a custom domain. */
  readonly domainNames: readonly string[];
  readonly idleTimeoutSeconds: number;
  /** As of a network. */
  readonly accessLogs: readonly string[];
  readonly listeners: readonly ListenerRecord[];
}

export interface ListenerRecord {
  readonly id: string;
  readonly arn: string;
  readonly protocol: 'HTTP' | 'HTTPS' | 'TLS_PASSTHROUGH';
  readonly port: number;
  /** By ascending priority; the default rule is last and matches everything. */
  readonly rules: readonly RuleRecord[];
}

/** A compiled rule. Filters (rewrites, mirrors) are a place kept for what AWS does not have. */
export interface RuleRecord {
  readonly id: string;
  readonly match: RuleMatch;
  readonly filters: readonly never[];
  readonly action: ActionRecord;
}

export type ActionRecord =
  | { readonly kind: 'fixed'; readonly status: number }
  | { readonly kind: 'forward'; readonly targetGroups: readonly { readonly id: string; readonly weight: number }[] };

/** Lambda's limit for the payload of a synchronous invocation, in bytes, both ways (Lambda Developer Guide: quotas). */
export const MAX_FUNCTION_PAYLOAD = 6 * 1024 * 1024;

/** A target group. `id` is the target group id. Only groups that a service uses are in a snapshot. */
export interface TargetGroupRecord extends SnapshotRecord {
  readonly arn: string;
  readonly name: string;
  readonly type: 'INSTANCE' | 'IP' | 'LAMBDA' | 'ALB';
  /** Absent for LAMBDA. */
  readonly vpcId?: string;
  readonly protocol: 'HTTP' | 'HTTPS' | 'TCP';
  readonly protocolVersion: 'HTTP1' | 'HTTP2' | 'GRPC';
  /** LAMBDA only: the version of the events that the function gets. */
  readonly functionEvent?: 'V1' | 'V2';
  readonly healthCheck: HealthCheckRecord;
  readonly upstreamTls: { readonly verify: boolean };
  readonly retry: { readonly staleConnection: boolean };
  readonly targets: readonly TargetRecord[];
}

/** The effective settings of a health check, defaults filled in. */
export interface HealthCheckRecord {
  readonly enabled: boolean;
  readonly protocol: 'HTTP' | 'HTTPS';
  readonly protocolVersion: 'HTTP1' | 'HTTP2';
  /** Absent: each target's own port. */
  readonly port?: number;
  readonly path: string;
  readonly intervalSeconds: number;
  readonly timeoutSeconds: number;
  readonly healthyThreshold: number;
  readonly unhealthyThreshold: number;
  readonly matcher: string;
}

export interface TargetRecord {
  /** Target id as registered: instance id, address, function or load balancer ARN. */
  readonly id: string;
  readonly port: number;
  /** What is dialled; absent when the id stands for nothing that is known (an instance that does not run), or for a name. */
  readonly address?: string;
  /** The name of a load balancer, whose addresses are dialled in turn. */
  readonly dnsName?: string;
  readonly draining: boolean;
}

/** An access key that lasts and may be used; `id` is the access key id. Its secret stays with control: from derived keys it cannot be had. */
export interface AccessKeyRecord extends SnapshotRecord {
  /** Of the principal that it stands for. */
  readonly principalId: string;
  /** For requests to services, of yesterday, today and tomorrow in every region. */
  readonly signingKeys: readonly DatedSigningKey[];
  /** For Signature Version 4A: an uncompressed point of P-256, base64. */
  readonly publicKey?: string;
}

/** A signing key of Signature Version 4 for the service `vpc-lattice-svcs`. */
export interface DatedSigningKey {
  /** YYYYMMDD. */
  readonly date: string;
  readonly region: string;
  /** 32 bytes, base64. */
  readonly key: string;
}

/** Who access keys and sessions stand for, and what its own side allows; `id` is the ARN of the user, role or configured principal. */
export interface PrincipalRecord extends SnapshotRecord, CallerPrincipal {
  readonly policies: readonly NamedDocument[];
  /** A permissions boundary. */
  readonly boundary?: NamedDocument;
}

/** What opens the session tokens that were sealed on one day; `id` is the UTC day (YYYYMMDD). */
export interface SessionKeyRecord extends SnapshotRecord {
  /** 32 bytes, base64. */
  readonly key: string;
}

/** A policy document (JSON text) with the name that people know it by. */
export interface NamedDocument {
  readonly name: string;
  readonly document: string;
}

/** A hosted zone. `id` is the zone id (`Z…`). */
export interface ZoneRecord extends SnapshotRecord {
  /** Whose it is: a public zone answers the VPCs of its account. */
  readonly account: string;
  /** Lower case, without final dot; what no host name has is escaped as `\052` (octal). */
  readonly name: string;
  readonly private: boolean;
  /** Ids of the VPCs that a private zone answers. */
  readonly vpcs: readonly string[];
  /** Milliseconds since 1970: of public zones with the same name the oldest answers. */
  readonly createdAt: number;
}

/** What one name of a zone has of one type, or a weighted part of that. */
export interface RecordSetRecord extends SnapshotRecord {
  readonly zoneId: string;
  /** As a zone's. */
  readonly name: string;
  readonly type: 'A' | 'AAAA' | 'CAA' | 'CNAME' | 'MX' | 'NS' | 'PTR' | 'SOA' | 'SPF' | 'SRV' | 'TXT';
  /** Seconds; absent of an alias. */
  readonly ttl?: number;
  /** The data of each record as on the wire, base64; empty of an alias. */
  readonly data: readonly string[];
  /** Whose records it has: those of a name in the same zone, or the addresses of a generated name. */
  readonly alias?: { readonly zoneId: string; readonly name: string };
  /** Present where one of several is picked. */
  readonly weight?: number;
}

/** The tables of a snapshot and the record type of each. */
export interface SnapshotTables {
  readonly vpcs: VpcRecord;
  readonly networks: NetworkRecord;
  readonly doors: DoorRecord;
  readonly services: ServiceRecord;
  readonly targetGroups: TargetGroupRecord;
  readonly zones: ZoneRecord;
  readonly recordSets: RecordSetRecord;
  readonly accessKeys: AccessKeyRecord;
  readonly principals: PrincipalRecord;
  readonly sessionKeys: SessionKeyRecord;
}

export type TableName = keyof SnapshotTables;

/** Everything that a data-plane node obeys at one revision. Maps are by record id and never change after publication. */
export type Snapshot = {
  readonly revision: number;
  /** The UTC day (YYYYMMDD) that signing keys were derived for: the same revision comes with other keys every day. Empty while there are none. */
  readonly day: string;
} & {
  readonly [T in TableName]: ReadonlyMap<string, SnapshotTables[T]>;
};
