// Secrets of identities, sealed.

export { createSecretBox, SealBroken, type SecretBox } from './secret-box.ts';
