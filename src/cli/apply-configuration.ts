// Brings the store to what the configuration file says.

import { applyChanges, Refusal, type Context, type Decision, type State } from '../domain/index.ts';
import { applyConfiguredLoadBalancers, applyConfiguredVpcs } from '../domain/ec2/index.ts';
import { applyConfiguredPrincipals, ensureAdminCredential, type Secrets } from '../domain/iam/index.ts';
import type { Credential } from '../domain/records/index.ts';
import type { Store } from '../store/index.ts';
import type { ServerSettings } from './settings.ts';

/** What became of the configuration. */
export interface AppliedConfiguration {
  readonly admin: Credential;
  /** Why what stands does not allow it; the records that the refused part names are as they were. */
  readonly problem?: string;
}

/** One decision of the configuration. */
interface Step<I> {
  readonly operation: string;
  readonly decision: Decision<I, unknown>;
  readonly input: I;
}

/** All that a configuration decides, in order. */
function stepsOf(settings: ServerSettings, secrets: Secrets) {
  const { principals, vpcs, loadBalancers } = settings.configuration;
  const placed = vpcs.map((vpc) => ({ ...vpc, attachment: vpc.attachment ?? { kind: settings.attach } }));
  const step = <I>(operation: string, decision: Decision<I, unknown>, input: I): Step<I> => ({
    operation,
    decision,
    input,
  });
  return [
    step('ApplyConfiguredPrincipals', applyConfiguredPrincipals, { principals, secrets }),
    step('ApplyConfiguredVpcs', applyConfiguredVpcs, { vpcs: placed }),
    step('ApplyConfiguredLoadBalancers', applyConfiguredLoadBalancers, { loadBalancers }),
  ] as const;
}

/** Commits the admin's key pair, the configured principals, VPCs and load balancers. Rejects when they cannot be stored. */
export async function applyConfiguration(
  store: Store,
  settings: ServerSettings,
  secrets: Secrets,
  context: (operation: string) => Context,
): Promise<AppliedConfiguration> {
  const { result: admin } = await store.commit(ensureAdminCredential, { secrets }, context('EnsureAdminCredential'));
  const commit = async <I>({ operation, decision, input }: Step<I>): Promise<unknown> =>
    await store.commit(decision, input, context(operation));
  const [principals, vpcs, loadBalancers] = stepsOf(settings, secrets);
  try {
    await commit(principals);
    await commit(vpcs);
    await commit(loadBalancers);
    return { admin };
  } catch (error) {
    return { admin, problem: refusalOf(error) };
  }
}

/** Why what stands does not allow a configuration; undefined when it does. Nothing is changed. */
export function judgeConfiguration(
  state: State,
  settings: ServerSettings,
  secrets: Secrets,
  context: (operation: string) => Context,
): string | undefined {
  let head = state;
  const decide = <I>({ operation, decision, input }: Step<I>): void => {
    head = applyChanges(head, decision(head, input, context(operation)).changes, head.revision + 1);
  };
  const [principals, vpcs, loadBalancers] = stepsOf(settings, secrets);
  try {
    decide(principals);
    decide(vpcs);
    decide(loadBalancers);
    return undefined;
  } catch (error) {
    return refusalOf(error);
  }
}

/** The reason of a refusal; anything else is thrown on. */
function refusalOf(error: unknown): string {
  if (error instanceof Refusal && error.kind !== 'InternalServer') return error.message;
  throw error;
}
