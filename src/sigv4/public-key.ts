// The key pair that Signature Version 4A derives from an access key, so that verifiers need no secret.

import { createECDH, createHmac, createPublicKey, type KeyObject } from 'node:crypto';

/** The order of P-256 (FIPS 186-4, D.1.2.3). */
const ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;

/** The private scalar (32 bytes) of an access key: NIST SP 800-108, counter mode with HMAC-SHA256, tried until it is in range (as the AWS Common Runtime does). */
export function derivePrivateScalar(accessKeyId: string, secret: string): Buffer {
  for (let attempt = 1; attempt < 255; attempt++) {
    const mac = createHmac('sha256', `AWS4A${secret}`);
    mac
      .update(Buffer.from([0, 0, 0, 1]))
      .update('AWS4-ECDSA-P256-SHA256')
      .update(Buffer.from([0]))
      .update(accessKeyId);
    const candidate = BigInt(`0x${mac.update(Buffer.from([attempt, 0, 0, 1, 0])).digest('hex')}`);
    if (candidate <= ORDER - 2n) return Buffer.from((candidate + 1n).toString(16).padStart(64, '0'), 'hex');
  }
  throw new Error('no private key can be derived from this access key');
}

/** The public key of an access key, as an uncompressed point (65 bytes). About 50 µs. */
export function derivePublicPoint(accessKeyId: string, secret: string): Buffer {
  const pair = createECDH('prime256v1');
  pair.setPrivateKey(derivePrivateScalar(accessKeyId, secret));
  return pair.getPublicKey();
}

/** The key that verifies; `point` as from `derivePublicPoint`. Throws when it is no point of the curve. */
export function openPublicPoint(point: Buffer): KeyObject {
  return createPublicKey({
    format: 'jwk',
    key: {
      kty: 'EC',
      crv: 'P-256',
      x: point.subarray(1, 33).toString('base64url'),
      y: point.subarray(33).toString('base64url'),
    },
  });
}
