// Brings the store to what the configuration file says.

import { Refusal, type Context } from '../domain/index.ts';
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

/** Commits the admin's key pair, the configured principals, VPCs and load balancers. Rejects when they cannot be stored. */
export async function applyConfiguration(
  store: Store,
  settings: ServerSettings,
  secrets: Secrets,
  context: (operation: string) => Context,
): Promise<AppliedConfiguration> {
  const { principals, vpcs, loadBalancers } = settings.configuration;
  const { result: admin } = await store.commit(ensureAdminCredential, { secrets }, context('EnsureAdminCredential'));
  try {
    await store.commit(applyConfiguredPrincipals, { principals, secrets }, context('ApplyConfiguredPrincipals'));
    await store.commit(
      applyConfiguredVpcs,
      { vpcs: vpcs.map((vpc) => ({ ...vpc, attachment: vpc.attachment ?? { kind: settings.attach } })) },
      context('ApplyConfiguredVpcs'),
    );
    await store.commit(applyConfiguredLoadBalancers, { loadBalancers }, context('ApplyConfiguredLoadBalancers'));
    return { admin };
  } catch (error) {
    if (!(error instanceof Refusal) || error.kind === 'InternalServer') throw error;
    return { admin, problem: error.message };
  }
}
