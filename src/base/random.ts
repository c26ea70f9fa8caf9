// Randomness as a dependency, so that a test can repeat what happened.

import { randomFillSync, randomUUID } from 'node:crypto';

/** A source of random values. */
export interface Random {
  /** `length` random bytes as lower-case hex digits (two per byte). */
  hex(length: number): string;
  /** A version 4 UUID. */
  uuid(): string;
  /** A number in [0, 1). */
  fraction(): number;
}

/** The operating system's randomness. */
export const systemRandom: Random = createSystemRandom();

function createSystemRandom(): Random {
  // Taken in portions: a call for eight bytes costs as much as one for thousands.
  const portion = Buffer.alloc(4096);
  let used = portion.length;
  return {
    hex(length) {
      if (length > portion.length) return randomFillSync(Buffer.alloc(length)).toString('hex');
      if (used + length > portion.length) {
        randomFillSync(portion);
        used = 0;
      }
      const from = used;
      used += length;
      const text = portion.toString('hex', from, used);
      // What was given out, a secret perhaps, is not kept.
      portion.fill(0, from, used);
      return text;
    },
    uuid: () => randomUUID(),
    fraction: () => Math.random(),
  };
}

/** A repeatable source for tests (mulberry32, public domain algorithm by Tommy Ettinger). */
export function createSeededRandom(seed: number): Random {
  let state = seed >>> 0;
  const fraction = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  const hex = (length: number): string => {
    let text = '';
    for (let i = 0; i < length; i++)
      text += Math.floor(fraction() * 256)
        .toString(16)
        .padStart(2, '0');
    return text;
  };
  return {
    fraction,
    hex,
    uuid: () => {
      const h = hex(16);
      return `${h.slice(0, 8)}-${h.slice(8, 12)}-4${h.slice(13, 16)}-a${h.slice(17, 20)}-${h.slice(20)}`;
    },
  };
}
