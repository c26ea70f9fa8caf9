// Verifies the signature of a request to a service from its head's text, without a map of its headers.

import { hash, verify as verifyEcdsa, type KeyObject } from 'node:crypto';
import { signatureFailure, type SignatureFailure } from '../authorization.ts';
import { unsignedPayload } from '../canonical-request.ts';
import { canonicalPaths, canonicalQueries } from './canonical-forms.ts';
import type { HeadSignature } from './head-signature.ts';
import type { SignedNames } from './signed-names.ts';
import { checkTime, maximumSkew } from '../verify.ts';
import type { VerifyingKey } from './verifying-key.ts';

/** A request's head as it goes to the target. Texts are latin1: one character per byte. */
export interface SignedHead {
  readonly method: string;
  /** Raw, as in the request line: the path, then `?` and the query where there is one. */
  readonly target: string;
  readonly path: string;
  /** Header lines, each with its CRLF; well formed, without folding. */
  readonly lines: string;
  /** Lower-case names that Connection keeps from the target. */
  readonly hopByHop: readonly string[];
}

/** What a signature is verified against: the key of its day and region, or the public key of Signature Version 4A with the region of the service. */
export type HeadKey = VerifyingKey | { readonly publicKey: KeyObject; readonly region: string };

/**
 * Verifies `signature` over `signed`, whose scope is already known to be that of `key`, at `now` (milliseconds since 1970); undefined when it is good. It must cover
 * host and every x-amz-* header; x-amz-date must be within five minutes, x-amz-content-sha256 `UNSIGNED-PAYLOAD` (User Guide: SigV4 authenticated requests).
 */
export function verifyHead(
  head: SignedHead,
  signature: HeadSignature,
  signed: SignedNames,
  key: HeadKey,
  now: number,
): SignatureFailure | undefined {
  const { names } = signed;
  if (head.hopByHop.length > 0) {
    const dropped = head.hopByHop.find((name) => names.includes(name));
    if (dropped !== undefined)
      return mismatch(`The signed header '${dropped}' is named by Connection and would not reach the target.`);
  }
  const values = readValues(head.lines, names);
  if (typeof values === 'string') return mismatch(`'${values}' must be a 'SignedHeader' in the AWS Authorization.`);
  const timestamp = values[signed.date] ?? '';
  const fault =
    checkRequired(signed, values) ??
    checkMoment(signature.date, timestamp, now) ??
    checkPayload(values[signed.payload] ?? '');
  if (fault !== undefined) return fault;
  const forged = checkForms(head, signature, signed, values, key);
  if (forged !== undefined) return forged;
  // After the signature: a set of 50 KB of stars is read only from who has the secret.
  if ('region' in key && !coversRegion(values[signed.regionSet] ?? '', key.region))
    return mismatch(`x-amz-region-set must name the service's region, '${key.region}'.`);
  return undefined;
}

/** The canonical values of `names`, '' included; or the name of a header that has to be among them and is not. */
function readValues(lines: string, names: readonly string[]): readonly (string | undefined)[] | string {
  const values: (string | undefined)[] = [];
  while (values.length < names.length) values.push(undefined);
  for (let pos = 0; pos < lines.length;) {
    const colon = lines.indexOf(':', pos);
    const end = lines.indexOf('\r\n', colon);
    const index = findName(lines, pos, colon, names);
    if (index >= 0) {
      const value = canonicalValue(lines, colon + 1, end);
      const before = values[index];
      values[index] = before === undefined ? value : `${before},${value}`;
      // 120 is "x".
    } else if ((lines.charCodeAt(pos) | 32) === 120 && /^x[-_]amz[-_]/i.test(lines.slice(pos, colon)))
      return lines.slice(pos, colon).toLowerCase();
    pos = end + 2;
  }
  return values;
}

/** Which of `names` the text from `from` to `to` is, without regard to case; -1 when it is none. Compared in place: text cut out costs more. */
function findName(text: string, from: number, to: number, names: readonly string[]): number {
  const length = to - from;
  const first = text.charCodeAt(from) | 32;
  for (let i = 0; i < names.length; i++) {
    const name = names[i] ?? '';
    if (name.length !== length || (name.charCodeAt(0) | 32) !== first) continue;
    let at = 0;
    while (at < length && lowered(text.charCodeAt(from + at)) === name.charCodeAt(at)) at++;
    if (at === length) return i;
  }
  return -1;
}

function lowered(code: number): number {
  return code >= 65 && code <= 90 ? code | 32 : code;
}

function canonicalValue(lines: string, from: number, to: number): string {
  let start = from;
  let end = to;
  while (start < end && isBlank(lines.charCodeAt(start))) start++;
  while (end > start && isBlank(lines.charCodeAt(end - 1))) end--;
  const value = lines.slice(start, end);
  // Single spaces are what most values have.
  return value.includes('  ') || value.includes('\t') ? value.replace(/[\t ]+/g, ' ') : value;
}

function isBlank(code: number): boolean {
  return code === 32 || code === 9;
}

function checkRequired(
  { names, host, date }: SignedNames,
  values: readonly (string | undefined)[],
): SignatureFailure | undefined {
  if (host < 0) return mismatch("'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.");
  for (let i = 0; i < names.length; i++)
    if (values[i] === undefined) return mismatch(`The signed header '${names[i]}' is not in the request.`);
  if (date < 0)
    return signatureFailure('IncompleteSignature', 'The request requires an X-Amz-Date header, and it must be signed.');
  return undefined;
}

function checkMoment(date: string, timestamp: string, now: number): SignatureFailure | undefined {
  const time = readTimestamp(timestamp);
  if (time === undefined)
    return signatureFailure(
      'IncompleteSignature',
      `X-Amz-Date must be YYYYMMDDTHHMMSSZ. Got '${timestamp.slice(0, 64)}'.`,
    );
  if (!timestamp.startsWith(date))
    return mismatch(
      `Date in Credential scope does not match that of X-Amz-Date: '${date}' != '${timestamp.slice(0, 8)}'.`,
    );
  // The texts of a failure are only made for one.
  return time > now + maximumSkew || time < now - maximumSkew ? checkTime({ time, timestamp }, now) : undefined;
}

/** As `parseTimestamp` of `YYYYMMDDTHHMMSSZ`, at a tenth of the cost. */
function readTimestamp(text: string): number | undefined {
  // 84 is "T", 90 is "Z".
  if (text.length !== 16 || text.charCodeAt(8) !== 84 || text.charCodeAt(15) !== 90) return undefined;
  for (let i = 0; i < 15; i++) if (i !== 8 && (text.charCodeAt(i) < 48 || text.charCodeAt(i) > 57)) return undefined;
  const month = twoDigits(text, 4);
  const day = twoDigits(text, 6);
  const hour = twoDigits(text, 9);
  const minute = twoDigits(text, 11);
  const second = twoDigits(text, 13);
  if (month < 1 || month > 12 || day < 1 || day > 31 || hour > 23 || minute > 59 || second > 59) return undefined;
  return Date.UTC(twoDigits(text, 0) * 100 + twoDigits(text, 2), month - 1, day, hour, minute, second);
}

function twoDigits(text: string, at: number): number {
  return (text.charCodeAt(at) - 48) * 10 + text.charCodeAt(at + 1) - 48;
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
  { method, target, path }: SignedHead,
  signature: HeadSignature,
  { names, date, end }: SignedNames,
  values: readonly (string | undefined)[],
  key: HeadKey,
): SignatureFailure | undefined {
  const timestamp = values[date] ?? '';
  let headers = '\n';
  for (let i = 0; i < names.length; i++) headers += `${names[i]}:${values[i]}\n`;
  headers += end;
  const query = target.slice(path.length + 1);
  if (hasMoreParameters(query)) return tooManyParameters;
  const queries = canonicalQueries(query);
  for (const onePath of canonicalPaths(path))
    for (const oneQuery of queries)
      if (isSignedBy(key, signature, timestamp, hashText(`${method}\n${onePath}\n${oneQuery}${headers}`)))
        return undefined;
  return mismatch(
    'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.',
  );
}

/** Parameters that are sorted for whoever knows an access key's id, which is no secret: a target has room for 28,000, which took 6 ms. */
const MOST_PARAMETERS = 1000;

const tooManyParameters = signatureFailure(
  'IncompleteSignature',
  `A signed request can have at most ${MOST_PARAMETERS} query parameters.`,
);

function hasMoreParameters(query: string): boolean {
  let count = 1;
  for (let at = query.indexOf('&'); at >= 0 && count <= MOST_PARAMETERS; at = query.indexOf('&', at + 1)) count++;
  return count > MOST_PARAMETERS;
}

function isSignedBy(key: HeadKey, signature: HeadSignature, timestamp: string, canonicalHash: string): boolean {
  if (!('publicKey' in key)) return isSame(key.sign(timestamp, canonicalHash), signature.signature);
  const text = `${signature.algorithm}\n${timestamp}\n${signature.date}/${signature.service}/aws4_request\n${canonicalHash}`;
  return verifyEcdsa('sha256', Buffer.from(text, 'latin1'), key.publicKey, Buffer.from(signature.signature, 'hex'));
}

/** The hex SHA-256 of latin1 text; only ASCII is the same in UTF-8, which `hash` would take it for. */
function hashText(text: string): string {
  return hash('sha256', Buffer.byteLength(text) === text.length ? text : Buffer.from(text, 'latin1'), 'hex');
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
