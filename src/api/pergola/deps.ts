// What the server's own paths need of the rest of the process.

import type { Authorize } from '../authorization/authorize.ts';
import type { Clock } from '../../base/clock.ts';
import type { ExplainFailure, ExplainQuestion } from '../../base/explain-question.ts';
import type { Watch } from '../../base/watch.ts';
import type { Key } from '../../domain/records/index.ts';
import type { TakenBackup } from '../../store/backup/index.ts';
import type { Store } from '../../store/index.ts';
import type { RoleCredentials } from '../metadata/role-credentials.ts';
import type { WorkloadIdentity } from '../../base/workload-identity.ts';
import type { OperationDeps } from '../operation.ts';

/** What `POST /-/workloads` asks for, the VPC already found. */
export interface WorkloadRequest {
  readonly vpcKey: Key;
  /** An address of the VPC; absent: the highest free one of the first subnet, or of the range. */
  readonly address?: string;
  /** The target id that stands for the workload. */
  readonly instance?: string;
  /** Ids or names. */
  readonly securityGroups: readonly string[];
  /** The ARN of the role whose credentials the workload gets. */
  readonly role?: string;
  /** An existing network namespace that becomes the workload, and its inode as the caller sees it. */
  readonly namespace?: {
    readonly by: { readonly pid: number } | { readonly path: string };
    readonly inode?: number;
  };
}

/** A workload that was made: `id` for its lease; the rest (namespace, files, addresses) is plain JSON for the client. */
export interface MadeWorkload {
  readonly id: string;
  readonly [member: string]: unknown;
}

/** Why a workload could not be made: bad wish, taken address, or no means on this machine. */
export interface WorkloadFailure {
  readonly failure: 'invalid' | 'conflict' | 'unavailable';
  readonly message: string;
}

/** The maker of workloads. */
export interface Workloads {
  create(request: WorkloadRequest): Promise<{ readonly workload: MadeWorkload } | WorkloadFailure>;
  /**
   * Holds the workload `id` until `closed` aborts, then removes it; resolves when it is gone, whoever removed it.
   * Undefined when there is no such workload.
   */
  lease(id: string, closed: AbortSignal): Promise<void> | undefined;
  /** The workload that has this token of `AWS_CONTAINER_AUTHORIZATION_TOKEN`, as its metadata has it; undefined when none has. */
  byToken(token: string): WorkloadIdentity | undefined;
}

/** What `POST /-/explain` asks of a request that was served. */
export interface ServedRequest {
  /** As its response had it in `x-amzn-requestid`. */
  readonly requestId: string;
  /** The VPC, the service or the service network must be of this account and region. */
  readonly account: string;
  readonly region: string;
}

/** The dependencies of `/-/…`. */
export interface PergolaDeps extends OperationDeps {
  readonly store: Pick<Store, 'state' | 'commit' | 'clearEvents'>;
  readonly clock: Pick<Clock, 'after'>;
  /** `POST /-/reset` is allowed. */
  readonly open: boolean;
  /** Refuses what its caller's policies do not allow. */
  readonly authorize: Authorize;
  /** The newest revision that every attached data-plane node obeys. */
  readonly obeyed: Watch<number>;
  /** Whether requests are served by API and data plane. */
  readonly isReady: () => boolean;
  /** Metrics in the text format of Prometheus. */
  readonly metrics: () => Promise<string>;
  /** What `pergola status` shows: plain JSON. */
  readonly status: () => Promise<unknown>;
  readonly workloads: Workloads;
  readonly roleCredentials: RoleCredentials;
  /** Says why a request would go where it goes: plain JSON. */
  readonly explain: (question: ExplainQuestion) => object | ExplainFailure;
  /** Says why a request of the last hour went where it went: plain JSON. */
  readonly explainServed: (request: ServedRequest) => Promise<object | ExplainFailure>;
  /** Takes a backup, which the caller disposes; or says why there can be none now. */
  readonly backup: () => Promise<TakenBackup | { readonly problem: string }>;
  /** Begins to replace every process; resolves with the generation that this ends in, or why it does not begin. */
  readonly reload: () => Promise<{ readonly generation: number; readonly problem?: string | undefined }>;
}
