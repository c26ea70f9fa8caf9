// Answers of other resolvers, kept for as long as these say, within bounds of number and bytes.

import type { Clock } from '../base/clock.ts';
import { readTimes } from './foreign.ts';
import type { Query } from './message.ts';

/** What is kept at most: answers, and their bytes together. */
const MOST_ANSWERS = 10_000;
const MOST_BYTES = 8 * 1024 * 1024;
/** The longest that an answer is kept, in seconds, whatever it says: a day (RFC 8767 names as much). */
const LONGEST = 86_400;

/** The cache. */
export interface ForeignCache {
  /** The kept answer to `query`, its times counted down; undefined when there is none. */
  find(query: Query, stream: boolean): Buffer | undefined;
  put(query: Query, stream: boolean, bytes: Buffer): void;
}

interface Kept {
  readonly bytes: Buffer;
  readonly places: readonly number[];
  /** On the monotonic clock. */
  readonly since: number;
  readonly until: number;
}

/** Makes an empty cache. */
export function createForeignCache(clock: Pick<Clock, 'monotonic'>): ForeignCache {
  // In the order in which they came.
  const kept = new Map<string, Kept>();
  let size = 0;
  const remove = (key: string): void => {
    size -= kept.get(key)?.bytes.length ?? 0;
    kept.delete(key);
  };
  return {
    find(query, stream) {
      const key = foreignKey(query, stream);
      const found = kept.get(key);
      if (found === undefined) return undefined;
      const now = clock.monotonic();
      if (now >= found.until) {
        remove(key);
        return undefined;
      }
      const bytes = Buffer.from(found.bytes);
      const age = Math.floor((now - found.since) / 1000);
      for (const at of found.places) bytes.writeUInt32BE(Math.max(0, bytes.readUInt32BE(at) - age), at);
      return bytes;
    },
    put(query, stream, bytes) {
      const { ttl, places } = readTimes(bytes, query.question);
      if (ttl === 0) return;
      const key = foreignKey(query, stream);
      remove(key);
      const now = clock.monotonic();
      kept.set(key, { bytes, places, since: now, until: now + Math.min(ttl, LONGEST) * 1000 });
      size += bytes.length;
      for (const oldest of kept.keys()) {
        if (kept.size <= MOST_ANSWERS && size <= MOST_BYTES) break;
        remove(oldest);
      }
    },
  };
}

/** Equal for queries to which the same bytes are an answer. */
export function foreignKey({ key, type, edns, flags }: Query, stream: boolean): string {
  const asks = `${edns === undefined ? '' : edns.dnssecOk ? 'D' : 'E'}${(flags & 0x0010) === 0 ? '' : 'C'}${stream ? 'S' : ''}`;
  return `${type} ${asks} ${key}`;
}
