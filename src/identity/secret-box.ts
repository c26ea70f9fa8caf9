// Seals secrets that are kept, so that a database or a log that is read without the key tells none of them.

import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

/** Seals texts with one key, and opens what was sealed with it. */
export interface SecretBox {
  /** `text`, sealed for `context` (an access key id, say): in another context it does not open. Two seals of one text differ. */
  readonly seal: (text: string, context: string) => string;
  /** The text of `sealed`. Throws `SealBroken` when it was sealed by another key or for another context, or is damaged. */
  readonly open: (sealed: string, context: string) => string;
}

/** What was to be opened was not sealed by this key for this context. Says nothing of either. */
export class SealBroken extends Error {
  override readonly name = 'SealBroken';

  constructor() {
    super('a sealed secret does not open: it was sealed with another key, for something else, or is damaged');
  }
}

/** The only form so far: AES-256-GCM, nonce, ciphertext and tag one after the other in base64url. */
const FORM = 'v1.';

/** Bytes of the nonce, and of the tag (NIST SP 800-38D: the sizes that GCM is made for). A random nonce is good for 2³² seals of a key. */
const NONCE_LENGTH = 12;
const TAG_LENGTH = 16;

/** Makes the box of `key`, which has 32 bytes. */
export function createSecretBox(key: Buffer): SecretBox {
  if (key.length !== 32) throw new Error(`a key to seal secrets with has 32 bytes, not ${key.length}`);
  return {
    seal(text, context) {
      const nonce = randomBytes(NONCE_LENGTH);
      const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_LENGTH });
      cipher.setAAD(Buffer.from(context));
      const parts = [nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()];
      return `${FORM}${Buffer.concat(parts).toString('base64url')}`;
    },
    open(sealed, context) {
      const bytes = Buffer.from(sealed.slice(FORM.length), 'base64url');
      if (!sealed.startsWith(FORM) || bytes.length < NONCE_LENGTH + TAG_LENGTH) throw new SealBroken();
      const cipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, NONCE_LENGTH), {
        authTagLength: TAG_LENGTH,
      });
      cipher.setAAD(Buffer.from(context));
      cipher.setAuthTag(bytes.subarray(-TAG_LENGTH));
      const text = cipher.update(bytes.subarray(NONCE_LENGTH, -TAG_LENGTH));
      try {
        return Buffer.concat([text, cipher.final()]).toString('utf8');
      } catch {
        // OpenSSL's own words would tell nothing more.
        throw new SealBroken();
      }
    },
  };
}
