// Secrets of identities, sealed; and sealed tokens of their sessions.

export { createSecretBox, SealBroken, type SecretBox } from './secret-box.ts';
export { createSessions, sessionKeysAt, type Sessions } from './sessions.ts';
export { openSession, tokenForm, type Session, type SessionKey } from './session-token.ts';
