// DNS messages as bytes: reading hostile queries, writing answers that fit.

import { decode, encode, type Answer, type SoaData } from 'dns-packet';

/** Response codes (RFC 1035 4.1.1, RFC 6891). */
export const rcodes = { noError: 0, formErr: 1, servFail: 2, nxDomain: 3, notImp: 4, refused: 5, badVers: 16 } as const;

/** Query types that are looked at (IANA DNS parameters). */
export const types = { a: 1, ns: 2, soa: 6, aaaa: 28, ixfr: 251, axfr: 252 } as const;

/** The largest UDP message that is promised and sent, in bytes (DNS flag day 2020). */
export const UDP_SIZE = 1232;
/** The largest query that is read, in bytes; questions are far smaller. */
export const MAX_QUERY = 4096;

const headerSize = 12;
const plainUdpSize = 512;
const flagTruncated = 0x0200;
const flagAuthoritative = 0x0400;
const flagRecursionAvailable = 0x0080;
/** Opcode, recursion desired and checking disabled: what an answer repeats. */
const flagsRepeated = 0x7910;

/** A well-formed query with one question. */
export interface Query {
  readonly id: number;
  /** The header's second word as it came. */
  readonly flags: number;
  /** Lower case, without final dot; bytes that no host name has are written as `\ddd`, so that they equal no name of ours. */
  readonly name: string;
  /** The name in the letters of the question. */
  readonly spelling: string;
  readonly type: number;
  /** The question section as it came. */
  readonly question: Buffer;
  /** Absent: a query without EDNS. */
  readonly edns?: { readonly version: number; readonly size: number; readonly dnssecOk: boolean };
}

/** What the bytes of a client are: a query, something that gets a short refusal, or something that gets nothing. */
export type ParsedQuery =
  | { readonly kind: 'query'; readonly query: Query }
  | { readonly kind: 'refused'; readonly rcode: number; readonly response: Buffer }
  | { readonly kind: 'dropped' };

/** Reads a message of a client. Never throws; a response or a fragment is dropped, so that nobody can be made to answer an answer. */
export function parseQuery(bytes: Buffer): ParsedQuery {
  if (bytes.length < headerSize) return { kind: 'dropped' };
  const flags = bytes.readUInt16BE(2);
  if ((flags & 0x8000) !== 0) return { kind: 'dropped' };
  const refuse = (rcode: number): ParsedQuery => ({
    kind: 'refused',
    rcode,
    response: header(bytes.readUInt16BE(0), flags, rcode, 0),
  });
  if ((flags & 0x7800) !== 0) return refuse(rcodes.notImp);
  const [questions, answers, authorities, additionals] = [4, 6, 8, 10].map((at) => bytes.readUInt16BE(at));
  if (questions !== 1 || answers !== 0 || authorities !== 0 || (additionals ?? 0) > 4) return refuse(rcodes.formErr);
  if (bytes.length > MAX_QUERY || (flags & flagTruncated) !== 0) return refuse(rcodes.formErr);
  const question = readQuestion(bytes);
  if (question === undefined) return refuse(rcodes.formErr);
  const edns = readEdns(bytes);
  if (edns === 'malformed') return refuse(rcodes.formErr);
  const { name, type, dnsClass, end } = question;
  if (dnsClass !== 1 || type === types.axfr || type === types.ixfr) return refuse(rcodes.notImp);
  return {
    kind: 'query',
    query: {
      id: bytes.readUInt16BE(0),
      flags,
      name: name.toLowerCase(),
      spelling: name,
      type,
      // A copy: the receive buffer belongs to the socket.
      question: Buffer.from(bytes.subarray(headerSize, end)),
      ...(edns === undefined ? {} : { edns }),
    },
  };
}

/** The first question. Its name cannot be compressed: nothing stands before it. */
function readQuestion(bytes: Buffer): { name: string; type: number; dnsClass: number; end: number } | undefined {
  const labels: string[] = [];
  let at = headerSize;
  for (;;) {
    const length = bytes[at];
    if (length === undefined || length > 63 || at - headerSize > 254) return undefined;
    at++;
    if (length === 0) break;
    if (at + length > bytes.length) return undefined;
    labels.push(labelText(bytes.subarray(at, at + length)));
    at += length;
  }
  if (at - headerSize > 255 || at + 4 > bytes.length) return undefined;
  return { name: labels.join('.'), type: bytes.readUInt16BE(at), dnsClass: bytes.readUInt16BE(at + 2), end: at + 4 };
}

function labelText(label: Buffer): string {
  return [...label]
    .map((byte) => {
      const character = String.fromCharCode(byte);
      return /[a-z0-9_-]/i.test(character) ? character : `\\${String(byte).padStart(3, '0')}`;
    })
    .join('');
}

function readEdns(bytes: Buffer): Query['edns'] | 'malformed' {
  try {
    const { additionals = [] } = decode(bytes);
    const options = additionals.flatMap((record) => (record.type === 'OPT' ? [record] : []));
    if (options.length > 1) return 'malformed';
    const [option] = options;
    if (option === undefined) return undefined;
    return { version: option.ednsVersion, size: option.udpPayloadSize, dnssecOk: option.flag_do };
  } catch {
    return 'malformed';
  }
}

/** The largest answer to `query` over UDP, in bytes. */
export function udpLimit({ edns }: Query): number {
  return edns === undefined ? plainUdpSize : Math.min(Math.max(edns.size, plainUdpSize), UDP_SIZE);
}

/** An answer of our own. */
export interface OwnAnswer {
  readonly rcode: number;
  readonly authoritative: boolean;
  readonly answers: readonly Answer[];
  /** Present in answers without records: who says so and how long it may be believed. */
  readonly soa?: { readonly zone: string; readonly ttl: number; readonly data: SoaData };
}

/** The bytes of `answer` to `query`, cut down to a truncated one when they are more than `limit`. */
export function encodeAnswer(query: Query, answer: OwnAnswer, limit: number): Buffer {
  const { soa } = answer;
  const records = encode({
    type: 'response',
    answers: [...answer.answers],
    authorities: soa === undefined ? [] : [{ type: 'SOA', name: soa.zone, ttl: soa.ttl, data: soa.data }],
    additionals:
      query.edns === undefined
        ? []
        : [
            {
              type: 'OPT',
              name: '.',
              udpPayloadSize: UDP_SIZE,
              extendedRcode: answer.rcode >> 4,
              ednsVersion: 0,
              flags: query.edns.dnssecOk ? 0x8000 : 0,
              flag_do: query.edns.dnssecOk,
              options: [],
            },
          ],
  });
  const head = header(query.id, query.flags, answer.rcode, answer.authoritative ? flagAuthoritative : 0);
  head.writeUInt16BE(1, 4);
  // The codec does not compress names, so that its records may stand behind a question that it has not written.
  records.copy(head, 6, 6, headerSize);
  const bytes = Buffer.concat([head, query.question, records.subarray(headerSize)]);
  return bytes.length <= limit ? bytes : truncatedAnswer(query);
}

/** An answer without records that tells the client to ask again over TCP. */
export function truncatedAnswer(query: Query): Buffer {
  const head = header(query.id, query.flags, rcodes.noError, flagTruncated);
  head.writeUInt16BE(1, 4);
  return Buffer.concat([head, query.question]);
}

function header(id: number, flags: number, rcode: number, more: number): Buffer {
  const bytes = Buffer.alloc(headerSize);
  bytes.writeUInt16BE(id, 0);
  bytes.writeUInt16BE(0x8000 | (flags & flagsRepeated) | flagRecursionAvailable | more | (rcode & 15), 2);
  return bytes;
}

/** The bytes that ask another resolver `query`'s question under the id `id`; `size` is what may come back over UDP. */
export function encodeForward(query: Query, id: number, size: number): Buffer {
  const { edns } = query;
  const bytes = encode({
    type: 'query',
    id,
    flags: 0x0100 | (query.flags & 0x0010),
    additionals:
      edns === undefined
        ? []
        : [
            {
              type: 'OPT',
              name: '.',
              udpPayloadSize: size,
              extendedRcode: 0,
              ednsVersion: 0,
              flags: edns.dnssecOk ? 0x8000 : 0,
              flag_do: edns.dnssecOk,
              options: [],
            },
          ],
  });
  bytes.writeUInt16BE(1, 4);
  return Buffer.concat([bytes.subarray(0, headerSize), query.question, bytes.subarray(headerSize)]);
}

/** Whether `bytes` are an answer to the question `question` (letters may differ in case). */
export function answersQuestion(bytes: Buffer, question: Buffer): boolean {
  const end = headerSize + question.length;
  if (bytes.length < end || (bytes.readUInt16BE(2) & 0xf800) !== 0x8000 || bytes.readUInt16BE(4) !== 1) return false;
  const same = (a: Buffer, b: Buffer): boolean =>
    a.toString('latin1').toLowerCase() === b.toString('latin1').toLowerCase();
  const name = question.length - 4;
  return (
    same(bytes.subarray(headerSize, headerSize + name), question.subarray(0, name)) &&
    bytes.subarray(headerSize + name, end).equals(question.subarray(name))
  );
}

/** Another resolver's answer as `query`'s own: its id, its letters. Cut down to a truncated one when it is more than `limit`. */
export function relabelAnswer(query: Query, bytes: Buffer, limit: number): Buffer {
  if (bytes.length > limit) return truncatedAnswer(query);
  const own = Buffer.from(bytes);
  own.writeUInt16BE(query.id, 0);
  query.question.copy(own, headerSize);
  return own;
}
