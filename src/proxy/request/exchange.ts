// One request and its response between a client's connection and a target's.

import type { ClientConnection } from '../http1/client-connection.ts';
import { ChunkedBody, closingBody, emptyBody, LengthBody, type BodyReader } from '../http1/body.ts';
import { MAX_HEAD_BYTES } from '../http1/request-head.ts';
import { parseResponseHead, type ResponseHead } from '../http1/response-head.ts';
import type { UpstreamConnection, UpstreamUser } from '../upstream/pool.ts';
import { pickTarget, type TargetState } from '../upstream/target-state.ts';
import { formatAnswer } from './answer.ts';
import { exchangeRecord, type ExchangeStart, type FailureReason } from './exchange-record.ts';

/** Methods whose request may be sent again when a reused connection turned out to be closed (RFC 9110 9.2.2). */
const idempotent: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE', 'PUT', 'DELETE']);

/** Responses up to this size that arrive in one piece leave in one write as text; larger bodies are passed on as they are. */
const ONE_WRITE = 16 * 1024;

/** Interim responses that a target may send before its response. */
const MAX_INTERIM = 100;

/** Targets tried for one request when connections are refused. */
const MAX_TARGETS = 3;

/** A running exchange. It ends by `finish`, which tells the client's connection. */
export class Exchange implements UpstreamUser {
  readonly #client: ClientConnection;
  readonly #start: ExchangeStart;
  readonly #startTime: number;
  readonly #startMark: number;
  #upstream: UpstreamConnection | undefined;
  #target: TargetState | undefined;
  #tried: TargetState[] = [];
  #reused = false;
  #retried = false;
  /** Body bytes that came before the target's connection stood. */
  #pending: Buffer | undefined;
  #bodySent = false;
  #carry: Buffer | undefined;
  /** Interim responses (1xx) so far. */
  #interim = 0;
  #response: ResponseHead | undefined;
  #responseBody: BodyReader = emptyBody;
  #dechunk = false;
  /** Whether the client was told that it may send another request. */
  #keepsClient = false;
  #finished = false;
  #received: number;
  #sent = 0;
  #sentMark = -1;
  #responseMark = -1;
  #lastActive: number;

  constructor(client: ClientConnection, start: ExchangeStart) {
    this.#client = client;
    this.#start = start;
    this.#startTime = client.context.clock.now();
    this.#startMark = client.lastActive;
    this.#lastActive = client.lastActive;
    this.#received = start.headBytes;
  }

  /** Chooses a target and sends the head and what is already there of the body. */
  start(): void {
    const { early } = this.#start;
    this.#received += early.length;
    if (early.length > 0) this.#pending = early;
    this.#toTarget();
  }

  #toTarget(): void {
    const target = pickTarget(this.#start.group, this.#tried);
    if (target === undefined) {
      if (this.#tried.length === 0) this.#fail(503, 'the target group has no target that takes requests', '');
      else this.#fail(500, 'no connection to a target', 'TargetConnectionError');
      return;
    }
    this.#target = target;
    const reused = this.#retried || this.#tried.length > 0 ? undefined : target.pool.reuse(this);
    this.#reused = reused !== undefined;
    this.#upstream = reused ?? target.pool.dial(this);
    if (reused !== undefined) this.#send();
    else if (!this.#start.body.done) this.#client.socket.pause();
  }

  #send(): void {
    const socket = this.#upstream?.socket;
    if (socket === undefined) return;
    const pending = this.#pending;
    let more: boolean;
    if (pending === undefined) more = socket.write(this.#start.upstreamHead, 'latin1');
    else {
      socket.cork();
      socket.write(this.#start.upstreamHead, 'latin1');
      more = socket.write(pending);
      socket.uncork();
      this.#pending = undefined;
      this.#bodySent = true;
    }
    this.#noteSent();
    if (!more && !this.#start.body.done) this.#client.socket.pause();
  }

  #noteSent(): void {
    if (this.#start.body.done) this.#sentMark = this.#client.context.clock.monotonic();
  }

  /** Takes bytes of the client; returns the index after the last one that belongs to this request, or -1 when its framing is broken, which ends the exchange. */
  onClientBytes(chunk: Buffer): number {
    const { body } = this.#start;
    if (body.done) return 0;
    const end = body.consume(chunk, 0);
    if (end < 0) {
      // An answer in the middle of a response would be read as part of it.
      if (this.#response === undefined) this.#fail(400, 'malformed chunked body', 'ClientProtocolError');
      else this.#cut('ClientProtocolError');
      return end;
    }
    if (end > 0) {
      this.#received += end;
      this.#lastActive = this.#client.lastActive;
      const part = end === chunk.length ? chunk : chunk.subarray(0, end);
      const upstream = this.#upstream;
      if (upstream === undefined || !upstream.connected)
        this.#pending = this.#pending === undefined ? part : Buffer.concat([this.#pending, part]);
      else {
        this.#bodySent = true;
        if (!upstream.socket.write(part) && !body.done) this.#client.socket.pause();
        this.#noteSent();
      }
    }
    return end;
  }

  /** The client sent its FIN. A request that is not whole can never become so. */
  onClientEnd(): void {
    if (!this.#start.body.done) this.#cut('ClientConnectionClosed');
  }

  onClientDrain(): void {
    this.#lastActive = this.#client.context.clock.monotonic();
    const socket = this.#upstream?.socket;
    if (socket !== undefined && socket.isPaused()) socket.resume();
  }

  onUpstreamConnect(): void {
    this.#send();
    if (this.#client.socket.isPaused() && !this.#start.body.done) this.#client.socket.resume();
  }

  onUpstreamDrain(): void {
    if (this.#client.socket.isPaused() && !this.#start.body.done) this.#client.socket.resume();
  }

  onUpstreamData(chunk: Buffer): void {
    this.#lastActive = this.#client.context.clock.monotonic();
    if (this.#response === undefined) this.#onResponseHead(chunk);
    else this.#onResponseBody(chunk, 0);
  }

  #onResponseHead(chunk: Buffer): void {
    let bytes = this.#carry === undefined ? chunk : Buffer.concat([this.#carry, chunk]);
    this.#carry = undefined;
    if (this.#responseMark < 0) this.#responseMark = this.#lastActive;
    for (;;) {
      let text = bytes.toString('latin1', 0, ONE_WRITE);
      let end = text.indexOf('\r\n\r\n');
      if (end < 0 && bytes.length > ONE_WRITE) {
        text = bytes.toString('latin1', 0, MAX_HEAD_BYTES + 4);
        end = text.indexOf('\r\n\r\n');
      }
      if (end < 0) {
        if (bytes.length > MAX_HEAD_BYTES)
          this.#fail(502, 'the target sent more than 60 KB of headers', 'TargetProtocolError');
        else if (bytes.length > 0) this.#carry = Buffer.from(bytes);
        return;
      }
      const head = parseResponseHead(text.slice(0, end + 2));
      if (typeof head === 'string') {
        this.#fail(502, `the target sent a response that is not HTTP/1.1: ${head}`, 'TargetProtocolError');
        return;
      }
      if (head.status >= 200) {
        this.#onFinalHead(head, text, bytes, end + 4);
        return;
      }
      if (head.status === 101) {
        this.#fail(502, 'the target switched protocols without being asked', 'TargetProtocolError');
        return;
      }
      if (++this.#interim > MAX_INTERIM) {
        this.#fail(502, 'the target sends interim responses without end', 'TargetProtocolError');
        return;
      }
      if (head.status === 100 && this.#start.head.expectContinue)
        this.#client.socket.write('HTTP/1.1 100 Continue\r\n\r\n', 'latin1');
      bytes = bytes.subarray(end + 4);
    }
  }

  /** Takes the head of the response itself, which ends before `bodyStart` of `bytes`; `text` is as much of `bytes` as a head may have. */
  #onFinalHead(head: ResponseHead, text: string, bytes: Buffer, bodyStart: number): void {
    this.#response = head;
    const requestHead = this.#start.head;
    const none =
      requestHead.method === 'HEAD' || head.status === 204 || head.status === 304 || head.contentLength === 0;
    this.#responseBody = none
      ? emptyBody
      : head.chunked
        ? new ChunkedBody()
        : head.contentLength > 0
          ? new LengthBody(head.contentLength)
          : closingBody;
    this.#dechunk = head.chunked && requestHead.minor === 0;
    const closes = this.#responseBody === closingBody || this.#dechunk;
    // A response that overtakes its request ends the connection: the rest of the body has nowhere to go.
    this.#keepsClient = requestHead.keepAlive && !this.#client.closing && !closes && this.#start.body.done;
    const connection = this.#keepsClient
      ? requestHead.minor === 0
        ? 'connection: keep-alive\r\n'
        : ''
      : 'connection: close\r\n';
    const lines = this.#dechunk ? head.forward.replace(/^transfer-encoding:.*\r\n/im, '') : head.forward;
    const out = `HTTP/1.1 ${head.statusText}\r\n${lines}x-amzn-requestid: ${this.#start.requestId}\r\n${connection}\r\n`;
    if (bytes.length === bodyStart || this.#responseBody === emptyBody) {
      this.#sent += out.length;
      this.#client.socket.write(out, 'latin1');
      this.#afterBody(bytes.length - bodyStart);
    } else if (bytes.length <= ONE_WRITE && !this.#dechunk) {
      const bodyEnd = this.#responseBody.consume(bytes, bodyStart);
      if (bodyEnd < 0) {
        this.#fail(502, 'the target sent a malformed chunked body', 'TargetProtocolError');
        return;
      }
      this.#sent += out.length + bodyEnd - bodyStart;
      const more = this.#client.socket.write(out + text.slice(bodyStart, bodyEnd), 'latin1');
      if (!more && !this.#responseBody.done) this.#upstream?.socket.pause();
      this.#afterBody(bytes.length - bodyEnd);
    } else {
      this.#sent += out.length;
      this.#client.socket.cork();
      this.#client.socket.write(out, 'latin1');
      this.#onResponseBody(bytes, bodyStart);
      this.#client.socket.uncork();
    }
  }

  #onResponseBody(chunk: Buffer, from: number): void {
    const body = this.#responseBody;
    const end = body.consume(chunk, from);
    if (end < 0) {
      this.#cut('TargetProtocolError');
      return;
    }
    let more = true;
    const { socket } = this.#client;
    if (this.#dechunk)
      for (const [start, stop] of body.pieces ?? []) {
        more = socket.write(Buffer.from(chunk.subarray(start, stop)));
        this.#sent += stop - start;
      }
    else if (end > from) {
      more = socket.write(Buffer.from(chunk.subarray(from, end)));
      this.#sent += end - from;
    }
    if (!more && !body.done) this.#upstream?.socket.pause();
    this.#afterBody(chunk.length - end);
  }

  /** Ends the exchange when the response is whole. `extra` bytes after it mean that the target cannot be trusted with another request. */
  #afterBody(extra: number): void {
    if (this.#finished || !(this.#responseBody.done || this.#responseBody === emptyBody)) return;
    const upstream = this.#upstream;
    this.#upstream = undefined;
    const requestWhole = this.#start.body.done;
    if (upstream !== undefined) {
      if (requestWhole && extra === 0 && this.#response?.keepAlive === true) this.#target?.pool.release(upstream);
      else {
        upstream.user = undefined;
        upstream.socket.destroy();
      }
    }
    this.#finish('', this.#response?.status ?? 0);
    this.#client.finishExchange(this.#keepsClient);
  }

  onUpstreamEnd(error: Error | undefined): void {
    const upstream = this.#upstream;
    this.#upstream = undefined;
    if (this.#finished) return;
    if (this.#response !== undefined) {
      if (this.#responseBody === closingBody && error === undefined) {
        this.#finish('', this.#response.status);
        this.#client.finishExchange(false);
        return;
      }
      this.#cut('TargetConnectionClosed');
      return;
    }
    if (upstream !== undefined && !upstream.connected) {
      if (this.#target !== undefined) this.#tried.push(this.#target);
      if (this.#tried.length < MAX_TARGETS) this.#toTarget();
      else this.#fail(500, 'no connection to a target', 'TargetConnectionError');
      return;
    }
    const nothingCame = this.#carry === undefined && this.#responseMark < 0;
    if (
      this.#reused &&
      nothingCame &&
      !this.#retried &&
      !this.#bodySent &&
      this.#start.body.done &&
      idempotent.has(this.#start.head.method)
    ) {
      this.#retried = true;
      this.#toTarget();
      return;
    }
    this.#fail(502, 'the target closed the connection before its response was whole', 'TargetConnectionClosed');
  }

  /** Called every second. */
  sweep(now: number): void {
    const idle = this.#start.decision.listener.service.idleTimeoutSeconds * 1000;
    if (now - this.#lastActive <= idle) return;
    if (this.#response !== undefined)
      // Whoever holds the other back is the one that is late.
      this.#cut(this.#upstream?.socket.isPaused() === true ? 'ClientConnectionClosed' : 'TargetDataTimeout');
    else if (!this.#start.body.done && !this.#client.socket.isPaused())
      this.#fail(408, 'the rest of the request did not come within the idle timeout', 'ClientProtocolError');
    else this.#fail(504, 'the target did not answer within the idle timeout', 'TargetDataTimeout');
  }

  /** Ends the exchange without an answer because the client is gone. */
  abort(reason: FailureReason): void {
    if (this.#finished) return;
    this.#dropUpstream();
    this.#finish(reason, this.#response?.status ?? 0);
  }

  /** Ends the exchange in the middle of its response, and the client's connection with it. */
  #cut(reason: FailureReason): void {
    this.abort(reason);
    this.#client.cutOff();
  }

  #dropUpstream(): void {
    const upstream = this.#upstream;
    this.#upstream = undefined;
    if (upstream === undefined) return;
    upstream.user = undefined;
    upstream.socket.destroy();
  }

  /** Answers in the target's place. */
  #fail(status: number, sentence: string, reason: FailureReason): void {
    if (this.#finished) return;
    this.#dropUpstream();
    const { head, requestId, body } = this.#start;
    const keepAlive = head.keepAlive && body.done && !this.#client.closing;
    const text = formatAnswer(status, sentence, requestId, keepAlive, head.method === 'HEAD');
    this.#sent += text.length;
    this.#client.socket.write(text, 'latin1');
    this.#finish(reason, status);
    this.#client.finishExchange(keepAlive);
  }

  #finish(reason: FailureReason, status: number): void {
    this.#finished = true;
    const { context, clientIpPort } = this.#client;
    const start = this.#start;
    context.countForward(
      start.decision.listener.service.id,
      start.decision.groupId,
      status,
      this.#received,
      this.#sent,
    );
    context.log(
      exchangeRecord(start, this.#target, {
        startTime: this.#startTime,
        startMark: this.#startMark,
        sentMark: this.#sentMark,
        responseMark: this.#responseMark,
        endMark: context.clock.monotonic(),
        received: this.#received,
        sent: this.#sent,
        status,
        reason,
        clientIpPort,
      }),
    );
  }
}
