// Finds where the body of a message ends, without copying it: by length, by chunks, or at the end of the connection.

import { isOwnHeader } from './request-head.ts';
import { refusals, type Refusal } from './rules.ts';

/** Follows one body. `consume` looks at `chunk` from `from` and returns where the body's bytes end in it. */
export interface BodyReader {
  /** The index after the last byte of `chunk` that belongs to the body, or -1 when the framing is broken. */
  consume(chunk: Buffer, from: number): number;
  /** Whether the last byte of the body has been seen. */
  readonly done: boolean;
  /** What broke the framing, after `consume` returned -1. */
  readonly fault: Refusal | undefined;
  /** Where the data of chunks lies in the last consumed buffer, for whoever must write it without the chunk framing; undefined for other bodies. */
  readonly pieces: readonly (readonly [number, number])[] | undefined;
}

/** A body of no bytes. */
export const emptyBody: BodyReader = {
  consume: (_chunk, from) => from,
  done: true,
  fault: undefined,
  pieces: undefined,
};

/** A body of `length` bytes (> 0). */
export class LengthBody implements BodyReader {
  readonly fault = undefined;
  readonly pieces = undefined;
  #left: number;

  constructor(length: number) {
    this.#left = length;
  }

  get done(): boolean {
    return this.#left === 0;
  }

  consume(chunk: Buffer, from: number): number {
    const take = Math.min(this.#left, chunk.length - from);
    this.#left -= take;
    return from + take;
  }
}

/** A body that ends with its connection. */
export const closingBody: BodyReader = {
  consume: (chunk) => chunk.length,
  done: false,
  fault: undefined,
  pieces: undefined,
};

/** A body of at most `most` bytes as sent: with more its framing counts as broken. */
export class LimitedBody implements BodyReader {
  readonly #body: BodyReader;
  #left: number;

  constructor(body: BodyReader, most: number) {
    this.#body = body;
    this.#left = most;
  }

  get done(): boolean {
    return this.#body.done;
  }

  get fault(): Refusal | undefined {
    return this.#left < 0 ? refusals.bodyLong : this.#body.fault;
  }

  get pieces(): BodyReader['pieces'] {
    return this.#body.pieces;
  }

  consume(chunk: Buffer, from: number): number {
    const end = this.#body.consume(chunk, from);
    this.#left -= Math.max(0, end - from);
    return this.#left < 0 ? -1 : end;
  }
}

const states = {
  size: 0,
  extension: 1,
  sizeLf: 2,
  data: 3,
  dataCr: 4,
  dataLf: 5,
  trailer: 6,
  trailerName: 7,
  trailerLine: 8,
  trailerLf: 9,
  endLf: 10,
  done: 11,
  extensionName: 12,
  extensionValue: 13,
  extensionToken: 14,
  extensionQuoted: 15,
  extensionEscape: 16,
  extensionEnd: 17,
} as const;
type State = (typeof states)[keyof typeof states];

/** Longest chunk-size line and trailer section that is accepted, in bytes. */
const MAX_LINE = 256;
const MAX_TRAILERS = 8192;

/**
 * Fields that frame or address a message, say who asks, or how its content is to be read: RFC 9110 6.5.1 forbids them after the body. What
 * only the proxy may write is refused there too.
 */
const headFields: ReadonlySet<string> = new Set([
  'host',
  'content-length',
  'transfer-encoding',
  'connection',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'upgrade',
  'expect',
  'max-forwards',
  'authorization',
  'proxy-authorization',
  'x-amz-content-sha256',
  'x-amz-date',
  'x-amz-region-set',
  'x-amz-security-token',
  'cookie',
  'set-cookie',
  'content-encoding',
  'content-type',
  'content-range',
]);

/** A chunked body (RFC 9112 7.1), strict: CRLF only, hexadecimal sizes of at most 13 digits, printable extensions, trailers that a recipient may merge with the head. */
export class ChunkedBody implements BodyReader {
  /** Collected only for who asked. */
  readonly pieces: [number, number][] | undefined;
  fault: Refusal | undefined;
  #state: State = states.size;
  #size = 0;
  #digits = 0;
  #line = 0;
  #trailers = 0;
  #trailerName = '';

  constructor(collect = false) {
    this.pieces = collect ? [] : undefined;
  }

  get done(): boolean {
    return this.#state === states.done;
  }

  consume(chunk: Buffer, from: number): number {
    if (this.pieces !== undefined) this.pieces.length = 0;
    let pos = from;
    while (pos < chunk.length && this.#state !== states.done) {
      if (this.#state === states.data) {
        const take = Math.min(this.#size, chunk.length - pos);
        this.pieces?.push([pos, pos + take]);
        this.#size -= take;
        pos += take;
        if (this.#size === 0) this.#state = states.dataCr;
        continue;
      }
      const next = this.#step(chunk[pos] ?? 0);
      if (next === undefined) return -1;
      this.#state = next;
      pos++;
    }
    return pos;
  }

  #step(byte: number): State | undefined {
    switch (this.#state) {
      case states.size: {
        const digit = hexDigit(byte);
        if (digit >= 0) {
          if (++this.#digits > 13) return this.#refuse(refusals.chunkSize);
          this.#size = this.#size * 16 + digit;
          return states.size;
        }
        if (this.#digits === 0) return this.#refuse(refusals.chunkSize);
        if (byte === 13) return states.sizeLf;
        this.#line = 0;
        return byte === 59 ? states.extension : this.#refuse(refusals.chunkSize);
      }
      case states.sizeLf:
        if (byte !== 10) return this.#refuse(refusals.chunkSize);
        this.#digits = 0;
        return this.#size === 0 ? states.trailer : states.data;
      case states.dataCr:
        return byte === 13 ? states.dataLf : this.#refuse(refusals.chunkEnd);
      case states.dataLf:
        return byte === 10 ? states.size : this.#refuse(refusals.chunkEnd);
      case states.trailer:
        if (byte === 13) return states.endLf;
        this.#trailerName = '';
        return this.#onTrailerName(byte);
      case states.trailerName:
        if (byte !== 58) return this.#onTrailerName(byte);
        return isAllowedTrailer(this.#trailerName) ? states.trailerLine : this.#refuse(refusals.trailerField);
      case states.trailerLine:
        if (byte === 13) return states.trailerLf;
        if (++this.#trailers > MAX_TRAILERS) return this.#refuse(refusals.trailersLong);
        return isText(byte) ? states.trailerLine : this.#refuse(refusals.trailerLine);
      case states.trailerLf:
        return byte === 10 ? states.trailer : this.#refuse(refusals.trailerLine);
      case states.endLf:
        return byte === 10 ? states.done : this.#refuse(refusals.trailerLine);
      default:
        return ++this.#line > MAX_LINE ? this.#refuse(refusals.chunkExtension) : this.#inExtension(byte);
    }
  }

  /** `name`, `name=token` or `name="text"`, without blanks, which not every parser skips. */
  #inExtension(byte: number): State | undefined {
    const ended = byte === 13 ? states.sizeLf : byte === 59 ? states.extension : undefined;
    switch (this.#state) {
      case states.extension:
        if (isToken(byte)) return states.extensionName;
        break;
      case states.extensionName:
        if (byte === 61) return states.extensionValue;
        if (isToken(byte)) return states.extensionName;
        if (ended !== undefined) return ended;
        break;
      case states.extensionValue:
        if (byte === 34) return states.extensionQuoted;
        if (isToken(byte)) return states.extensionToken;
        break;
      case states.extensionToken:
        if (isToken(byte)) return states.extensionToken;
        if (ended !== undefined) return ended;
        break;
      case states.extensionQuoted:
        if (byte === 34) return states.extensionEnd;
        if (byte === 92) return states.extensionEscape;
        if (isText(byte)) return states.extensionQuoted;
        break;
      case states.extensionEscape:
        if (isText(byte)) return states.extensionQuoted;
        break;
      default:
        if (ended !== undefined) return ended;
    }
    return this.#refuse(refusals.chunkExtension);
  }

  #onTrailerName(byte: number): State | undefined {
    if (++this.#trailers > MAX_TRAILERS) return this.#refuse(refusals.trailersLong);
    if (!isToken(byte)) return this.#refuse(refusals.trailerLine);
    this.#trailerName += String.fromCharCode(byte);
    return states.trailerName;
  }

  #refuse(fault: Refusal): undefined {
    this.fault = fault;
  }
}

function isAllowedTrailer(name: string): boolean {
  const lower = name.toLowerCase();
  return !headFields.has(lower) && !isOwnHeader(lower) && !headFields.has(lower.replaceAll('_', '-'));
}

function hexDigit(byte: number): number {
  if (byte >= 48 && byte <= 57) return byte - 48;
  const lower = byte | 32;
  return lower >= 97 && lower <= 102 ? lower - 87 : -1;
}

function isToken(byte: number): boolean {
  return byte > 32 && byte < 127 && !'"(),/:;<=>?@[\\]{}'.includes(String.fromCharCode(byte));
}

function isText(byte: number): boolean {
  return byte === 9 || (byte >= 32 && byte !== 127);
}
