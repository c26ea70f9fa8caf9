// What AWS's XML front ends call signatures that they do not believe.

import type { SignatureFailureCode } from '../sigv4/index.ts';

/** Code and HTTP status of each failure in STS, IAM and Route 53 (their API references, "Common errors"). */
export const xmlSignatureRefusals: Readonly<Record<SignatureFailureCode, readonly [code: string, status: number]>> = {
  MissingAuthenticationToken: ['MissingAuthenticationToken', 403],
  IncompleteSignature: ['IncompleteSignature', 400],
  SignatureDoesNotMatch: ['SignatureDoesNotMatch', 403],
  ClockSkew: ['SignatureDoesNotMatch', 403],
  RequestExpired: ['SignatureDoesNotMatch', 403],
  UnrecognizedClient: ['InvalidClientTokenId', 403],
  ExpiredToken: ['ExpiredToken', 403],
};
