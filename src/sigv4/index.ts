// Signature Version 4: canonical request, signing key, verify and sign.

export { collectHeaders, sha256, unsignedPayload, type PathForm, type SignableRequest } from './canonical-request.ts';
export { deriveSigningKey, formatDay, formatTimestamp, type CredentialScope } from './signing-key.ts';
export { createSigningKeys, type SigningKeys } from './signing-keys.ts';
export {
  parseAuthorization,
  signatureFailure,
  type Authorization,
  type SignatureFailure,
  type SignatureFailureCode,
} from './authorization.ts';
export { verifySignature, type VerifyOptions } from './verify.ts';
export { signHeaders, signQuery, type Signer } from './sign.ts';
export { derivePublicPoint } from './public-key.ts';
