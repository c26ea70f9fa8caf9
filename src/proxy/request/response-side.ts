// The response's half of an exchange: reads what the target sends and writes it to the client, held back where the client is slower.

import { ChunkedBody, closingBody, emptyBody, LengthBody, type BodyReader } from '../http1/body.ts';
import { isSpoilt, withoutHeaders } from '../http1/header-lines.ts';
import { MAX_HEAD_BYTES } from '../http1/request-head.ts';
import { parseResponseHead, type ResponseHead } from '../http1/response-head.ts';
import { responseRefusals, type Refusal } from '../http1/rules.ts';
import type { ExchangeStart, FailureReason } from './exchange-record.ts';
import type { ExchangeClient } from './running-exchange.ts';

/**
 * Responses up to this size that arrive in one piece leave in one write as text; larger bodies are passed on as they are. The profile's largest part
 * of user time (a tenth, 2026-11) is the joining of such texts, with the request's and the log's; other garbage-collector settings change nothing.
 */
const ONE_WRITE = 16 * 1024;

/** Lines that a body without chunks must not have. */
const chunkedLines: ReadonlySet<string> = new Set(['transfer-encoding', 'trailer']);

/** What the response's half tells its exchange. */
export interface ResponseOwner {
  /** The target's answer cannot be used and nothing of it was written. */
  fail(status: number, sentence: string, reason: FailureReason): void;
  /** The target's answer breaks off in the middle. */
  cut(reason: FailureReason): void;
  /** The client takes less than the target gives. */
  holdTarget(): void;
  /** The target speaks another protocol from now on, as the client asked; `first` is what came of it with the head. */
  onSwitch(first: Buffer): void;
  /** The response is whole. `extra` bytes after it mean that the target cannot be trusted with another request. */
  onResponseWhole(extra: number): void;
}

/** Reads one response. */
export class ResponseSide {
  readonly #client: ExchangeClient;
  readonly #start: ExchangeStart;
  readonly #owner: ResponseOwner;
  #carry: Buffer | undefined;
  /** Bytes of interim responses (1xx) so far: as many as one head may have. */
  #interim = 0;
  #body: BodyReader = emptyBody;
  #dechunk = false;
  /** The head of the response itself, once it is there. */
  head: ResponseHead | undefined;
  /** Whether the client was told that it may send another request. */
  keepsClient = false;
  /** Bytes written to the client. */
  sent = 0;
  /** Monotonic milliseconds of the first byte, -1 before. */
  mark = -1;

  constructor(client: ExchangeClient, start: ExchangeStart, owner: ResponseOwner) {
    this.#client = client;
    this.#start = start;
    this.#owner = owner;
  }

  /** Whether the response ends with the target's connection. */
  get endsWithConnection(): boolean {
    return this.#body === closingBody;
  }

  /** Takes bytes of the target; `chunk` is only good during the call, or, if it is `own`, until the target is read again. */
  take(chunk: Buffer, own: boolean, now: number): void {
    if (this.mark < 0) this.mark = now;
    if (this.head === undefined) this.#onHead(chunk);
    else this.#onBody(chunk, 0, own);
  }

  #onHead(chunk: Buffer): void {
    let bytes = this.#carry === undefined ? chunk : Buffer.concat([this.#carry, chunk]);
    this.#carry = undefined;
    for (;;) {
      let text = bytes.toString('latin1', 0, ONE_WRITE);
      let end = text.indexOf('\r\n\r\n');
      if (end < 0 && bytes.length > ONE_WRITE) {
        text = bytes.toString('latin1', 0, MAX_HEAD_BYTES + 4);
        end = text.indexOf('\r\n\r\n');
      }
      if (end < 0) {
        if (bytes.length > MAX_HEAD_BYTES) this.#refuse(responseRefusals.headLong);
        else if (isSpoilt(text, true)) this.#refuse(responseRefusals.headBytes);
        else if (bytes.length > 0) this.#carry = Buffer.from(bytes);
        return;
      }
      const head = parseResponseHead(text.slice(0, end + 2));
      if ('reason' in head) {
        this.#refuse(head);
        return;
      }
      if (head.status >= 200) {
        this.#onFinalHead(head, text, bytes, end + 4);
        return;
      }
      if (head.status === 101) {
        this.#onSwitchHead(head, bytes.subarray(end + 4));
        return;
      }
      this.#interim += end;
      if (this.#interim > MAX_HEAD_BYTES) {
        this.#refuse(responseRefusals.interimMany);
        return;
      }
      this.#passInterim(head);
      bytes = bytes.subarray(end + 4);
    }
  }

  #refuse({ status, reason }: Refusal): void {
    this.#owner.fail(status, `the target sent a response that is not HTTP/1.1: ${reason}`, 'TargetProtocolError');
  }

  /** RFC 9110 15.2: a proxy passes interim responses on, but not to HTTP/1.0, and here no 100 to whom it would surprise. */
  #passInterim(head: ResponseHead): void {
    const { expectContinue, minor } = this.#start.head;
    if (minor === 0 || (head.status === 100 && !expectContinue)) return;
    const out = `HTTP/1.1 ${head.statusText}\r\n${head.forward}\r\n`;
    this.sent += out.length;
    this.#client.socket.write(out, 'latin1');
  }

  #onSwitchHead(head: ResponseHead, first: Buffer): void {
    if (!this.#start.head.upgrade || !head.webSocket) {
      this.#refuse(responseRefusals.switched);
      return;
    }
    this.head = head;
    const out = `HTTP/1.1 ${head.statusText}\r\n${head.forward}upgrade: websocket\r\nconnection: upgrade\r\nx-amzn-requestid: ${this.#start.requestId}\r\n\r\n`;
    this.sent += out.length;
    this.#client.socket.write(out, 'latin1');
    this.#owner.onSwitch(first);
  }

  /** Takes the head of the response itself, which ends before `bodyStart` of `bytes`; `text` is as much of `bytes` as a head may have. */
  #onFinalHead(head: ResponseHead, text: string, bytes: Buffer, bodyStart: number): void {
    this.head = head;
    const out = this.#prepare(head);
    const { socket } = this.#client;
    if (bytes.length === bodyStart || this.#body === emptyBody) {
      this.sent += out.length;
      socket.write(out, 'latin1');
      this.#afterBody(bytes.length - bodyStart);
    } else if (bytes.length <= ONE_WRITE && !this.#dechunk) {
      const bodyEnd = this.#body.consume(bytes, bodyStart);
      if (bodyEnd < 0) {
        this.#refuse(responseRefusals.body);
        return;
      }
      this.sent += out.length + bodyEnd - bodyStart;
      const more = socket.write(out + text.slice(bodyStart, bodyEnd), 'latin1');
      if (!more && !this.#body.done) this.#owner.holdTarget();
      this.#afterBody(bytes.length - bodyEnd);
    } else {
      this.sent += out.length;
      socket.cork();
      socket.write(out, 'latin1');
      this.#onBody(bytes, bodyStart, false);
      socket.uncork();
    }
  }

  /** Decides how the response's body ends and what becomes of the client's connection; returns the head for the client. */
  #prepare(head: ResponseHead): string {
    const requestHead = this.#start.head;
    const none =
      requestHead.method === 'HEAD' || head.status === 204 || head.status === 304 || head.contentLength === 0;
    this.#dechunk = head.chunked && requestHead.minor === 0;
    this.#body = none
      ? emptyBody
      : head.chunked
        ? new ChunkedBody(this.#dechunk)
        : head.contentLength > 0
          ? new LengthBody(head.contentLength)
          : closingBody;
    const closes = this.#body === closingBody || this.#dechunk;
    // A response that overtakes its request ends the connection: the rest of the body has nowhere to go.
    this.keepsClient = requestHead.keepAlive && !this.#client.closing && !closes && this.#start.body.done;
    const connection = this.keepsClient
      ? requestHead.minor === 0
        ? 'connection: keep-alive\r\n'
        : ''
      : 'connection: close\r\n';
    const lines = this.#dechunk ? withoutHeaders(head.forward, chunkedLines) : head.forward;
    return `HTTP/1.1 ${head.statusText}\r\n${lines}x-amzn-requestid: ${this.#start.requestId}\r\n${connection}\r\n`;
  }

  #onBody(chunk: Buffer, from: number, own: boolean): void {
    const body = this.#body;
    const end = body.consume(chunk, from);
    if (end < 0) {
      this.#owner.cut('TargetProtocolError');
      return;
    }
    let more = true;
    const { socket } = this.#client;
    if (this.#dechunk)
      for (const [start, stop] of body.pieces ?? []) {
        more = socket.write(Buffer.from(chunk.subarray(start, stop)));
        this.sent += stop - start;
      }
    else if (end > from) {
      const part = chunk.subarray(from, end);
      // Of a piece as large as the high-water mark a drain follows for sure, before which the target is not read on.
      more = socket.write(own && part.length >= socket.writableHighWaterMark ? part : Buffer.from(part));
      this.sent += end - from;
    }
    // What the kernel has taken at once need not be waited for, though such a write says so too.
    if (!more && socket.writableLength > 0 && !body.done) this.#owner.holdTarget();
    this.#afterBody(chunk.length - end);
  }

  #afterBody(extra: number): void {
    if (this.#body.done) this.#owner.onResponseWhole(extra);
  }
}
