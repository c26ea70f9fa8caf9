// The canonical request of Signature Version 4: one text that signer and verifier both derive from a request.

import { hash } from 'node:crypto';

/** What a signature covers. `path` and `query` are raw, as they stand in the request line (no `?`). */
export interface SignableRequest {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  /** Lower-case names; several values of one name joined by `,` in order of appearance. */
  readonly headers: ReadonlyMap<string, string>;
}

/**
 * How the path enters the canonical request: `double` = dot segments removed and every segment percent-encoded once more
 * (all services but S3), `single` = as it stands (S3; some data-plane clients).
 */
export type PathForm = 'double' | 'single';

/** The literal that replaces the body's hash when a signature does not cover the body. */
export const unsignedPayload = 'UNSIGNED-PAYLOAD';

/** Collects `[name, value, name, value, …]`, as node:http gives raw headers, into the map of a `SignableRequest`. */
export function collectHeaders(raw: readonly string[]): Map<string, string> {
  const headers = new Map<string, string>();
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const name = (raw[i] ?? '').toLowerCase();
    const value = raw[i + 1] ?? '';
    const before = headers.get(name);
    headers.set(name, before === undefined ? value : `${before},${value}`);
  }
  return headers;
}

/**
 * The canonical request (AWS General Reference, "Create a signed AWS API request", step 1).
 * `bodyHash` is the lower-case hex SHA-256 of the body, or `unsignedPayload`.
 */
export function formatCanonicalRequest(
  request: SignableRequest,
  signedHeaders: readonly string[],
  bodyHash: string,
  pathForm: PathForm,
): string {
  let headers = '';
  for (const name of signedHeaders) headers += `${name}:${formatHeaderValue(request.headers.get(name) ?? '')}\n`;
  return `${request.method}\n${formatPath(request.path, pathForm)}\n${formatQuery(request.query)}\n${headers}\n${signedHeaders.join(';')}\n${bodyHash}`;
}

/** The lower-case hex SHA-256 of `data`. */
export function sha256(data: string | Uint8Array): string {
  return hash('sha256', data, 'hex');
}

/** Percent-encodes all but unreserved characters (RFC 3986), as Signature Version 4 wants it. */
export function encodeUri(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
}

function formatHeaderValue(value: string): string {
  return value.trim().replace(/\s+/g, ' ');
}

function formatPath(path: string, form: PathForm): string {
  if (form === 'single') return path === '' ? '/' : path;
  const segments: string[] = [];
  for (const segment of path.split('/')) {
    if (segment === '' || segment === '.') continue;
    if (segment === '..') segments.pop();
    else segments.push(encodeUri(segment));
  }
  const end = segments.length > 0 && path.endsWith('/') ? '/' : '';
  return `/${segments.join('/')}${end}`;
}

/** Pairs decoded and encoded again, so that `%7E` and `~` are one; sorted by encoded name, then value; without the signature itself. */
function formatQuery(query: string): string {
  if (query === '') return '';
  const pairs: (readonly [name: string, value: string])[] = [];
  for (const part of query.split('&')) {
    if (part === '') continue;
    const at = part.indexOf('=');
    const name = recode(at < 0 ? part : part.slice(0, at));
    if (name !== 'X-Amz-Signature') pairs.push([name, at < 0 ? '' : recode(part.slice(at + 1))]);
  }
  pairs.sort((a, b) => compare(a[0], b[0]) || compare(a[1], b[1]));
  return pairs.map(([name, value]) => `${name}=${value}`).join('&');
}

function recode(text: string): string {
  try {
    return encodeUri(decodeURIComponent(text));
  } catch {
    // Not UTF-8 behind the percent signs: both sides can only take it as it stands.
    return text;
  }
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
