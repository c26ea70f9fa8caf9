// Messages to and from other resolvers: questions for them, their answers as bytes for our clients, and what they say of time.

import { answerFlags, endOfName, HEADER_SIZE, rcodes, truncatedAnswer, type Query } from './message.ts';
import { encodeRecord } from './answer.ts';
import { encodeKey, keyOfData, lowerCase } from './wire-name.ts';
import { types, type WireRecord } from './wire-record.ts';

/** The bytes that ask another resolver `query`'s question under the id `id`; `size` is what may come back over UDP. */
export function encodeForward(query: Query, id: number, size: number): Buffer {
  const { edns, question } = query;
  const end = HEADER_SIZE + question.length;
  const bytes = Buffer.alloc(edns === undefined ? end : end + 11);
  bytes.writeUInt16BE(id, 0);
  bytes.writeUInt16BE(0x0100 | (query.flags & 0x0010), 2);
  bytes.writeUInt16BE(1, 4);
  question.copy(bytes, HEADER_SIZE);
  if (edns !== undefined) {
    bytes.writeUInt16BE(1, 10);
    bytes.writeUInt16BE(types.opt, end + 1);
    bytes.writeUInt16BE(size, end + 3);
    bytes.writeUInt16BE(edns.dnssecOk ? 0x8000 : 0, end + 7);
  }
  return bytes;
}

/** `query` for the name with `key` in the place of its own. */
export function redirectQuery(query: Query, key: string): Query {
  const question = Buffer.concat([encodeKey(key), query.question.subarray(-4)]);
  return { ...query, key, question };
}

/** Whether `bytes` are an answer to the question `question` (letters may differ in case). */
export function answersQuestion(bytes: Buffer, question: Buffer): boolean {
  const end = HEADER_SIZE + question.length;
  if (bytes.length < end || (bytes.readUInt16BE(2) & 0xf800) !== 0x8000 || bytes.readUInt16BE(4) !== 1) return false;
  const same = (a: Buffer, b: Buffer): boolean => lowerCase(a.toString('latin1')) === lowerCase(b.toString('latin1'));
  const name = question.length - 4;
  return (
    same(bytes.subarray(HEADER_SIZE, HEADER_SIZE + name), question.subarray(0, name)) &&
    bytes.subarray(HEADER_SIZE + name, end).equals(question.subarray(name))
  );
}

/** Another resolver's answer as `query`'s own: its id, its letters. Cut down to a truncated one when it is more than `limit`. */
export function relabelAnswer(query: Query, bytes: Buffer, limit: number): Buffer {
  if (bytes.length > limit) return truncatedAnswer(query);
  const own = Buffer.from(bytes);
  own.writeUInt16BE(query.id, 0);
  query.question.copy(own, HEADER_SIZE);
  return own;
}

/** One record of another resolver's answer: where its parts are. */
interface ForeignRecord {
  readonly section: 'answer' | 'authority' | 'additional';
  readonly name: number;
  readonly type: number;
  /** Where the four bytes of its time to live are. */
  readonly ttlAt: number;
  readonly ttl: number;
  readonly dataAt: number;
  readonly end: number;
}

/** The most records that are read of one answer; it is taken for broken beyond. */
const MOST_RECORDS = 512;

function readRecords(bytes: Buffer, question: Buffer): readonly ForeignRecord[] | undefined {
  const counts = [6, 8, 10].map((at) => bytes.readUInt16BE(at));
  if (counts.reduce((sum, one) => sum + one, 0) > MOST_RECORDS) return undefined;
  const records: ForeignRecord[] = [];
  let at = HEADER_SIZE + question.length;
  for (const [i, section] of (['answer', 'authority', 'additional'] as const).entries())
    for (let left = counts[i] ?? 0; left > 0; left--) {
      const fixed = endOfName(bytes, at);
      if (fixed === undefined || fixed + 10 > bytes.length) return undefined;
      const end = fixed + 10 + bytes.readUInt16BE(fixed + 8);
      if (end > bytes.length) return undefined;
      const [type, ttl] = [bytes.readUInt16BE(fixed), bytes.readUInt32BE(fixed + 4)];
      records.push({ section, name: at, type, ttlAt: fixed + 4, ttl, dataAt: fixed + 10, end });
      at = end;
    }
  return records;
}

/** How long an answer may be believed, and where it says so. */
export interface AnswerTimes {
  /** Seconds; 0: not at all. */
  readonly ttl: number;
  /** Where the times to live of its records are, which count down while it is kept. */
  readonly places: readonly number[];
}

/** The times of an answer to `question`: of its shortest record; of one without data as its SOA says (RFC 2308). Failures and cut answers have none. */
export function readTimes(bytes: Buffer, question: Buffer): AnswerTimes {
  const never: AnswerTimes = { ttl: 0, places: [] };
  const flags = bytes.readUInt16BE(2);
  const rcode = flags & 15;
  if ((flags & 0x0200) !== 0 || (rcode !== rcodes.noError && rcode !== rcodes.nxDomain)) return never;
  const records = readRecords(bytes, question)?.filter(({ type }) => type !== types.opt);
  if (records === undefined || records.length === 0) return never;
  const soa = records.find(({ section, type }) => section === 'authority' && type === types.soa);
  const hasData = rcode === rcodes.noError && records.some(({ section }) => section === 'answer');
  if (!hasData && (soa === undefined || soa.end - soa.dataAt < 20)) return never;
  const times = records.map(({ ttl }) => ttl);
  if (!hasData && soa !== undefined) times.push(bytes.readUInt32BE(soa.end - 4));
  return { ttl: Math.min(...times), places: records.map(({ ttlAt }) => ttlAt) };
}

/** The records `before` with another resolver's answer about the name that they lead to, as the answer to `query`; undefined when that cannot be read. */
export function joinAnswers(
  query: Query,
  before: readonly WireRecord[],
  bytes: Buffer,
  question: Buffer,
  limit: number,
): Buffer | undefined {
  const records = readRecords(bytes, question)?.filter(({ section }) => section !== 'additional');
  if (records === undefined) return undefined;
  const own = before.map(encodeRecord);
  const foreign: Buffer[] = [];
  for (const record of records) {
    const owner = readName(bytes, record.name);
    const data = readData(bytes, record);
    if (owner === undefined || data === undefined) return undefined;
    foreign.push(encodeRecord({ owner, type: record.type, ttl: record.ttl, data }));
  }
  const answers = records.filter(({ section }) => section === 'answer').length;
  const head = Buffer.alloc(HEADER_SIZE);
  const flags = bytes.readUInt16BE(2);
  head.writeUInt16BE(query.id, 0);
  head.writeUInt16BE(answerFlags(query.flags, flags & 15, 0), 2);
  head.writeUInt16BE(1, 4);
  head.writeUInt16BE(own.length + answers, 6);
  head.writeUInt16BE(records.length - answers, 8);
  const joined = Buffer.concat([head, query.question, ...own, ...foreign]);
  return joined.length > limit || (flags & 0x0200) !== 0 ? truncatedAnswer(query) : joined;
}

/** The CNAME records of an answer to `question` that lead on from its name, in order; none of an answer that is cut or cannot be read. */
export function readChain(bytes: Buffer, question: Buffer): readonly WireRecord[] {
  if ((bytes.readUInt16BE(2) & 0x0200) !== 0 || bytes.readUInt16BE(6) === 0) return [];
  const byOwner = new Map<string, WireRecord>();
  for (const record of readRecords(bytes, question) ?? []) {
    if (record.section !== 'answer' || record.type !== types.cname) continue;
    const [owner, data] = [readName(bytes, record.name), readData(bytes, record)];
    if (owner === undefined || data === undefined) return [];
    const key = lowerCase(owner);
    byOwner.set(key, { owner: key, type: record.type, ttl: record.ttl, data });
  }
  const chain: WireRecord[] = [];
  let at = keyOfData(question.subarray(0, -4));
  for (let next = byOwner.get(at); next !== undefined; next = byOwner.get(at)) {
    chain.push(next);
    byOwner.delete(at);
    at = keyOfData(next.data);
  }
  return chain;
}

/** The data of a record with its names written out: only these types may have compressed ones (RFC 3597). */
function readData(bytes: Buffer, { type, dataAt, end }: ForeignRecord): Buffer | undefined {
  const name = (at: number): Buffer | undefined => {
    const key = readName(bytes, at);
    return key === undefined ? undefined : encodeKey(key);
  };
  if (type === types.cname || type === types.ns || type === types.ptr || type === types.dname) return name(dataAt);
  if (type === types.mx || type === types.srv) {
    const before = type === types.mx ? 2 : 6;
    const target = name(dataAt + before);
    return target && Buffer.concat([bytes.subarray(dataAt, dataAt + before), target]);
  }
  if (type === types.soa) {
    const second = endOfName(bytes, dataAt);
    const [primary, mailbox] = [name(dataAt), second === undefined ? undefined : name(second)];
    if (primary === undefined || mailbox === undefined || end - dataAt < 20) return undefined;
    return Buffer.concat([primary, mailbox, bytes.subarray(end - 20, end)]);
  }
  return bytes.subarray(dataAt, end);
}

/** The key of the name at `start`, its letters as they are, with pointers followed; undefined when it is broken. Pointers lead backwards only, so that they end. */
function readName(bytes: Buffer, start: number): string | undefined {
  let key = '';
  let at = start;
  let lowest = start;
  for (;;) {
    const length = bytes[at];
    if (length === undefined || key.length > 254) return undefined;
    if (length === 0) return key;
    if ((length & 0xc0) === 0xc0) {
      if (at + 2 > bytes.length) return undefined;
      at = bytes.readUInt16BE(at) & 0x3fff;
      if (at >= lowest) return undefined;
      lowest = at;
      continue;
    }
    if (length > 63 || at + 1 + length > bytes.length) return undefined;
    key += bytes.toString('latin1', at, at + 1 + length);
    at += 1 + length;
  }
}
