// OpenID Connect providers of IAM.

export {
  addClientId,
  createOidcProvider,
  deleteOidcProvider,
  getOidcProvider,
  listOidcProviders,
  removeClientId,
  updateThumbprints,
} from './oidc-provider.ts';
