// Keeps derived signing keys: the four HMACs of each were a tenth of a control call's CPU time.

import { deriveSigningKey, type CredentialScope } from './signing-key.ts';

/** Signing keys by secret and scope. */
export interface SigningKeys {
  /** As `deriveSigningKey`. */
  derive(secret: string, scope: CredentialScope): Buffer;
}

/** Makes a memory of the `most` keys that were derived last. */
export function createSigningKeys(most: number): SigningKeys {
  const keys = new Map<string, Buffer>();
  return {
    derive(secret, scope) {
      // No part of a scope has a slash.
      const name = `${scope.date}/${scope.region}/${scope.service}/${secret}`;
      const known = keys.get(name);
      if (known !== undefined) return known;
      const key = deriveSigningKey(secret, scope);
      if (keys.size >= most) for (const oldest of keys.keys().take(1)) keys.delete(oldest);
      keys.set(name, key);
      return key;
    },
  };
}
