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
export { countAccount } from './count-account.ts';
export { findNamed as findIamEntity, getEntity, getUser, type Account, type EntityName } from './entity.ts';
export {
  findIdentity,
  findManagedDocument,
  findRole,
  identityOf,
  principalOf,
  type Identity,
  type IdentityDocuments,
  type NamedDocument,
} from './identity-of.ts';
export { callingUser, createUser, deleteUser, listUsers, updateUser } from './user.ts';
