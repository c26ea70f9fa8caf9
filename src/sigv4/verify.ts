// Verifies the signature of a request against a signing key.

import { timingSafeEqual } from 'node:crypto';
import { signatureFailure, type Authorization, type SignatureFailure } from './authorization.ts';
import { formatCanonicalRequest, type PathForm, type SignableRequest } from './canonical-request.ts';
import { computeSignature, formatTimestamp } from './signing-key.ts';

/** How far the clocks of signer and verifier may be apart, in milliseconds (AWS General Reference). */
export const maximumSkew = 5 * 60_000;

/** What a signature is verified against. */
export interface VerifyOptions {
  /** From `deriveSigningKey` for the authorization's own scope. */
  readonly signingKey: Uint8Array;
  /** The service names that the scope may carry. */
  readonly services: readonly string[];
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Hex SHA-256 of the body as it arrived, or `unsignedPayload` where that is allowed and was declared. */
  readonly bodyHash: string;
  /** Accepted forms of the path, tried in this order. */
  readonly pathForms: readonly PathForm[];
}

/** Whether the signature is that of the key, in time, and covers what it must: `host` and every `x-amz-*` header. */
export function verifySignature(
  request: SignableRequest,
  authorization: Authorization,
  options: VerifyOptions,
): { readonly ok: true } | SignatureFailure {
  return (
    checkScope(authorization, options.services) ??
    checkTime(authorization, options.now) ??
    checkCoverage(request, authorization) ??
    checkSignature(request, authorization, options) ?? { ok: true }
  );
}

function checkScope(authorization: Authorization, services: readonly string[]): SignatureFailure | undefined {
  const { scope, timestamp } = authorization;
  if (!services.includes(scope.service))
    return mismatch(`Credential should be scoped to correct service: '${services[0]}'.`);
  if (!timestamp.startsWith(scope.date))
    return mismatch(
      `Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '${scope.date}' != '${timestamp.slice(0, 8)}', from '${timestamp}'.`,
    );
  return undefined;
}

/** Whether the signer's time is within the skew, or a presigned query still good. */
export function checkTime(
  { time, timestamp, expires }: Pick<Authorization, 'time' | 'timestamp' | 'expires'>,
  now: number,
): SignatureFailure | undefined {
  if (time > now + maximumSkew)
    return signatureFailure(
      'ClockSkew',
      `Signature not yet current: ${timestamp} is still later than ${formatTimestamp(now + maximumSkew)} (${formatTimestamp(now)} + 5 min.)`,
    );
  const end = time + (expires === undefined ? maximumSkew : expires * 1000);
  if (end < now)
    return signatureFailure(
      expires === undefined ? 'ClockSkew' : 'RequestExpired',
      expires === undefined
        ? `Signature expired: ${timestamp} is now earlier than ${formatTimestamp(now - maximumSkew)} (${formatTimestamp(now)} - 5 min.)`
        : `Signature expired: ${timestamp} was good for ${expires} seconds and it is ${formatTimestamp(now)}`,
    );
  return undefined;
}

function checkCoverage(request: SignableRequest, { signedHeaders }: Authorization): SignatureFailure | undefined {
  if (!signedHeaders.includes('host'))
    return mismatch("'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.");
  for (const name of request.headers.keys())
    if (name.startsWith('x-amz-') && !signedHeaders.includes(name))
      return mismatch(`'${name}' must be a 'SignedHeader' in the AWS Authorization.`);
  const absent = signedHeaders.find((name) => !request.headers.has(name));
  if (absent !== undefined) return mismatch(`The signed header '${absent}' is not in the request.`);
  return undefined;
}

function checkSignature(
  request: SignableRequest,
  { signedHeaders, signature, timestamp, scope }: Authorization,
  { signingKey, bodyHash, pathForms }: VerifyOptions,
): SignatureFailure | undefined {
  const given = Buffer.from(signature, 'latin1');
  for (const form of pathForms) {
    const canonical = formatCanonicalRequest(request, signedHeaders, bodyHash, form);
    const ours = Buffer.from(computeSignature(signingKey, timestamp, scope, canonical), 'latin1');
    if (ours.length === given.length && timingSafeEqual(ours, given)) return undefined;
  }
  return mismatch(
    'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.',
  );
}

function mismatch(message: string): SignatureFailure {
  return signatureFailure('SignatureDoesNotMatch', message);
}
