// Signs a request with Signature Version 4, as Authorization header or as presigned query.

import { encodeUri, formatCanonicalRequest, type PathForm, type SignableRequest } from './canonical-request.ts';
import { computeSignature, deriveSigningKey, formatScope, formatTimestamp } from './signing-key.ts';

/** Who signs, for what. */
export interface Signer {
  readonly accessKeyId: string;
  readonly secret: string;
  readonly sessionToken?: string;
  readonly region: string;
  readonly service: string;
}

/** When and how. `bodyHash` as for `formatCanonicalRequest`. */
export interface SignOptions {
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly bodyHash: string;
  readonly pathForm?: PathForm;
}

/** The headers to add to `request` (which must have `host`): `x-amz-date`, `authorization` and, with a token, `x-amz-security-token`. */
export function signHeaders(request: SignableRequest, signer: Signer, options: SignOptions): Record<string, string> {
  const timestamp = formatTimestamp(options.now);
  const scope = { date: timestamp.slice(0, 8), region: signer.region, service: signer.service };
  const added: Record<string, string> = { 'x-amz-date': timestamp };
  if (signer.sessionToken !== undefined) added['x-amz-security-token'] = signer.sessionToken;
  const headers = new Map([...request.headers, ...Object.entries(added)]);
  const names = [...headers.keys()].filter((name) => name === 'host' || name.startsWith('x-amz-')).sort();
  const canonical = formatCanonicalRequest(
    { ...request, headers },
    names,
    options.bodyHash,
    options.pathForm ?? 'double',
  );
  const signature = computeSignature(deriveSigningKey(signer.secret, scope), timestamp, scope, canonical);
  added['authorization'] =
    `AWS4-HMAC-SHA256 Credential=${signer.accessKeyId}/${formatScope(scope)}, SignedHeaders=${names.join(';')}, Signature=${signature}`;
  return added;
}

/** The raw query of the presigned form of `request` (which must have `host`), good for `expires` seconds. */
export function signQuery(
  request: SignableRequest,
  signer: Signer,
  options: SignOptions & { readonly expires: number },
): string {
  const timestamp = formatTimestamp(options.now);
  const scope = { date: timestamp.slice(0, 8), region: signer.region, service: signer.service };
  const names = [...request.headers.keys()].sort();
  const parameters: readonly (readonly [string, string])[] = [
    ['X-Amz-Algorithm', 'AWS4-HMAC-SHA256'],
    ['X-Amz-Credential', `${signer.accessKeyId}/${formatScope(scope)}`],
    ['X-Amz-Date', timestamp],
    ['X-Amz-Expires', String(options.expires)],
    ['X-Amz-SignedHeaders', names.join(';')],
    ...(signer.sessionToken === undefined ? [] : [['X-Amz-Security-Token', signer.sessionToken] as const]),
  ];
  const added = parameters.map(([name, value]) => `${name}=${encodeUri(value)}`).join('&');
  const query = request.query === '' ? added : `${request.query}&${added}`;
  const canonical = formatCanonicalRequest(
    { ...request, query },
    names,
    options.bodyHash,
    options.pathForm ?? 'double',
  );
  return `${query}&X-Amz-Signature=${computeSignature(deriveSigningKey(signer.secret, scope), timestamp, scope, canonical)}`;
}
