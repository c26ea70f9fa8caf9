// What explain tells of a request: every step of its way, and what comes of it. Plain JSON.

import type { PathMatch } from '../routing/index.ts';
import type { SecurityRule } from '../snapshot/index.ts';

/** The way of a request, as far as it goes. */
export interface Explanation {
  /** Of the snapshot. */
  readonly revision: number;
  readonly vpc: string;
  /** Absent: the VPC has none. */
  readonly vpcName?: string;
  readonly method: string;
  readonly url: string;
  readonly steps: readonly Step[];
  readonly verdict: Verdict;
}

/** What comes of a request. */
export type Verdict =
  /** No listener gets it: the name has no address, the packets are dropped, the connection is refused. */
  | { readonly kind: 'unreachable'; readonly reason: string }
  /** Answered by Pergola; `text` is the body, which fixed responses do not have. */
  | ({ readonly kind: 'answer'; readonly status: number; readonly text: string; readonly rule?: string } & Condition)
  | ({
      readonly kind: 'forward';
      readonly rule: string;
      readonly targetGroups: readonly ExplainedGroup[];
    } & Condition);

/** What a verdict is subject to because it is not known who the client is. */
interface Condition {
  /** Security groups of the VPC that let some clients not through. Absent: there are none, or the client is known. */
  readonly unlessDroppedBy?: readonly string[];
}

/** One step. */
export type Step =
  | NameStep
  | DoorStep
  | PacketsStep
  | { readonly kind: 'head'; readonly status: number; readonly reason: string }
  | ListenerStep
  | CallerStep
  | PoliciesStep
  | { readonly kind: 'rules'; readonly rules: readonly ExplainedRule[] }
  | { readonly kind: 'targets'; readonly targetGroups: readonly ExplainedGroup[] };

/** From the name to addresses. `address`: the URL has one. `custom`: other resolvers are asked, and what they are to lead to is `service`. `refused`: the VPC has no DNS. */
export interface NameStep {
  readonly kind: 'name';
  readonly name: string;
  readonly answer: 'address' | 'addresses' | 'custom' | 'absent' | 'refused' | 'forwarded';
  /** The hosted zone that answers, or that leads on to another name. */
  readonly zone?: { readonly id: string; readonly name: string };
  /** The first is taken. */
  readonly addresses: readonly string[];
  /** The generated name of the service that has this one as its own. */
  readonly service?: string;
}

/** From the address to the door. */
export interface DoorStep {
  readonly kind: 'door';
  readonly address: string;
  readonly port: number;
  /** Absent: it is none. */
  readonly association?: string;
  readonly serviceNetwork?: string;
  /** Where `port` stands for another one. */
  readonly listenerPort?: number;
  /** Why a connection is refused. */
  readonly refused?: string;
}

/** What security groups say. */
export interface PacketsStep {
  readonly kind: 'packets';
  readonly groups: readonly string[];
  /** The client's address; absent: none was given, and nobody's groups were asked. */
  readonly client?: string;
  /** Nobody in the VPC has the client's address: no groups of a client were asked. */
  readonly isVacant?: true;
  /** Groups that stop some client that the question may mean; absent: none, or all that matter were asked. */
  readonly mayDrop?: readonly string[];
  /** False on loopback, where only the groups of the door have an effect. */
  readonly enforced: boolean;
  readonly egress?: GroupsSaid;
  readonly ingress?: GroupsSaid;
}

/** What the groups of one side say. */
export interface GroupsSaid {
  readonly groups: readonly string[];
  readonly passes: boolean;
  readonly by?: { readonly group: string; readonly rule: SecurityRule };
}

/** From Host to the service and its listener. */
export interface ListenerStep {
  readonly kind: 'listener';
  readonly host: string;
  readonly port: number;
  readonly service?: { readonly id: string; readonly arn: string; readonly name: string };
  readonly listener?: string;
}

/** Who asks. */
export interface CallerStep {
  readonly kind: 'caller';
  readonly caller: 'anonymous' | 'principal' | 'refused';
  /** Why it is who it is: named in the question, by a signature that is good, or without one; or as the access log has it. */
  readonly by: 'as' | 'signature' | 'nothing' | 'log';
  readonly principal?: string;
  /** Why a signature is refused. */
  readonly reason?: string;
}

/** What the policies of a layer say. */
export interface PoliciesStep {
  readonly kind: 'policies';
  readonly layer: string;
  /** `NONE`: nothing is asked. */
  readonly authType: 'NONE' | 'AWS_IAM';
  /** Those that were evaluated; none with AWS_IAM: every request is denied. */
  readonly policies: readonly ExplainedPolicy[];
}

/** What one policy says. */
export interface ExplainedPolicy {
  readonly name: string;
  /** What it was asked about: a path that can be read in two ways is asked about twice. */
  readonly resource: string;
  /** `None`: no statement applies. */
  readonly effect: 'Allow' | 'Deny' | 'None';
  readonly statements: readonly ExplainedStatement[];
}

/** A statement, in the document's order. */
export interface ExplainedStatement {
  readonly sid?: string;
  readonly effect: 'Allow' | 'Deny';
  /** In the document, from 1. */
  readonly line: number;
  readonly column: number;
  readonly applies: boolean;
  /** Condition keys by which alone it could be told whether the statement applies, and which are not known; `applies` is false then. */
  readonly unknown?: readonly string[];
  /** The first part that did not match; absent: the statement applies, or that is not known. */
  readonly failed?: {
    readonly element: string;
    readonly expected: readonly string[];
    /** Null: it is absent. */
    readonly saw: string | readonly string[] | null;
  };
}

/** A rule that was tried, in order of evaluation. */
export interface ExplainedRule {
  readonly id: string;
  readonly matches: boolean;
  /** The access log says so; it does not have the headers that would tell. */
  readonly by?: 'log';
  /** The first part that did not match. */
  readonly failed?: {
    readonly part: 'path' | 'method' | 'header';
    /** Of a header. */
    readonly name?: string;
    readonly match: PathMatch['kind'] | 'contains';
    readonly expected: string;
    readonly caseSensitive: boolean;
    readonly saw: string | null;
    /** It is not known what the request had there; `matches` is false then. */
    readonly isUnknown?: true;
  };
}

/** A target group that a request may go to. */
export interface ExplainedGroup {
  readonly id: string;
  /** Absent: the group is no more. */
  readonly name?: string;
  readonly type?: string;
  readonly weight: number;
  /** Of the requests that come to the rule, in percent. */
  readonly share: number;
  readonly targets: readonly ExplainedTarget[];
  /** What the client is told because no target takes requests. */
  readonly failure?: { readonly status: number; readonly text: string };
}

export interface ExplainedTarget {
  readonly id: string;
  readonly port: number;
  /** `draining` and `unused` (it stands for no address) besides what checks say. */
  readonly health: string;
  /** Whether it takes turns with others that do. */
  readonly takesRequests: boolean;
  /** What its security groups say of requests and health checks; absent: it has none, or they have no effect. */
  readonly packets?: GroupsSaid;
}
