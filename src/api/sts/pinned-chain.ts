// Whether the certificates of an identity provider that no authority vouches for are those that its thumbprints name.

import type { X509Certificate } from 'node:crypto';
import { checkServerIdentity } from 'node:tls';

/**
 * Whether `chain`, the server's own certificate first, has one of the SHA-1 thumbprints (hex): that one itself, whose key the handshake
 * proves, or an authority above it (IAM User Guide: OIDC identity providers). For an authority the server's must be for `host`, and each be
 * signed by the next: everybody has an authority's certificate, and can send it along.
 */
export function isPinned(chain: readonly X509Certificate[], host: string, thumbprints: readonly string[]): boolean {
  const wanted = new Set(thumbprints.map((one) => one.toLowerCase()));
  const isWanted = ({ fingerprint }: X509Certificate): boolean =>
    wanted.has(fingerprint.replaceAll(':', '').toLowerCase());
  const [leaf, ...above] = chain;
  if (leaf === undefined) return false;
  if (isWanted(leaf)) return true;
  if (checkServerIdentity(host, leaf.toLegacyObject()) !== undefined) return false;
  let signed = leaf;
  for (const authority of above) {
    if (!authority.ca || !signed.checkIssued(authority) || !signed.verify(authority.publicKey)) return false;
    if (isWanted(authority)) return true;
    signed = authority;
  }
  return false;
}
