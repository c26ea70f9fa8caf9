// Finds where a request's head ends in what a connection brings, without searching any byte twice.

import { isSpoilt } from './header-lines.ts';
import { MAX_HEAD_BYTES } from './request-head.ts';
import { refusals, type Refusal } from './rules.ts';

/** What a look at the bytes came to. */
export type HeadLook =
  /** No byte of a head is there. */
  | { readonly kind: 'nothing' }
  /** The head has begun. */
  | { readonly kind: 'part' }
  /** It cannot become a good head; `size` bytes of it came. */
  | { readonly kind: 'bad'; readonly refusal: Refusal; readonly size: number }
  /** `text` (latin1) is the head without its final empty line; what follows it in `bytes` begins at `bodyStart`. */
  | { readonly kind: 'whole'; readonly text: string; readonly bytes: Buffer; readonly bodyStart: number };

/** Bytes that are decoded first: a client that sends many requests at once must not have all of them decoded for each. */
const USUAL_HEAD = 4096;

const nothing: HeadLook = { kind: 'nothing' };
const part: HeadLook = { kind: 'part' };

/** Sizes that a head may have, in bytes. */
export interface HeadSizes {
  readonly maxRequestHead: number;
  readonly maxRequestLine: number;
}

const usualSizes: HeadSizes = { maxRequestHead: MAX_HEAD_BYTES, maxRequestLine: MAX_HEAD_BYTES };

/** Holds what is not a whole head yet. */
export class HeadReader {
  readonly #sizes: HeadSizes;
  #held: Buffer | undefined;
  /** Bytes of `#held` that have been searched. */
  #searched = 0;

  constructor(sizes: HeadSizes = usualSizes) {
    this.#sizes = sizes;
  }

  /** Whether bytes are held. */
  get holds(): boolean {
    return this.#held !== undefined;
  }

  /** Bytes that are held. */
  get size(): number {
    return this.#held?.length ?? 0;
  }

  /** Takes bytes without looking at them: `look()` does. */
  hold(bytes: Buffer): void {
    this.#held = this.#held === undefined ? bytes : Buffer.concat([this.#held, bytes]);
  }

  /** Gives away what is held. */
  take(): Buffer | undefined {
    const held = this.#held;
    this.clear();
    return held;
  }

  /** Gives up what is held. */
  clear(): void {
    this.#held = undefined;
    this.#searched = 0;
  }

  /** Looks for a whole head in what is held and `chunk`, which is only good during the call. What is returned is not held any more, and may lie in `chunk`. */
  look(chunk?: Buffer): HeadLook {
    const kept = this.#held !== undefined;
    if (chunk !== undefined) this.hold(chunk);
    let bytes = this.#held;
    let from = Math.max(0, this.#searched - 3);
    this.clear();
    // RFC 9112 2.2: empty lines before a request line are ignored.
    let skip = 0;
    while (bytes?.[skip] === 13 && bytes[skip + 1] === 10) skip += 2;
    if (skip > 0) {
      bytes = bytes?.subarray(skip);
      from = 0;
    }
    if (bytes === undefined || bytes.length === 0) return nothing;
    const { maxRequestHead, maxRequestLine } = this.#sizes;
    let text = bytes.toString('latin1', from, from + USUAL_HEAD);
    let end = text.indexOf('\r\n\r\n');
    if (end < 0 && from + USUAL_HEAD < bytes.length) {
      text = bytes.toString('latin1', from, maxRequestHead + 4);
      end = text.indexOf('\r\n\r\n');
    }
    const length = end < 0 ? bytes.length : from + end + 2;
    if (length > maxRequestLine && !bytes.subarray(0, maxRequestLine + 2).includes('\r\n'))
      return { kind: 'bad', refusal: refusals.requestLineLong, size: bytes.length };
    if (length > maxRequestHead) return { kind: 'bad', refusal: refusals.headLong, size: bytes.length };
    if (end >= 0) {
      const bodyStart = length + 2;
      const head = from === 0 ? text.slice(0, end + 2) : bytes.toString('latin1', 0, length);
      return { kind: 'whole', text: head, bytes, bodyStart };
    }
    // Said now instead of waiting for the rest.
    if (isSpoilt(text, from === 0)) return { kind: 'bad', refusal: refusals.headBytes, size: bytes.length };
    this.#held = kept ? bytes : Buffer.from(bytes);
    this.#searched = bytes.length;
    return part;
  }
}
