// Who may call: users and access keys.

export { createAccessKey, deleteAccessKey, getAccessKey, listAccessKeys, updateAccessKey } from './access-key.ts';
export {
  applyConfiguredPrincipals,
  ensureAdminCredential,
  findCredential,
  sealPlainSecrets,
  type ConfiguredPrincipal,
  type Secrets,
} from './credential.ts';
export { getUser, type Account } from './entity.ts';
export { callingUser, createUser, deleteUser, listUsers, updateUser } from './user.ts';
