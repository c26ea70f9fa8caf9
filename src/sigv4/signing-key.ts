// The derived key of Signature Version 4 and the signature that it makes.

import { createHmac } from 'node:crypto';
import { sha256 } from './canonical-request.ts';

/** What a signing key is good for: a day (YYYYMMDD), a region and a service. */
export interface CredentialScope {
  readonly date: string;
  readonly region: string;
  readonly service: string;
}

/** The key derived from a secret for one scope (32 bytes). Four HMACs: worth keeping for the day. */
export function deriveSigningKey(secret: string, scope: CredentialScope): Buffer {
  let key: Buffer | string = `AWS4${secret}`;
  for (const part of [scope.date, scope.region, scope.service, 'aws4_request'])
    key = createHmac('sha256', key).update(part).digest();
  return Buffer.from(key);
}

/** `YYYYMMDD/region/service/aws4_request`. */
export function formatScope(scope: CredentialScope): string {
  return `${scope.date}/${scope.region}/${scope.service}/aws4_request`;
}

/** The hex signature of a canonical request at `timestamp` (YYYYMMDDTHHMMSSZ). */
export function computeSignature(
  key: Uint8Array,
  timestamp: string,
  scope: CredentialScope,
  canonicalRequest: string,
): string {
  const text = `AWS4-HMAC-SHA256\n${timestamp}\n${formatScope(scope)}\n${sha256(canonicalRequest)}`;
  return createHmac('sha256', key).update(text).digest('hex');
}

/** Milliseconds since 1970 as `YYYYMMDDTHHMMSSZ`. */
export function formatTimestamp(time: number): string {
  return `${new Date(time)
    .toISOString()
    .replace(/[-:]/g, '')
    .replace(/\.\d{3}/, '')}`;
}

/** The UTC day of `time` as a scope has it: `YYYYMMDD`. */
export function formatDay(time: number): string {
  return formatTimestamp(time).slice(0, 8);
}

/** `YYYYMMDDTHHMMSSZ`, or an HTTP date, as milliseconds since 1970; undefined when it is neither. */
export function parseTimestamp(text: string): number | undefined {
  const match = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text);
  if (match !== null) {
    const [, year, month, day, hour, minute, second] = match;
    const time = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
    return Number.isNaN(time) ? undefined : time;
  }
  const time = /^\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT$/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(time) ? undefined : time;
}
