// Finds where a request's head ends in what a connection brings, without searching any byte twice.

import { MAX_HEAD_BYTES } from './request-head.ts';

/** What a look at the bytes came to. */
export type HeadLook =
  /** No byte of a head is there. */
  | { readonly kind: 'nothing' }
  /** The head has begun. */
  | { readonly kind: 'part' }
  /** It cannot become a good head; the reason is for the log. */
  | { readonly kind: 'bad'; readonly reason: string }
  /** `text` (latin1) is the head without its final empty line; what follows it in `bytes` begins at `bodyStart`. */
  | { readonly kind: 'whole'; readonly text: string; readonly bytes: Buffer; readonly bodyStart: number };

/** Bytes that are decoded first: a client that sends many requests at once must not have all of them decoded for each. */
const USUAL_HEAD = 4096;

const nothing: HeadLook = { kind: 'nothing' };
const part: HeadLook = { kind: 'part' };

/** Holds what is not a whole head yet. */
export class HeadReader {
  #held: Buffer | undefined;
  /** Bytes of `#held` that have been searched. */
  #searched = 0;

  /** Whether bytes are held. */
  get holds(): boolean {
    return this.#held !== undefined;
  }

  /** Takes bytes without looking at them: `look()` does. */
  hold(bytes: Buffer): void {
    this.#held = this.#held === undefined ? bytes : Buffer.concat([this.#held, bytes]);
  }

  /** Gives up what is held. */
  clear(): void {
    this.#held = undefined;
    this.#searched = 0;
  }

  /** Looks for a whole head in what is held and `chunk`. What is returned is not held any more. */
  look(chunk?: Buffer): HeadLook {
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
    let text = bytes.toString('latin1', from, from + USUAL_HEAD);
    let end = text.indexOf('\r\n\r\n');
    if (end < 0 && from + USUAL_HEAD < bytes.length) {
      text = bytes.toString('latin1', from, MAX_HEAD_BYTES + 4);
      end = text.indexOf('\r\n\r\n');
    }
    if (end >= 0) {
      const bodyStart = from + end + 4;
      const head = from === 0 ? text.slice(0, end + 2) : bytes.toString('latin1', 0, bodyStart - 2);
      return { kind: 'whole', text: head, bytes, bodyStart };
    }
    if (bytes.length > MAX_HEAD_BYTES) return { kind: 'bad', reason: 'more than 60 KB of headers' };
    // A line that already ended without a CR, or a NUL, cannot become a good head: said now instead of waiting for the rest.
    if ((from === 0 ? /(^|[^\r])\n|\0/ : /[^\r]\n|\0/).test(text)) return { kind: 'bad', reason: 'malformed head' };
    this.#held = bytes;
    this.#searched = bytes.length;
    return part;
  }
}
