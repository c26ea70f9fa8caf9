// A workload as its metadata describes it, for who runs it and who answers for it.

/** Whom metadata is about: the one who asks, and nobody else. */
export interface WorkloadIdentity {
  /** The instance that it is or stands for, else the workload's own id. */
  readonly id: string;
  /** IPv4. */
  readonly address: string;
  readonly vpcId: string;
  readonly account: string;
  readonly region: string;
  /** The zone of its subnet; without a subnet the first one of the region. */
  readonly zone: string;
  /** The ARN of the role whose credentials it gets; absent: none. */
  readonly role?: string;
  /** The instance profile that it has its role by (its ARN, and its id where it is known); never beside `role`. */
  readonly profile?: { readonly arn: string; readonly id?: string };
}
