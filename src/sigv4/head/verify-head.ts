// Verifies the signature of a request to a service from its head's text, without a map of its headers.

import { hash, verify as verifyEcdsa, type KeyObject } from 'node:crypto';
import { signatureFailure, type SignatureFailure } from '../authorization.ts';
import { unsignedPayload } from '../canonical-request.ts';
import { canonicalPaths, canonicalQueries } from './canonical-forms.ts';
import type { HeadSignature } from './head-signature.ts';
import { parseTimestamp } from '../signing-key.ts';
import { checkTime } from '../verify.ts';
import type { VerifyingKey } from './verifying-key.ts';

/** A request's head as it goes to the target. Texts are latin1: one character per byte. */
export interface SignedHead {
  readonly method: string;
  /** Raw, as in the request line. */
  readonly path: string;
  /** Raw, without `?`. */
  readonly query: string;
  /** Header lines, each with its CRLF; well formed, without folding. */
  readonly lines: string;
  /** Lower-case names that Connection keeps from the target. */
  readonly hopByHop: readonly string[];
}

/** What a signature is verified against: the key of its day and region, or the public key of Signature Version 4A with the region of the service. */
export type HeadKey = VerifyingKey | { readonly publicKey: KeyObject; readonly region: string };

/**
 * Verifies `signature`, whose scope is already known to be that of `key`, at `now` (milliseconds since 1970); undefined when it is good. It must cover
 * host and every x-amz-* header; x-amz-date must be within five minutes, x-amz-content-sha256 `UNSIGNED-PAYLOAD` (User Guide: SigV4 authenticated requests).
 */
export function verifyHead(
  head: SignedHead,
  signature: HeadSignature,
  key: HeadKey,
  now: number,
): SignatureFailure | undefined {
  const { names } = signature;
  for (const name of head.hopByHop)
    if (names.includes(name))
      return mismatch(`The signed header '${name}' is named by Connection and would not reach the target.`);
  const values = readValues(head.lines, names);
  if (typeof values === 'string') return mismatch(`'${values}' must be a 'SignedHeader' in the AWS Authorization.`);
  const fault =
    checkRequired(names, values) ??
    checkMoment(signature.date, values[names.indexOf('x-amz-date')] ?? '', now) ??
    checkPayload(values[names.indexOf('x-amz-content-sha256')] ?? '');
  if (fault !== undefined) return fault;
  if ('region' in key && !coversRegion(values[names.indexOf('x-amz-region-set')] ?? '', key.region))
    return mismatch(`x-amz-region-set must name the service's region, '${key.region}'.`);
  return checkForms(head, signature, values, key);
}

/** The canonical values of `names`, '' included; or the name of a header that has to be among them and is not. */
function readValues(lines: string, names: readonly string[]): readonly (string | undefined)[] | string {
  const values: (string | undefined)[] = Array.from(names, () => undefined);
  let lengths = 0;
  for (const { length } of names) lengths |= 1 << (length & 31);
  for (let pos = 0; pos < lines.length;) {
    const colon = lines.indexOf(':', pos);
    const end = lines.indexOf('\r\n', colon);
    // 120 is "x": lengths and one character tell most headers apart.
    const special = (lines.charCodeAt(pos) | 32) === 120;
    if (special || (lengths & (1 << ((colon - pos) & 31))) !== 0) {
      const name = lines.slice(pos, colon).toLowerCase();
      const index = names.indexOf(name);
      if (index >= 0) {
        const value = canonicalValue(lines.slice(colon + 1, end));
        const before = values[index];
        values[index] = before === undefined ? value : `${before},${value}`;
      } else if (special && (name.startsWith('x-amz-') || /^x[-_]amz[-_]/.test(name))) return name;
    }
    pos = end + 2;
  }
  return values;
}

function canonicalValue(raw: string): string {
  let start = 0;
  let end = raw.length;
  while (start < end && isBlank(raw.charCodeAt(start))) start++;
  while (end > start && isBlank(raw.charCodeAt(end - 1))) end--;
  const value = raw.slice(start, end);
  return value.includes('  ') || value.includes('\t') ? value.replace(/[\t ]+/g, ' ') : value;
}

function isBlank(code: number): boolean {
  return code === 32 || code === 9;
}

function checkRequired(
  names: readonly string[],
  values: readonly (string | undefined)[],
): SignatureFailure | undefined {
  if (!names.includes('host'))
    return mismatch("'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.");
  const absent = names.find((_, i) => values[i] === undefined);
  if (absent !== undefined) return mismatch(`The signed header '${absent}' is not in the request.`);
  if (!names.includes('x-amz-date'))
    return signatureFailure('IncompleteSignature', 'The request requires an X-Amz-Date header, and it must be signed.');
  return undefined;
}

function checkMoment(date: string, timestamp: string, now: number): SignatureFailure | undefined {
  const time = timestamp.length === 16 ? parseTimestamp(timestamp) : undefined;
  if (time === undefined)
    return signatureFailure(
      'IncompleteSignature',
      `X-Amz-Date must be YYYYMMDDTHHMMSSZ. Got '${timestamp.slice(0, 64)}'.`,
    );
  if (!timestamp.startsWith(date))
    return mismatch(
      `Date in Credential scope does not match that of X-Amz-Date: '${date}' != '${timestamp.slice(0, 8)}'.`,
    );
  return checkTime({ time, timestamp }, now);
}

function checkPayload(declared: string): SignatureFailure | undefined {
  if (declared === unsignedPayload) return undefined;
  return mismatch(
    declared === ''
      ? `The request requires the header 'x-amz-content-sha256: ${unsignedPayload}', and it must be signed.`
      : `Payload signing is not supported: sign with the header 'x-amz-content-sha256: ${unsignedPayload}'.`,
  );
}

/** Whether a region set (regions separated by commas, `*` for any characters) has `region`. */
function coversRegion(set: string, region: string): boolean {
  return set.split(',').some((pattern) => matches(pattern.trim(), region));
}

/** Without a regular expression: the pattern is the client's. */
function matches(pattern: string, text: string): boolean {
  const [first = '', ...parts] = pattern.split('*');
  if (parts.length === 0) return pattern === text;
  const last = parts.pop() ?? '';
  if (!text.startsWith(first) || text.length < first.length + last.length || !text.endsWith(last)) return false;
  let from = first.length;
  for (const part of parts) {
    const at = text.indexOf(part, from);
    if (at < 0) return false;
    from = at + part.length;
  }
  return from <= text.length - last.length;
}

function checkForms(
  { method, path, query }: SignedHead,
  signature: HeadSignature,
  values: readonly (string | undefined)[],
  key: HeadKey,
): SignatureFailure | undefined {
  const { names, signedHeaders } = signature;
  let headers = '\n';
  for (let i = 0; i < names.length; i++) headers += `${names[i]}:${values[i]}\n`;
  headers += `\n${signedHeaders}\n${unsignedPayload}`;
  const timestamp = values[names.indexOf('x-amz-date')] ?? '';
  const queries = canonicalQueries(query);
  for (const onePath of canonicalPaths(path))
    for (const oneQuery of queries)
      if (isSignedBy(key, signature, timestamp, hashText(`${method}\n${onePath}\n${oneQuery}${headers}`)))
        return undefined;
  return mismatch(
    'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.',
  );
}

function isSignedBy(key: HeadKey, signature: HeadSignature, timestamp: string, canonicalHash: string): boolean {
  if (!('publicKey' in key)) return isSame(key.sign(timestamp, canonicalHash), signature.signature);
  const text = `${signature.algorithm}\n${timestamp}\n${signature.date}/${signature.service}/aws4_request\n${canonicalHash}`;
  return verifyEcdsa('sha256', Buffer.from(text, 'latin1'), key.publicKey, Buffer.from(signature.signature, 'hex'));
}

/** The hex SHA-256 of latin1 text; only ASCII is the same in UTF-8, which `hash` would take it for. */
function hashText(text: string): string {
  return hash('sha256', /[\x80-\xff]/.test(text) ? Buffer.from(text, 'latin1') : text, 'hex');
}

/** Takes as long for every two texts of the same length. */
function isSame(a: string, b: string): boolean {
  if (a.length !== b.length) return false;
  let difference = 0;
  for (let i = 0; i < a.length; i++) difference |= a.charCodeAt(i) ^ b.charCodeAt(i);
  return difference === 0;
}

function mismatch(message: string): SignatureFailure {
  return signatureFailure('SignatureDoesNotMatch', message);
}
