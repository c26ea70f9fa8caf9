// Requests signed ahead for wrk: each with a path and a date of its own, so that none is sent twice.

import { createPrivateKey, sign } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { prepareVerifyingKey, type VerifyingKey } from '../../src/sigv4/head/index.ts';
import { derivePublicPoint, deriveSigningKey, formatTimestamp, sha256, type Signer } from '../../src/sigv4/index.ts';
import { derivePrivateScalar } from '../../src/sigv4/public-key.ts';

/** How requests are signed. Of `plain` ones the scheme is another word of the same length; `wrong` ones are signed with another secret. */
export type Signing = 'plain' | 'v4' | 'v4a' | 'wrong';

/** A request that was signed ahead. */
export interface SignedRequest {
  readonly path: string;
  readonly timestamp: string;
  readonly authorization: string;
}

/** Milliseconds around now that signers' clocks are set to: a run must be over before the oldest is five minutes old. */
const SPREAD = 180_000;

const secondsBack = SPREAD / 500;

type MakeAuthorization = (timestamp: string, path: string) => string;

/** The text of a canonical request without payload and query, its headers as `signRequests` has them. */
function canonical(path: string, host: string, timestamp: string, more: string, names: string): string {
  return `GET\n${path}\n\nhost:${host}\nx-amz-content-sha256:UNSIGNED-PAYLOAD\nx-amz-date:${timestamp}\n${more}\n${names}\nUNSIGNED-PAYLOAD`;
}

function signV4(host: string, signer: Signer): MakeAuthorization {
  const names = 'host;x-amz-content-sha256;x-amz-date';
  const keys = new Map<string, VerifyingKey>();
  const keyOf = (date: string): VerifyingKey => {
    const scope = { date, region: signer.region, service: signer.service };
    const key = keys.get(date) ?? prepareVerifyingKey(deriveSigningKey(signer.secret, scope), scope);
    keys.set(date, key);
    return key;
  };
  return (timestamp, path) => {
    const key = keyOf(timestamp.slice(0, 8));
    const { date, region, service } = key.scope;
    return `AWS4-HMAC-SHA256 Credential=${signer.accessKeyId}/${date}/${region}/${service}/aws4_request, SignedHeaders=${names}, Signature=${key.sign(timestamp, sha256(canonical(path, host, timestamp, '', names)))}`;
  };
}

function signV4A(host: string, signer: Signer): MakeAuthorization {
  const names = 'host;x-amz-content-sha256;x-amz-date;x-amz-region-set';
  const point = derivePublicPoint(signer.accessKeyId, signer.secret);
  const key = createPrivateKey({
    format: 'jwk',
    key: {
      ...{ kty: 'EC', crv: 'P-256', d: derivePrivateScalar(signer.accessKeyId, signer.secret).toString('base64url') },
      ...{ x: point.subarray(1, 33).toString('base64url'), y: point.subarray(33).toString('base64url') },
    },
  });
  return (timestamp, path) => {
    const scope = `${timestamp.slice(0, 8)}/${signer.service}/aws4_request`;
    const hashed = sha256(canonical(path, host, timestamp, `x-amz-region-set:${signer.region}\n`, names));
    const text = Buffer.from(`AWS4-ECDSA-P256-SHA256\n${timestamp}\n${scope}\n${hashed}`);
    return `AWS4-ECDSA-P256-SHA256 Credential=${signer.accessKeyId}/${scope}, SignedHeaders=${names}, Signature=${sign('sha256', text, key).toString('hex')}`;
  };
}

/** Signs `count` requests to `host` from now on; no two have the same path. */
export function signRequests(host: string, signer: Signer, count: number, signing: Signing): readonly SignedRequest[] {
  const now = Date.now();
  const by = signing === 'wrong' ? { ...signer, secret: `${signer.secret}x` } : signer;
  const make = signing === 'v4a' ? signV4A(host, by) : signV4(host, by);
  return Array.from({ length: count }, (_, i) => {
    const path = `/orders/${now}/${i}`;
    const timestamp = formatTimestamp(now - SPREAD + (i % secondsBack) * 1000);
    const authorization = make(timestamp, path);
    return { path, timestamp, authorization: signing === 'plain' ? `Bear${authorization.slice(4)}` : authorization };
  });
}

/** The header lines of a request besides Host, by name. */
export function headersOf(
  { timestamp, authorization }: SignedRequest,
  region: string,
): Readonly<Record<string, string>> {
  return {
    'x-amz-content-sha256': 'UNSIGNED-PAYLOAD',
    'x-amz-date': timestamp,
    ...(authorization.startsWith('AWS4-ECDSA') ? { 'x-amz-region-set': region } : {}),
    authorization,
  };
}

/** Writes wrk's script, which sends such requests one after the other; its path. */
export function writeScript(directory: string, host: string, signer: Signer, count: number, signing: Signing): string {
  const list = join(directory, `${signing}.txt`);
  const lines = signRequests(host, signer, count, signing).map(
    ({ path, timestamp, authorization }) => `${path}\t${timestamp}\t${authorization}`,
  );
  writeFileSync(list, lines.join('\n'));
  const more = signing === 'v4a' ? `x-amz-region-set: ${signer.region}\\r\\n` : '';
  const script = join(directory, `${signing}.lua`);
  writeFileSync(
    script,
    `local requests, i = {}, 0
for line in io.lines(${JSON.stringify(list)}) do
  local path, date, authorization = line:match("^(%S+)\\t(%S+)\\t(.+)$")
  requests[#requests + 1] = "GET " .. path .. " HTTP/1.1\\r\\nHost: ${host}\\r\\nx-amz-content-sha256: UNSIGNED-PAYLOAD\\r\\nx-amz-date: "
    .. date .. "\\r\\n${more}Authorization: " .. authorization .. "\\r\\n\\r\\n"
end
request = function()
  i = i % #requests + 1
  return requests[i]
end
`,
  );
  return script;
}
