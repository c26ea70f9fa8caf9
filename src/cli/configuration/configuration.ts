// What pergola.yaml says, complete and checked, as plain JSON.

import type { RateLimits } from '../../api/index.ts';
import type { QuotaLimits } from '../../domain/index.ts';
import type { AttachmentInput, ConfiguredLoadBalancer, ConfiguredVpc } from '../../domain/ec2/index.ts';
import type { ConfiguredPrincipal } from '../../domain/iam/index.ts';
import type { TargetTls } from '../../proxy/index.ts';
import type { FunctionSpec } from '../../workload/functions/index.ts';
import type { Limits } from './limits.ts';

/** An account that the configuration names; `alias` may stand for `id` in the file. */
export interface ConfiguredAccount {
  readonly id: string;
  readonly alias?: string;
}

/** A VPC of the file; without `attachment` it takes the server's own kind. */
export interface DescribedVpc extends Omit<ConfiguredVpc, 'attachment'> {
  readonly attachment?: AttachmentInput;
  /** `file:line` where it is described. */
  readonly place: string;
}

/** A checked configuration: references resolved, secrets read, paths absolute, defaults filled in. */
export interface Configuration {
  /** The first is the default. */
  readonly regions: readonly string[];
  readonly accounts: readonly ConfiguredAccount[];
  readonly principals: readonly ConfiguredPrincipal[];
  readonly vpcs: readonly DescribedVpc[];
  readonly loadBalancers: readonly ConfiguredLoadBalancer[];
  readonly functions: readonly FunctionSpec[];
  /** Host names that the API answers to beside its address. */
  readonly apiHosts: readonly string[];
  /** How TLS to HTTPS targets is done; `ca` is the certificates themselves. */
  readonly targetTls: TargetTls;
  readonly limits: Limits;
  /** The quotas that it names; the others are those of the server. */
  readonly quotas: Partial<QuotaLimits>;
  /** How many calls an account may make; a class that is not named is not limited. */
  readonly rateLimits: RateLimits;
}

/** The account of everything that names none. */
export const defaultAccount = '123456789012';

/** The region of a server that names none. */
export const defaultRegion = 'us-east-1';
