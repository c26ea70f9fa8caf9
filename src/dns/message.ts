// DNS messages of clients as bytes: reading hostile queries, and what every answer begins with.

import { lowerCase } from './wire-name.ts';
import { types } from './wire-record.ts';

/** Response codes (RFC 1035 4.1.1, RFC 6891). */
export const rcodes = { noError: 0, formErr: 1, servFail: 2, nxDomain: 3, notImp: 4, refused: 5, badVers: 16 } as const;

/** The largest UDP message that is promised and sent, in bytes (DNS flag day 2020). */
export const UDP_SIZE = 1232;
/** The largest query that is read, in bytes; questions are far smaller. */
export const MAX_QUERY = 4096;

/** Bytes of a message before its question. */
export const HEADER_SIZE = 12;
const plainUdpSize = 512;
const flagTruncated = 0x0200;
const flagRecursionAvailable = 0x0080;
/** Opcode, recursion desired and checking disabled: what an answer repeats. */
const flagsRepeated = 0x7910;

/** A well-formed query with one question. */
export interface Query {
  readonly id: number;
  /** The header's second word as it came. */
  readonly flags: number;
  /** The name as a key: see wire-name.ts. */
  readonly key: string;
  readonly type: number;
  /** The question section as it came. */
  readonly question: Buffer;
  /** Absent: a query without EDNS. */
  readonly edns?: Edns;
}

/** What EDNS tells of a client. */
interface Edns {
  readonly version: number;
  readonly size: number;
  readonly dnssecOk: boolean;
}

/** What the bytes of a client are: a query, something that gets a short refusal, or something that gets nothing. */
export type ParsedQuery =
  | { readonly kind: 'query'; readonly query: Query }
  | { readonly kind: 'refused'; readonly rcode: number; readonly response: Buffer }
  | { readonly kind: 'dropped' };

/** Reads a message of a client. Never throws; a response or a fragment is dropped, so that nobody can be made to answer an answer. */
export function parseQuery(bytes: Buffer): ParsedQuery {
  if (bytes.length < HEADER_SIZE) return { kind: 'dropped' };
  const flags = bytes.readUInt16BE(2);
  if ((flags & 0x8000) !== 0) return { kind: 'dropped' };
  const refuse = (rcode: number): ParsedQuery => ({
    kind: 'refused',
    rcode,
    response: createHeader(bytes.readUInt16BE(0), flags, rcode, 0),
  });
  if ((flags & 0x7800) !== 0) return refuse(rcodes.notImp);
  const additionals = bytes.readUInt16BE(10);
  if (bytes.readUInt16BE(4) !== 1 || bytes.readUInt32BE(6) !== 0 || additionals > 4) return refuse(rcodes.formErr);
  if (bytes.length > MAX_QUERY || (flags & flagTruncated) !== 0) return refuse(rcodes.formErr);
  const end = endOfQuestion(bytes);
  if (end === undefined) return refuse(rcodes.formErr);
  const edns = additionals === 0 ? undefined : readEdns(bytes, end, additionals);
  if (edns === 'malformed') return refuse(rcodes.formErr);
  const type = bytes.readUInt16BE(end - 4);
  if (bytes.readUInt16BE(end - 2) !== 1 || type === types.axfr || type === types.ixfr) return refuse(rcodes.notImp);
  return {
    kind: 'query',
    query: {
      id: bytes.readUInt16BE(0),
      flags,
      key: lowerCase(bytes.toString('latin1', HEADER_SIZE, end - 5)),
      type,
      // The receive buffer of a message over TCP goes on, but what has been received in it stays.
      question: bytes.subarray(HEADER_SIZE, end),
      ...(edns === undefined ? {} : { edns }),
    },
  };
}

/** Where the question ends. Its name cannot be compressed: nothing stands before it. */
function endOfQuestion(bytes: Buffer): number | undefined {
  let at = HEADER_SIZE;
  for (;;) {
    const length = bytes[at];
    if (length === undefined || length > 63 || at - HEADER_SIZE > 254) return undefined;
    at += 1 + length;
    if (length === 0) break;
  }
  return at - HEADER_SIZE > 255 || at + 4 > bytes.length ? undefined : at + 4;
}

/** The OPT record among the `count` records from `start` on. */
function readEdns(bytes: Buffer, start: number, count: number): Edns | 'malformed' | undefined {
  let found: Edns | undefined;
  let at = start;
  for (let i = 0; i < count; i++) {
    const name = endOfName(bytes, at);
    if (name === undefined || name + 10 > bytes.length) return 'malformed';
    const end = name + 10 + bytes.readUInt16BE(name + 8);
    if (end > bytes.length) return 'malformed';
    if (bytes.readUInt16BE(name) === types.opt) {
      if (found !== undefined || name !== at + 1) return 'malformed';
      found = {
        version: bytes[name + 5] ?? 0,
        size: bytes.readUInt16BE(name + 2),
        dnssecOk: ((bytes[name + 6] ?? 0) & 0x80) !== 0,
      };
    }
    at = end;
  }
  return found;
}

/** Where the name at `start` ends; a pointer is its end. Undefined when it has none. */
export function endOfName(bytes: Buffer, start: number): number | undefined {
  let at = start;
  for (;;) {
    const length = bytes[at];
    if (length === undefined) return undefined;
    if (length === 0) return at + 1;
    if ((length & 0xc0) === 0xc0) return at + 2 <= bytes.length ? at + 2 : undefined;
    if (length > 63) return undefined;
    at += 1 + length;
  }
}

/** The largest answer to `query` over UDP, in bytes. */
export function udpLimit({ edns }: Query): number {
  return edns === undefined ? plainUdpSize : Math.min(Math.max(edns.size, plainUdpSize), UDP_SIZE);
}

/** An answer without records that tells the client to ask again over TCP. */
export function truncatedAnswer(query: Query): Buffer {
  const head = createHeader(query.id, query.flags, rcodes.noError, flagTruncated);
  head.writeUInt16BE(1, 4);
  return Buffer.concat([head, query.question]);
}

function createHeader(id: number, flags: number, rcode: number, more: number): Buffer {
  const bytes = Buffer.alloc(HEADER_SIZE);
  bytes.writeUInt16BE(id, 0);
  bytes.writeUInt16BE(answerFlags(flags, rcode, more), 2);
  return bytes;
}

/** The second word of the header of an answer to a query with `flags`. */
export function answerFlags(flags: number, rcode: number, more: number): number {
  return 0x8000 | (flags & flagsRepeated) | flagRecursionAvailable | more | (rcode & 15);
}
