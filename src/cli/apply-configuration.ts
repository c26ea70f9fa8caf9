// Brings the store to what the configuration file says.

import type { Context } from '../domain/index.ts';
import { applyConfiguredLoadBalancers, applyConfiguredVpcs } from '../domain/ec2/index.ts';
import { applyConfiguredPrincipals, ensureAdminCredential } from '../domain/iam/index.ts';
import type { Credential } from '../domain/records/index.ts';
import type { Store } from '../store/index.ts';
import type { ServerSettings } from './settings.ts';

/** Commits the admin's key pair, the configured principals, VPCs and load balancers; resolves with the admin's credential. Rejects with a `Refusal`. */
export async function applyConfiguration(
  store: Store,
  settings: ServerSettings,
  context: (operation: string) => Context,
): Promise<Credential> {
  const { principals, vpcs, loadBalancers } = settings.configuration;
  const admin = await store.commit(ensureAdminCredential, null, context('EnsureAdminCredential'));
  await store.commit(applyConfiguredPrincipals, { principals }, context('ApplyConfiguredPrincipals'));
  await store.commit(
    applyConfiguredVpcs,
    { vpcs: vpcs.map((vpc) => ({ ...vpc, attachment: vpc.attachment ?? { kind: settings.attach } })) },
    context('ApplyConfiguredVpcs'),
  );
  await store.commit(applyConfiguredLoadBalancers, { loadBalancers }, context('ApplyConfiguredLoadBalancers'));
  return admin.result;
}
