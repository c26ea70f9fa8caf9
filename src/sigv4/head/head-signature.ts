// Reads the Authorization header of a request to a service: the short way that a data plane takes for every request.

import { signatureFailure, type SignatureFailure } from '../authorization.ts';

/** A well-formed signature, not yet verified. */
export interface HeadSignature {
  /** `AWS4-ECDSA-P256-SHA256` is Signature Version 4A, whose scope has no region. */
  readonly algorithm: 'AWS4-HMAC-SHA256' | 'AWS4-ECDSA-P256-SHA256';
  readonly accessKeyId: string;
  /** YYYYMMDD. */
  readonly date: string;
  /** Empty for Signature Version 4A. */
  readonly region: string;
  readonly service: string;
  /** As they were written, see `parseSignedNames`. */
  readonly signedHeaders: string;
  /** 64 digits of lower-case hex, or of Signature Version 4A the DER form in it. */
  readonly signature: string;
}

const usual =
  /^(AWS4-HMAC-SHA256|AWS4-ECDSA-P256-SHA256) +Credential=([^/, ]+)\/(\d{8})\/(?:([^/, ]+)\/)?([^/, ]+)\/aws4_request, *SignedHeaders=([^A-Z, =]+), *Signature=([0-9a-f]{64,160})$/;

/** Whether the value of an Authorization header is one of Signature Version 4; other schemes are the target's business. */
export function isSignature(authorization: string): boolean {
  return authorization.startsWith('AWS4-') || /^aws4-/i.test(authorization);
}

/** Reads the value of an Authorization header that `isSignature`; its three parts may come in any order. */
export function parseHeadSignature(authorization: string): HeadSignature | SignatureFailure {
  return parseUsual(authorization) ?? parseAny(authorization);
}

/** Characters of a header that are remembered. */
const MAX_KEPT = 1000;

/** Reads what one client signs: of most of its signatures only the last part is new, and what stands before that is cut apart once. */
export class SignatureReader {
  #start = '';
  #known: HeadSignature | undefined;

  /** As `parseHeadSignature`. */
  read(authorization: string): HeadSignature | SignatureFailure {
    const known = this.#known;
    const digits = authorization.length - DIGITS;
    // Cut out and compared at once: `startsWith` goes through it character by character.
    if (known === undefined || authorization.slice(0, digits) !== this.#start) return this.#readNew(authorization);
    const { algorithm, accessKeyId, date, region, service, signedHeaders } = known;
    const signature = authorization.slice(digits);
    return { algorithm, accessKeyId, date, region, service, signedHeaders, signature };
  }

  #readNew(authorization: string): HeadSignature | SignatureFailure {
    if (authorization.length > MAX_KEPT) return parseHeadSignature(authorization);
    // A text of its own: one cut out of a head would hold all of the head.
    const own = Buffer.from(authorization, 'latin1').toString('latin1');
    const usual = parseUsual(own);
    if (usual === undefined) return parseAny(own);
    this.#start = own.slice(0, -DIGITS);
    this.#known = usual;
    return usual;
  }
}

const algorithm = 'AWS4-HMAC-SHA256';
const before = `${algorithm} Credential=`;
const between = '/aws4_request, SignedHeaders=';
const last = ', Signature=';
const DATE = 8;
const DIGITS = 64;

/** What nearly every signer writes, cut apart without a regular expression, which costs three times as much. */
function parseUsual(text: string): HeadSignature | undefined {
  if (!text.startsWith(before)) return undefined;
  const first = text.indexOf('/', before.length);
  const second = first + 1 + DATE;
  const third = text.indexOf('/', second + 1);
  const end = text.indexOf(between, third + 1);
  const names = end + between.length;
  const signature = text.length - DIGITS;
  if (first < 0 || third < 0 || end < 0 || text.charCodeAt(second) !== 47) return undefined;
  if (signature - last.length <= names || !text.startsWith(last, signature - last.length)) return undefined;
  const service = text.slice(third + 1, end);
  const signedHeaders = text.slice(names, signature - last.length);
  // Whatever else is odd about a part is told by the long way.
  if (service.includes('/') || /[A-Z, =]/.test(signedHeaders)) return undefined;
  return {
    algorithm,
    accessKeyId: text.slice(before.length, first),
    date: text.slice(first + 1, second),
    region: text.slice(second + 1, third),
    service,
    signedHeaders,
    signature: text.slice(signature),
  };
}

function parseAny(authorization: string): HeadSignature | SignatureFailure {
  const parts = usual.exec(authorization) ?? usual.exec(reorder(authorization));
  if (parts === null) return describeFault(authorization);
  const [, name = '', accessKeyId = '', date = '', region = '', service = '', signedHeaders = '', signature = ''] =
    parts;
  const form = name === algorithm ? name : 'AWS4-ECDSA-P256-SHA256';
  if (form === algorithm ? region === '' || signature.length !== DIGITS : region !== '')
    return describeFault(authorization);
  return { algorithm: form, accessKeyId, date, region, service, signedHeaders, signature };
}

const partNames = ['Credential', 'SignedHeaders', 'Signature'] as const;

/** The parts of an Authorization value by name; one that is given twice has the value ''. Not more than one too many is read: a head has room for 50,000. */
function readParts(authorization: string): ReadonlyMap<string, string> {
  const parts = new Map<string, string>();
  for (const part of authorization.slice(authorization.indexOf(' ') + 1).split(',', partNames.length + 1)) {
    const equals = part.indexOf('=');
    const name = withoutBlanks(part, 0, Math.max(equals, 0));
    parts.set(name, parts.has(name) ? '' : withoutBlanks(part, equals + 1, part.length));
  }
  return parts;
}

/** A part of `text` without the spaces and tabs around it; `trim()` takes a no-break space too, which is no blank in HTTP. */
function withoutBlanks(text: string, from: number, to: number): string {
  const isBlank = (at: number): boolean => text.charCodeAt(at) === 32 || text.charCodeAt(at) === 9;
  let start = from;
  let end = to;
  while (start < end && isBlank(start)) start++;
  while (end > start && isBlank(end - 1)) end--;
  return text.slice(start, end);
}

function reorder(authorization: string): string {
  const parts = readParts(authorization);
  if (parts.size !== partNames.length) return '';
  const algorithm = authorization.slice(0, authorization.indexOf(' '));
  return `${algorithm} ${partNames.map((name) => `${name}=${parts.get(name) ?? ''}`).join(', ')}`;
}

function describeFault(authorization: string): SignatureFailure {
  if (!/^AWS4-(HMAC-SHA256|ECDSA-P256-SHA256) /.test(authorization))
    return incomplete("Unsupported AWS 'algorithm': use AWS4-HMAC-SHA256 or AWS4-ECDSA-P256-SHA256.");
  const parts = readParts(authorization);
  const missing = partNames.filter((name) => (parts.get(name) ?? '') === '');
  if (missing.length > 0)
    return incomplete(missing.map((name) => `Authorization header requires '${name}' parameter once.`).join(' '));
  const scope = authorization.startsWith('AWS4-HMAC') ? 'keyid/date/region/service' : 'keyid/date/service';
  return incomplete(
    `Authorization header is malformed: Credential=${scope}/aws4_request, SignedHeaders=name;name, Signature=hexadecimal digits, and nothing else.`,
  );
}

function incomplete(message: string): SignatureFailure {
  return signatureFailure('IncompleteSignature', message);
}
