// The records of VPC Lattice: networks, services, listeners, rules, target groups, targets, associations, addresses.

import type { HeaderMatch, PathMatch } from '../../routing/index.ts';
import type { BaseRecord, Key } from './base.ts';

/** Who may call: anyone, or signed and allowed by an auth policy. */
export type AuthType = 'NONE' | 'AWS_IAM';

export interface ServiceNetwork extends BaseRecord {
  readonly arn: string;
  readonly name: string;
  readonly authType: AuthType;
  readonly sharingEnabled: boolean;
}

/** Statuses of services, target groups and service associations (API Reference). */
export type Status = 'CREATE_IN_PROGRESS' | 'ACTIVE' | 'DELETE_IN_PROGRESS' | 'CREATE_FAILED' | 'DELETE_FAILED';

/** Statuses of VPC associations (API Reference). */
export type VpcAssociationStatus = Status | 'UPDATE_IN_PROGRESS' | 'UPDATE_FAILED';

/** Why a status ends in `_FAILED`. */
export interface Failure {
  readonly failureCode?: string;
  readonly failureMessage?: string;
}

/** A service. Its intent is there once it is being deleted. */
export interface Service extends BaseRecord, Failure, Partial<Intent> {
  readonly arn: string;
  readonly name: string;
  readonly status: Status;
  readonly authType: AuthType;
  readonly idleTimeoutSeconds: number;
  /** The generated name, lower case, without final dot. */
  readonly dnsName: string;
  readonly hostedZoneId: string;
  readonly customDomainName?: string;
  readonly certificateArn?: string;
}

export type ListenerProtocol = 'HTTP' | 'HTTPS' | 'TLS_PASSTHROUGH';

/** A listener. Its default action is the action of its default rule (`defaultRuleId`, a `rule` record). */
export interface Listener extends BaseRecord {
  readonly arn: string;
  readonly name: string;
  readonly serviceId: string;
  readonly serviceArn: string;
  readonly protocol: ListenerProtocol;
  readonly port: number;
  readonly defaultRuleId: string;
}

/** One of the target groups of a forward action, always by id (clients compare it so). */
export interface WeightedTargetGroup {
  readonly targetGroupId: string;
  readonly weight: number;
}

export type RuleAction =
  | { readonly kind: 'forward'; readonly targetGroups: readonly WeightedTargetGroup[] }
  | { readonly kind: 'fixedResponse'; readonly statusCode: number };

/** The conjunction of its parts; an absent part matches everything. */
export interface RuleMatch {
  readonly method?: string;
  readonly path?: PathMatch;
  readonly headers: readonly HeaderMatch[];
}

/** A rule, also the default rule of a listener: that one has no priority and an empty match. */
export interface Rule extends BaseRecord {
  readonly arn: string;
  readonly name: string;
  readonly serviceId: string;
  readonly listenerId: string;
  readonly isDefault: boolean;
  /** Absent on the default rule only, which comes last. */
  readonly priority?: number;
  readonly match: RuleMatch;
  readonly action: RuleAction;
}

export type TargetGroupType = 'INSTANCE' | 'IP' | 'LAMBDA' | 'ALB';
export type TargetGroupProtocol = 'HTTP' | 'HTTPS' | 'TCP';
export type ProtocolVersion = 'HTTP1' | 'HTTP2' | 'GRPC';

/** The settings of a health check with defaults filled in, as GetTargetGroup shows them; absent stays absent there too. */
export interface HealthCheck {
  readonly enabled: boolean;
  readonly protocol?: 'HTTP' | 'HTTPS';
  readonly protocolVersion?: 'HTTP1' | 'HTTP2';
  /** Absent: each target's own port. */
  readonly port?: number;
  readonly path?: string;
  readonly intervalSeconds?: number;
  readonly timeoutSeconds?: number;
  readonly healthyThreshold?: number;
  readonly unhealthyThreshold?: number;
  readonly matcher?: string;
}

/**
 * A target group. Everything but `healthCheck` and `tags` is fixed at creation; LAMBDA has no port, protocol, VPC or check. Its
 * intent is there once it is being deleted.
 */
export interface TargetGroup extends BaseRecord, Failure, Partial<Intent> {
  readonly arn: string;
  readonly name: string;
  readonly type: TargetGroupType;
  readonly status: Status;
  readonly port?: number;
  readonly protocol?: TargetGroupProtocol;
  /** Absent for LAMBDA and TCP. */
  readonly protocolVersion?: ProtocolVersion;
  readonly ipAddressType?: 'IPV4' | 'IPV6';
  readonly vpcId?: string;
  /** Absent for LAMBDA and ALB. */
  readonly healthCheck?: HealthCheck;
  /** Of LAMBDA only; absent when it was made without a configuration, which means V1. */
  readonly lambdaEventStructureVersion?: 'V1' | 'V2';
}

/** A registered target; its record id is `{target group id}/{port or -}/{target id}`. */
export interface Target extends BaseRecord {
  readonly targetGroupId: string;
  /** As registered: instance id, address, function or load balancer ARN. */
  readonly targetId: string;
  /** Absent for LAMBDA. */
  readonly port?: number;
  /** When it was deregistered; it drains since then. */
  readonly drainingSince?: number;
}

/** Where the access log of a service or service network goes. */
export interface AccessLogSubscription extends BaseRecord {
  readonly arn: string;
  readonly resourceId: string;
  readonly resourceArn: string;
  readonly resourceKey: Key;
  readonly destinationArn: string;
  /** Of service networks only: which traffic. */
  readonly serviceNetworkLogType?: 'SERVICE' | 'RESOURCE';
}

/** What a record has while its status waits for data planes. */
export interface Intent {
  /** The revision that wrote the present intent (create, update or delete): once obeyed, the status moves on. */
  readonly intentRevision: number;
  /** When that intent was written. */
  readonly intentAt: number;
}

/** What every record has whose status waits for data planes from the beginning. */
export interface Carried extends BaseRecord, Failure, Intent {
  readonly arn: string;
}

/** What the kinds of association share. */
export interface Association extends Carried {
  /** The account that made it. */
  readonly createdBy: string;
  readonly serviceNetworkKey: Key;
  readonly serviceNetworkId: string;
}

export interface ServiceAssociation extends Association {
  readonly status: Status;
  readonly serviceKey: Key;
  readonly serviceId: string;
}

/** Which private domains get private hosted zones; stored and shown. */
export interface DnsOptions {
  readonly privateDnsPreference?: string;
  readonly privateDnsSpecifiedDomains?: readonly string[];
}

export interface VpcAssociation extends Association {
  readonly status: VpcAssociationStatus;
  readonly vpcKey: Key;
  readonly vpcId: string;
  readonly securityGroupIds: readonly string[];
  readonly privateDnsEnabled?: boolean;
  readonly dnsOptions?: DnsOptions;
}

/**
 * The place of a component in the address pools of a service network; its record id is `{service network id}/{component id}`,
 * account and region are the network's.
 */
export interface ComponentAddress extends BaseRecord {
  readonly serviceNetworkId: string;
  /** The service id. */
  readonly componentId: string;
  /** 1–4350; `componentAddresses()` of the snapshot turns it into addresses. */
  readonly index: number;
  /** Set when no association uses it any more: it rests, then goes. */
  readonly freedAt?: number;
}
