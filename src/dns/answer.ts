// Answers of our own: what is known about a question, and its bytes, which most questions find made already.

import { HEADER_SIZE, answerFlags, rcodes, truncatedAnswer, UDP_SIZE, type Query } from './message.ts';
import type { Outcome, Resolution } from './resolve.ts';
import { encodeKey } from './wire-name.ts';
import type { WireRecord } from './wire-record.ts';

/** An answer as bytes, but for what each query has of its own: header and question before it, EDNS behind it. */
export interface OwnAnswer {
  readonly rcode: number;
  readonly authoritative: boolean;
  readonly answers: number;
  readonly authorities: number;
  readonly records: Buffer;
}

const rcodeOf: Readonly<Record<Outcome, number>> = {
  found: rcodes.noError,
  'no data': rcodes.noError,
  'no name': rcodes.nxDomain,
  loop: rcodes.servFail,
  refused: rcodes.refused,
  // For what nobody could be asked.
  forward: rcodes.servFail,
};

const flagAuthoritative = 0x0400;
/** Points at the name of the question. */
const questionPointer = Buffer.from([0xc0, HEADER_SIZE]);

/** What is refused whatever the question is. */
export const badVersion: OwnAnswer = { ...bare(rcodes.badVers), authoritative: false };
/** What a client is told when nobody answers. */
export const serverFailure: OwnAnswer = { ...bare(rcodes.servFail), authoritative: false };

function bare(rcode: number): OwnAnswer {
  return { rcode, authoritative: true, answers: 0, authorities: 0, records: Buffer.alloc(0) };
}

/** The answer that `resolution` is; not of one that others have to be asked about. */
export function composeAnswer({ outcome, records, soa }: Resolution): OwnAnswer {
  const authorities = outcome === 'found' || soa === undefined ? [] : [soa];
  return {
    rcode: rcodeOf[outcome],
    authoritative: outcome !== 'loop' && outcome !== 'refused',
    answers: records.length,
    authorities: authorities.length,
    records: Buffer.concat([...records, ...authorities].map(encodeRecord)),
  };
}

/** The bytes of a record behind a question. */
export function encodeRecord({ owner, type, ttl, data }: WireRecord): Buffer {
  const fixed = Buffer.alloc(10);
  fixed.writeUInt16BE(type, 0);
  fixed.writeUInt16BE(1, 2);
  fixed.writeUInt32BE(ttl, 4);
  fixed.writeUInt16BE(data.length, 8);
  return Buffer.concat([owner === undefined ? questionPointer : encodeKey(owner), fixed, data]);
}

const optSize = 11;

/** The bytes of `answer` to `query`, cut down to a truncated one when they are more than `limit`. */
export function encodeAnswer(query: Query, answer: OwnAnswer, limit: number): Buffer {
  const { question, edns } = query;
  const { records, rcode } = answer;
  const end = HEADER_SIZE + question.length + records.length;
  const size = edns === undefined ? end : end + optSize;
  if (size > limit) return truncatedAnswer(query);
  const bytes = Buffer.allocUnsafe(size);
  bytes.writeUInt16BE(query.id, 0);
  bytes.writeUInt16BE(answerFlags(query.flags, rcode, answer.authoritative ? flagAuthoritative : 0), 2);
  bytes.writeUInt16BE(1, 4);
  bytes.writeUInt16BE(answer.answers, 6);
  bytes.writeUInt16BE(answer.authorities, 8);
  bytes.writeUInt16BE(edns === undefined ? 0 : 1, 10);
  question.copy(bytes, HEADER_SIZE);
  records.copy(bytes, HEADER_SIZE + question.length);
  if (edns !== undefined) {
    // The root's name, OPT, our size, the rest of the code, version 0, the DO bit as it came, no options (RFC 6891).
    bytes[end] = 0;
    bytes.writeUInt16BE(41, end + 1);
    bytes.writeUInt16BE(UDP_SIZE, end + 3);
    bytes[end + 5] = rcode >> 4;
    bytes[end + 6] = 0;
    bytes.writeUInt16BE(edns.dnssecOk ? 0x8000 : 0, end + 7);
    bytes.writeUInt16BE(0, end + 9);
  }
  return bytes;
}
