// Finds out who a request to a service stands for: nobody in particular, or the principal whose signature it carries.

import {
  parseHeadSignature,
  verifyHead,
  type HeadKey,
  type HeadSignature,
  type SignatureReader,
} from '../../sigv4/head/index.ts';
import type { SignatureFailure, SignatureFailureCode } from '../../sigv4/index.ts';
import type { RequestHead } from '../http1/request-head.ts';
import type { CompiledService, World } from '../world.ts';
import { scopeService, type CompiledAccessKey } from './access-keys.ts';
import { findHeader } from '../http1/header-lines.ts';
import { anonymousCaller, type Caller, type IdentifiedCaller } from './caller.ts';

/** A signature that is not good; the request is answered 403 with `reason`, whatever the policies say. */
export interface RefusedSignature {
  readonly kind: 'refused';
  readonly reason: string;
}

/** The client of a connection, as far as its signatures go. */
export interface Signing {
  /** Milliseconds since 1970. */
  now(): number;
  /** Absent: each of its signatures is read anew. */
  readonly signatures?: SignatureReader;
}

/** The caller of a request that comes now to a service. Every request is verified: what is remembered of a client is how it writes. */
export function authenticate(
  world: Pick<World, 'accessKeys' | 'principals' | 'findSession'>,
  { region }: Pick<CompiledService, 'region'>,
  head: RequestHead,
  client: Signing,
): Caller | RefusedSignature {
  if (head.signature === '') return isPresigned(head) ? refuse(presigned) : anonymousCaller;
  const signature = client.signatures?.read(head.signature) ?? parseHeadSignature(head.signature);
  if ('ok' in signature) return refuse(signature);
  const fault = checkScope(signature, region);
  if (fault !== undefined) return refuse(fault);
  const found = findCredentials(world, signature, head);
  if (found === undefined) return refuse(unrecognized);
  const names = found.key.namesOf(signature.signedHeaders);
  if (names === undefined) return refuse(unordered);
  // A session token (always signed, as every x-amz-* header) belongs to temporary credentials, and no access key that lasts has one.
  if (names.sessionToken >= 0 !== (found.expires !== undefined)) return refuse(unrecognized);
  const now = client.now();
  const key = keyOf(found.key, signature, region);
  if (key === undefined) return refuse(describeDay(signature.date, now));
  const failure = verifyHead(head, signature, names, key, now);
  if (failure !== undefined) return refuse(failure);
  // Only who has the secret is told so.
  return found.expires !== undefined && found.expires <= now ? refuse(expired) : found.caller;
}

interface Credentials {
  readonly key: CompiledAccessKey;
  readonly caller: IdentifiedCaller;
  /** Of temporary credentials. */
  readonly expires?: number;
}

/** The key of a signature and whom it stands for; undefined when nobody has such a key. */
function findCredentials(
  { accessKeys, principals, findSession }: Pick<World, 'accessKeys' | 'principals' | 'findSession'>,
  { accessKeyId }: HeadSignature,
  { lines }: RequestHead,
): Credentials | undefined {
  const known = accessKeys.get(accessKeyId);
  if (known === undefined) {
    const token = findHeader(lines, 'x-amz-security-token');
    return token === undefined ? undefined : findSession(token, accessKeyId);
  }
  const caller = principals.get(known.principalId);
  return caller && { key: known.key, caller };
}

function failureOf(code: SignatureFailureCode, message: string): SignatureFailure {
  return { ok: false, code, message };
}

const unrecognized = failureOf('UnrecognizedClient', 'The security token included in the request is invalid.');

const expired = failureOf('ExpiredToken', 'The security token included in the request is expired');

const unordered = failureOf(
  'IncompleteSignature',
  'SignedHeaders are to be in lower case, in ascending order, each once, and at most 100.',
);

const presigned = failureOf(
  'IncompleteSignature',
  'A signature in the query is not supported: sign with the Authorization header.',
);

/** Whether a signature in the query is one for services; one for another (S3, say) is the target's business. */
function isPresigned({ target, path }: RequestHead): boolean {
  // Most requests have no query.
  return target.length > path.length && /[?&]X-Amz-Credential=[^&]*vpc-lattice-svcs/.test(target);
}

function checkScope({ algorithm, service, region }: HeadSignature, own: string): SignatureFailure | undefined {
  if (service !== scopeService)
    return failureOf('SignatureDoesNotMatch', `Credential should be scoped to correct service: '${scopeService}'.`);
  if (algorithm === 'AWS4-HMAC-SHA256' && region !== own)
    return failureOf('SignatureDoesNotMatch', `Credential should be scoped to a valid region: '${own}'.`);
  return undefined;
}

/** The key that the signature is to be of; undefined when its day has none. */
function keyOf(accessKey: CompiledAccessKey, signature: HeadSignature, region: string): HeadKey | undefined {
  if (signature.algorithm === 'AWS4-HMAC-SHA256') return accessKey.find(signature.date, region);
  const { publicKey } = accessKey;
  return publicKey && { publicKey, region };
}

/** What is wrong with a signature of a day that has no keys. */
function describeDay(date: string, now: number): SignatureFailure {
  const today = new Date(now).toISOString().slice(0, 10).replaceAll('-', '');
  return failureOf('ClockSkew', `Signature expired: it is of the day ${date}, and it is ${today} now.`);
}

const codes: Readonly<Record<SignatureFailureCode, string>> = {
  MissingAuthenticationToken: 'MissingAuthenticationTokenException',
  IncompleteSignature: 'IncompleteSignatureException',
  SignatureDoesNotMatch: 'InvalidSignatureException',
  ClockSkew: 'InvalidSignatureException',
  RequestExpired: 'InvalidSignatureException',
  UnrecognizedClient: 'UnrecognizedClientException',
  ExpiredToken: 'ExpiredTokenException',
};

function refuse({ code, message }: SignatureFailure): RefusedSignature {
  return { kind: 'refused', reason: `${codes[code]}: ${message}` };
}
