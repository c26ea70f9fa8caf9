// One query from bytes to bytes: from our own names, or from other resolvers.

import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import { badVersion, composeAnswer, encodeAnswer, serverFailure, type OwnAnswer } from './answer.ts';
import { joinAnswers, readChain, redirectQuery, relabelAnswer } from './foreign.ts';
import { createForeignCache, foreignKey } from './foreign-cache.ts';
import type { Forwarder } from './forwarder.ts';
import { parseQuery, rcodes, udpLimit, type Query } from './message.ts';
import type { Names, Resolution } from './resolve.ts';
import { keyOfData } from './wire-name.ts';
import { types, type WireRecord } from './wire-record.ts';

/** Answers messages of clients. */
export interface Responder {
  /** The names are others than before. */
  forget(): void;
  /** The answer to `bytes` of a client in the VPC (undefined: of the host), at once where nobody has to be asked; undefined: it gets none. Never throws. */
  respond(bytes: Buffer, vpcId: string | undefined, stream: boolean): Buffer | undefined | Promise<Buffer | undefined>;
}

export interface ResponderDeps {
  readonly names: Names;
  readonly forwarder: Forwarder;
  readonly clock: Pick<Clock, 'monotonic'>;
  readonly log: Log;
  /** Told of every message: where it came from, and what became of it. */
  readonly count: (from: 'vpc' | 'host', answer: string) => void;
}

/** The largest message over TCP, in bytes. */
const TCP_LIMIT = 65_535;
/** Answers of our own that are kept as bytes, over all VPCs, and bytes of each; whoever asks for many names makes them anew. */
const MOST_KEPT = 20_000;
const LARGEST_KEPT = 600;

/** Questions of one VPC (or the host) that others may be asked at a time, of 2,048 in all: nobody takes them from all others by names that nobody answers. */
const MOST_OUT = 512;
/** How often an answer may lead from other resolvers back to names that are known here, and out again. */
const MOST_TURNS = 3;

/** Whom an answer is for: a client of the VPC (undefined: of the host), over TCP or not. */
interface Client {
  readonly vpcId: string | undefined;
  readonly stream: boolean;
}

const rcodeNames: ReadonlyMap<number, string> = new Map(
  Object.entries(rcodes).map(([name, code]) => [code, name.toLowerCase()]),
);

/** Makes a responder. */
export function createResponder({ names, forwarder, clock, log, count }: ResponderDeps): Responder {
  const cache = createForeignCache(clock);
  /** Questions that are out: clients that ask the same wait for the same answer. */
  const asking = new Map<string, Promise<Buffer | undefined>>();
  /** How many of them clients of each VPC have begun. */
  const outOf = new Map<string, number>();
  /** By VPC, then by name and type. */
  const kept = new Map<string, Map<string, OwnAnswer>>();
  let size = 0;

  function forget(): void {
    kept.clear();
    size = 0;
  }

  function keep(place: string, key: string, answer: OwnAnswer): void {
    if (size >= MOST_KEPT) forget();
    const own = kept.get(place) ?? new Map<string, OwnAnswer>();
    kept.set(place, own);
    own.set(key, answer);
    size++;
  }

  async function askOthers(query: Query, { vpcId = '', stream }: Client): Promise<Buffer | undefined> {
    const known = cache.find(query, stream);
    if (known !== undefined) return known;
    const key = foreignKey(query, stream);
    const pending = asking.get(key);
    if (pending !== undefined) return pending;
    const out = outOf.get(vpcId) ?? 0;
    if (out >= MOST_OUT) return undefined;
    outOf.set(vpcId, out + 1);
    const answer = forwarder.ask(query, stream);
    asking.set(key, answer);
    try {
      const bytes = await answer;
      if (bytes !== undefined) cache.put(query, stream, bytes);
      return bytes;
    } finally {
      asking.delete(key);
      const left = (outOf.get(vpcId) ?? 1) - 1;
      if (left > 0) outOf.set(vpcId, left);
      else outOf.delete(vpcId);
    }
  }

  /** The bytes of the answer to `query` when others are asked; where a CNAME record of theirs leads back to names that are known here, these count. */
  async function askAround(
    query: Query,
    { records, target }: Resolution,
    client: Client,
    limit: number,
    turns = 0,
  ): Promise<Buffer | undefined> {
    const asked = target === undefined ? query : redirectQuery(query, target);
    const foreign = await askOthers(asked, client);
    if (foreign === undefined) return undefined;
    const back = comeBack(asked, foreign, client.vpcId);
    if (back === undefined) return toOwn(query, records, foreign, asked.question, limit);
    const whole: Resolution = {
      ...back,
      // Of what is asked in the client's name, only the first record has the question's own.
      records: [...records, ...back.records].map((one, i) => (i === 0 ? withoutOwner(one) : one)),
    };
    if (whole.outcome === 'forward')
      return turns < MOST_TURNS ? askAround(query, whole, client, limit, turns + 1) : undefined;
    return encodeAnswer(query, { ...composeAnswer(whole), authoritative: false }, limit);
  }

  /** Where the CNAME records of another resolver's answer to `asked` lead to names that are known here, with them. */
  function comeBack({ question, type }: Query, foreign: Buffer, vpcId: string | undefined): Resolution | undefined {
    if (type === types.cname || type === types.any) return undefined;
    const chain = readChain(foreign, question);
    for (const [i, { data }] of chain.entries()) {
      const key = keyOfData(data);
      const found = names.resolve(key, type, vpcId);
      if (found.outcome === 'forward' && found.target === undefined) continue;
      const records = found.records.map((one) => ({ ...one, owner: one.owner ?? key }));
      return { ...found, records: [...chain.slice(0, i + 1), ...records] };
    }
    return undefined;
  }

  async function forward(query: Query, resolution: Resolution, client: Client, limit: number): Promise<Buffer> {
    const from = client.vpcId === undefined ? 'host' : 'vpc';
    try {
      const answer = await askAround(query, resolution, client, limit);
      count(from, answer === undefined ? 'servfail' : 'forwarded');
      if (answer !== undefined) return answer;
    } catch (error) {
      log.error('a DNS query that others are asked met something that was not expected', { error });
    }
    return encodeAnswer(query, serverFailure, limit);
  }

  function decide(bytes: Buffer, vpcId: string | undefined, stream: boolean): ReturnType<Responder['respond']> {
    const from = vpcId === undefined ? 'host' : 'vpc';
    const parsed = parseQuery(bytes);
    if (parsed.kind !== 'query') {
      count(from, parsed.kind === 'dropped' ? 'dropped' : nameOf(parsed.rcode));
      return parsed.kind === 'dropped' ? undefined : parsed.response;
    }
    const { query } = parsed;
    const limit = stream ? TCP_LIMIT : udpLimit(query);
    const own = (answer: OwnAnswer): Buffer => {
      count(from, nameOf(answer.rcode));
      return encodeAnswer(query, answer, limit);
    };
    if (query.edns !== undefined && query.edns.version !== 0) return own(badVersion);
    const place = vpcId ?? '';
    const key = query.key + String.fromCharCode(query.type);
    const known = kept.get(place)?.get(key);
    if (known !== undefined) return own(known);
    const resolution = names.resolve(query.key, query.type, vpcId);
    if (resolution.outcome === 'forward') return forward(query, resolution, { vpcId, stream }, limit);
    const answer = composeAnswer(resolution);
    if (!resolution.varies && answer.records.length <= LARGEST_KEPT) keep(place, key, answer);
    return own(answer);
  }

  return {
    forget,
    respond(bytes, vpcId, stream) {
      try {
        return decide(bytes, vpcId, stream);
      } catch (error) {
        log.error('a DNS query met something that was not expected', { error });
        return undefined;
      }
    },
  };
}

function toOwn(
  query: Query,
  before: readonly WireRecord[],
  foreign: Buffer,
  question: Buffer,
  limit: number,
): Buffer | undefined {
  return before.length === 0
    ? relabelAnswer(query, foreign, limit)
    : joinAnswers(query, before, foreign, question, limit);
}

function withoutOwner({ type, ttl, data }: WireRecord): WireRecord {
  return { type, ttl, data };
}

function nameOf(rcode: number): string {
  return rcodeNames.get(rcode) ?? String(rcode);
}
