// Signatures of requests to services, verified on the head's text.

export { isSignature, parseHeadSignature, SignatureReader, type HeadSignature } from './head-signature.ts';
export { parseSignedNames, type SignedNames } from './signed-names.ts';
export { verifyHead, type HeadKey, type SignedHead } from './verify-head.ts';
export { prepareVerifyingKey, type VerifyingKey } from './verifying-key.ts';
export { openPublicPoint } from '../public-key.ts';
