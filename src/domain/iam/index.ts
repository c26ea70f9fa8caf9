// Who may call.

export {
  applyConfiguredPrincipals,
  ensureAdminCredential,
  findCredential,
  type ConfiguredPrincipal,
} from './credential.ts';
