// The addresses behind a name, for our own use: the question that is asked, and what its answer says.

import { isIPv4 } from 'node:net';
import { decode, encode } from 'dns-packet';

/** What a name stands for. */
export interface NameAddresses {
  /** IPv4 addresses. */
  readonly addresses: readonly string[];
  /** Seconds. */
  readonly ttl: number;
}

/** Seconds for which what needs no question is good. */
const FIXED_TTL = 3600;

/** What a name means that is never asked for: an address means itself, and localhost this machine (RFC 6761). */
export function fixedAddresses(name: string): NameAddresses | undefined {
  if (isIPv4(name)) return { addresses: [name], ttl: FIXED_TTL };
  return name.toLowerCase() === 'localhost' ? { addresses: ['127.0.0.1'], ttl: FIXED_TTL } : undefined;
}

/** The question for the IPv4 addresses of `name`. */
export function encodeQuestion(name: string): Buffer {
  return encode({ type: 'query', id: 0, flags: 0x0100, questions: [{ type: 'A', name }] });
}

/** The addresses in an answer, for as long as its shortest record lasts; undefined for an error and for an answer without any. */
export function readAddresses(bytes: Buffer): NameAddresses | undefined {
  const { answers = [], flags = 0 } = decode(bytes);
  if ((flags & 0x000f) !== 0) return undefined;
  const addresses = answers.flatMap((answer) => (answer.type === 'A' ? [answer.data] : []));
  if (addresses.length === 0) return undefined;
  const ttls = answers.flatMap((answer) => ('ttl' in answer && answer.ttl !== undefined ? [answer.ttl] : []));
  return { addresses, ttl: Math.min(...ttls, FIXED_TTL) };
}
