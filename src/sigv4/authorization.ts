// Finds and reads the Signature Version 4 parts of a request: Authorization header or presigned query.

import type { SignableRequest } from './canonical-request.ts';
import { parseTimestamp, formatTimestamp, type CredentialScope } from './signing-key.ts';

/** The signature parts of a request, well formed but not yet verified. */
export interface Authorization {
  readonly form: 'header' | 'query';
  readonly accessKeyId: string;
  readonly scope: CredentialScope;
  /** Lower-case, in the order given. */
  readonly signedHeaders: readonly string[];
  readonly signature: string;
  /** The signer's time, YYYYMMDDTHHMMSSZ. */
  readonly timestamp: string;
  /** Milliseconds since 1970. */
  readonly time: number;
  /** Seconds that a presigned query is good for. */
  readonly expires?: number;
  readonly sessionToken?: string;
}

/** AWS's names for the ways in which a signature can fail; each edge puts them in its protocol's words. */
export type SignatureFailureCode =
  | 'MissingAuthenticationToken'
  | 'IncompleteSignature'
  | 'SignatureDoesNotMatch'
  /** The clocks of signer and verifier are too far apart. */
  | 'ClockSkew'
  /** A presigned query is no longer good. */
  | 'RequestExpired'
  | 'UnrecognizedClient'
  | 'ExpiredToken';

/** A refusal of a signature, in AWS's words. */
export interface SignatureFailure {
  readonly ok: false;
  readonly code: SignatureFailureCode;
  readonly message: string;
}

/** Makes a `SignatureFailure`. */
export function signatureFailure(code: SignatureFailureCode, message: string): SignatureFailure {
  return { ok: false, code, message };
}

const algorithm = 'AWS4-HMAC-SHA256';

/** Characters of `YYYYMMDDTHHMMSSZ`. */
const TIMESTAMP_LENGTH = 16;

/** Reads the signature parts of a request. A request without any is `MissingAuthenticationToken`. */
export function parseAuthorization(
  request: SignableRequest,
): { readonly ok: true; readonly authorization: Authorization } | SignatureFailure {
  const header = request.headers.get('authorization');
  if (header !== undefined) return parseHeader(request, header);
  const query = new URLSearchParams(request.query.replaceAll('+', '%2B'));
  if (query.has('X-Amz-Algorithm') || query.has('X-Amz-Signature')) return parseQuery(query);
  return signatureFailure('MissingAuthenticationToken', 'Missing Authentication Token');
}

function parseHeader(request: SignableRequest, header: string): ReturnType<typeof parseAuthorization> {
  const space = header.indexOf(' ');
  if (header.slice(0, space) !== algorithm)
    return incomplete(`Unsupported AWS 'algorithm': expected '${algorithm}' in the Authorization header.`);
  const parts = new Map<string, string>();
  for (const part of header.slice(space + 1).split(',')) {
    const at = part.indexOf('=');
    if (at < 0) return incomplete(`Authorization header has a part without '=': '${part.trim()}'.`);
    parts.set(part.slice(0, at).trim(), part.slice(at + 1).trim());
  }
  const missing = ['Credential', 'Signature', 'SignedHeaders']
    .filter((name) => !parts.get(name))
    .map((name) => `Authorization header requires '${name}' parameter.`);
  const date = request.headers.get('x-amz-date') ?? request.headers.get('date');
  if (date === undefined)
    missing.push("Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.");
  if (missing.length > 0) return incomplete(missing.join(' '));
  return assemble('header', {
    credential: parts.get('Credential'),
    signature: parts.get('Signature'),
    signedHeaders: parts.get('SignedHeaders'),
    date,
    sessionToken: request.headers.get('x-amz-security-token'),
  });
}

function parseQuery(query: URLSearchParams): ReturnType<typeof parseAuthorization> {
  const names = ['Algorithm', 'Credential', 'Date', 'Expires', 'SignedHeaders', 'Signature'];
  const missing = names
    .filter((name) => !query.get(`X-Amz-${name}`))
    .map((name) => `AWS query-string parameters must include 'X-Amz-${name}'.`);
  if (missing.length > 0) return incomplete(missing.join(' '));
  if (query.get('X-Amz-Algorithm') !== algorithm) return incomplete(`X-Amz-Algorithm must be '${algorithm}'.`);
  const expires = Number(query.get('X-Amz-Expires'));
  if (!Number.isInteger(expires) || expires < 1 || expires > 604_800)
    return incomplete('X-Amz-Expires must be a number of seconds between 1 and 604800.');
  return assemble('query', {
    credential: query.get('X-Amz-Credential'),
    signature: query.get('X-Amz-Signature'),
    signedHeaders: query.get('X-Amz-SignedHeaders'),
    date: query.get('X-Amz-Date'),
    sessionToken: query.get('X-Amz-Security-Token'),
    expires,
  });
}

interface Parts {
  readonly credential: string | null | undefined;
  readonly signature: string | null | undefined;
  readonly signedHeaders: string | null | undefined;
  readonly date: string | null | undefined;
  readonly sessionToken: string | null | undefined;
  readonly expires?: number;
}

function assemble(form: 'header' | 'query', parts: Parts): ReturnType<typeof parseAuthorization> {
  const credential = /^(.+)\/(\d{8})\/([^/]+)\/([^/]+)\/aws4_request$/.exec(parts.credential ?? '');
  const [, accessKeyId, date, region, service] = credential ?? [];
  if (accessKeyId === undefined || date === undefined || region === undefined || service === undefined)
    return incomplete(
      `Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/aws4_request, got '${parts.credential}'.`,
    );
  const time = parseTimestamp(parts.date ?? '');
  if (time === undefined)
    return incomplete(
      `Date must be in ISO-8601 'basic format'. Got '${parts.date}'. See http://en.wikipedia.org/wiki/ISO_8601.`,
    );
  const signature = parts.signature ?? '';
  if (!/^[0-9a-f]{64}$/.test(signature)) return incomplete('The signature is not 64 lower-case hexadecimal digits.');
  const signedHeaders = (parts.signedHeaders ?? '').toLowerCase().split(';');
  const { expires, sessionToken } = parts;
  return {
    ok: true,
    authorization: {
      form,
      accessKeyId,
      scope: { date, region, service },
      signedHeaders,
      signature,
      // What was not given in this form is an HTTP date.
      timestamp: parts.date?.length === TIMESTAMP_LENGTH ? parts.date : formatTimestamp(time),
      time,
      ...(expires === undefined ? {} : { expires }),
      ...(sessionToken === null || sessionToken === undefined ? {} : { sessionToken }),
    },
  };
}

function incomplete(message: string): SignatureFailure {
  return signatureFailure('IncompleteSignature', message);
}
