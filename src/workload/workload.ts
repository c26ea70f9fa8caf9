// A workload that a client makes and holds: what it asks for, and what it gets.

import type { WorkloadIdentity } from '../base/workload-identity.ts';
import type { VpcRecord } from '../snapshot/index.ts';
import type { Entrance } from './entrance.ts';
import type { NamespaceWish } from './existing-namespace.ts';
import type { SavedWorkload } from './state-file.ts';

/** What a client asks for. */
export interface WorkloadRequest {
  readonly vpcId: string;
  readonly address?: string;
  /** The target id that stands for the workload. An instance of the configuration without a command gives it its address. */
  readonly instance?: string;
  /** Ids or names of the VPC's groups. */
  readonly securityGroups: readonly string[];
  /** The ARN of the role whose credentials it gets. Whether it can have it is the caller's to know. */
  readonly role?: string;
  /** An existing namespace that becomes the workload; absent: one is made. */
  readonly namespace?: NamespaceWish;
}

/** A workload and the way into it. */
export interface Workload extends SavedWorkload, Entrance {
  /** Of one that joined: its link to the VPC, and where it finds its resolver. */
  readonly interface?: string;
  readonly resolver?: string;
  /** The ARN of the instance profile that it has its role by. */
  readonly instanceProfile?: string;
}

/** Why there is no workload: a wish that cannot be, something that is taken, or no means on this machine. */
export interface WorkloadFailure {
  readonly failure: 'invalid' | 'conflict' | 'unavailable';
  readonly message: string;
}

/** What is known of the roles of workloads. */
export interface Roles {
  /** Why a workload cannot have the role that it was given, in a sentence; undefined when it can, or has none. One that comes by a profile may come later. */
  problem(workload: WorkloadIdentity): string | undefined;
  /** Variables by which the SDKs in a workload find its credentials; `id` as in `WorkloadIdentity`. */
  environment(id: string, vpc: VpcRecord, by: 'role' | 'profile'): Readonly<Record<string, string>>;
}
