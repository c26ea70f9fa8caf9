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

/** Targets tried for one request when connections are refused. */
const MAX_TARGETS = 3;

/** A running exchange. It ends by `finish`, which tells the client's connection. */
export class Exchange implements UpstreamUser {
  readonly #client: ClientConnection;
  readonly #start: ExchangeStart;
  readonly #startTime: number;
  readonly #startMark: number;
  /** Index in the first buffer where the body's bytes in it end. */
  bodyEnd = 0;
  #upstream: UpstreamConnection | undefined;
  #target: TargetState | undefined;
  #tried: TargetState[] = [];
  #reused = false;
  #retried = false;
  /** Body bytes that came before the target's connection stood. */
  #pending: Buffer | undefined;
  #bodySent = false;
  #carry: Buffer | undefined;
  #response: ResponseHead | undefined;
  #responseBody: BodyReader = emptyBody;
  #dechunk = false;
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
  start(bytes: Buffer, bodyStart: number): void {
    const { body } = this.#start;
    this.bodyEnd = bodyStart;
    if (!body.done) {
      const end = body.consume(bytes, bodyStart);
      if (end < 0) {
        this.#fail(400, 'malformed chunked body', 'ClientProtocolError');
        return;
      }
      this.bodyEnd = end;
      this.#received += end - bodyStart;
      if (end > bodyStart) this.#pending = bytes.subarray(bodyStart, end);
    }
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

  /** Takes bytes of the client; returns the index after the last one that belongs to this request, or -1 when its framing is broken. */
  onClientBytes(chunk: Buffer, from: number): number {
    const { body } = this.#start;
    if (body.done) return from;
    const end = body.consume(chunk, from);
    if (end < 0) return end;
    if (end > from) {
      this.#received += end - from;
      this.#lastActive = this.#client.lastActive;
      const part = from === 0 && end === chunk.length ? chunk : chunk.subarray(from, end);
      const upstream = this.#upstream;
      if (upstream === undefined || !upstream.connected)
        this.#pending = this.#pending === undefined ? part : Buffer.concat([this.#pending, part]);
      else {
        this.#bodySent = true;
        if (!upstream.socket.write(part)) this.#client.socket.pause();
        this.#noteSent();
      }
    }
    return end;
  }

  /** The client sent its FIN. A request that is not whole can never become so. */
  onClientEnd(): void {
    if (!this.#start.body.done) {
      this.abort('ClientConnectionClosed');
      this.#client.socket.destroy();
    }
  }

  onClientDrain(): void {
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
    const bytes = this.#carry === undefined ? chunk : Buffer.concat([this.#carry, chunk]);
    this.#carry = undefined;
    if (this.#responseMark < 0) this.#responseMark = this.#lastActive;
    const text = bytes.toString('latin1', 0, Math.min(bytes.length, MAX_HEAD_BYTES + 4));
    const end = text.indexOf('\r\n\r\n');
    if (end < 0) {
      if (bytes.length > MAX_HEAD_BYTES)
        this.#fail(502, 'the target sent more than 60 KB of headers', 'TargetProtocolError');
      else this.#carry = bytes;
      return;
    }
    const head = parseResponseHead(text.slice(0, end + 2));
    if (typeof head === 'string') {
      this.#fail(502, `the target sent a response that is not HTTP/1.1: ${head}`, 'TargetProtocolError');
      return;
    }
    if (head.status < 200) {
      if (head.status === 101) {
        this.#fail(502, 'the target switched protocols without being asked', 'TargetProtocolError');
        return;
      }
      if (head.status === 100 && this.#start.head.expectContinue)
        this.#client.socket.write('HTTP/1.1 100 Continue\r\n\r\n', 'latin1');
      if (end + 4 < bytes.length) this.#onResponseHead(bytes.subarray(end + 4));
      return;
    }
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
    const keepAlive = this.#keepsClient();
    const connection = keepAlive
      ? requestHead.minor === 0
        ? 'connection: keep-alive\r\n'
        : ''
      : 'connection: close\r\n';
    const lines = this.#dechunk ? head.forward.replace(/^transfer-encoding:.*\r\n/im, '') : head.forward;
    const out = `HTTP/1.1 ${head.statusText}\r\n${lines}x-amzn-requestid: ${this.#start.requestId}\r\n${connection}\r\n`;
    const bodyStart = end + 4;
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

  /** Whether the client's connection can take another request after this response. */
  #keepsClient(): boolean {
    const { head } = this.#start;
    return head.keepAlive && !this.#client.closing && this.#responseBody !== closingBody && !this.#dechunk;
  }

  #onResponseBody(chunk: Buffer, from: number): void {
    const body = this.#responseBody;
    const end = body.consume(chunk, from);
    if (end < 0) {
      this.abort('TargetProtocolError');
      this.#client.socket.destroy();
      return;
    }
    let more = true;
    const { socket } = this.#client;
    if (this.#dechunk)
      for (const [start, stop] of body.pieces ?? []) {
        more = socket.write(chunk.subarray(start, stop));
        this.#sent += stop - start;
      }
    else if (end > from) {
      more = socket.write(from === 0 && end === chunk.length ? chunk : chunk.subarray(from, end));
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
    this.#client.finishExchange(requestWhole && this.#keepsClient());
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
      // The client has part of a response: only a reset tells it so.
      this.#finish('TargetConnectionClosed', this.#response.status);
      this.#client.socket.destroy();
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
    if (now - this.#lastActive > idle) {
      if (this.#response === undefined)
        this.#fail(504, 'the target did not answer within the idle timeout', 'TargetDataTimeout');
      else {
        this.abort('TargetDataTimeout');
        this.#client.socket.destroy();
      }
    }
  }

  /** Ends the exchange without an answer: the client is gone or must be cut off. */
  abort(reason: FailureReason): void {
    if (this.#finished) return;
    this.#dropUpstream();
    this.#finish(reason, this.#response?.status ?? 0);
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
