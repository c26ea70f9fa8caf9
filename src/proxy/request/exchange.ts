// One request and its response between a client's connection and a target's: which target, what is tried again, how it ends.

import type { UpstreamConnection, UpstreamUser } from '../upstream/pool.ts';
import { pickTarget, whyNoTarget, type TargetState } from '../upstream/target-state.ts';
import { ExchangeAccount } from './exchange-account.ts';
import type { ExchangeStart, FailureReason } from './exchange-record.ts';
import { RequestSide } from './request-side.ts';
import { ResponseSide, type ResponseOwner } from './response-side.ts';
import { refusals } from '../http1/rules.ts';
import type { ExchangeClient, RunningExchange } from './running-exchange.ts';
import { Tunnel } from './tunnel.ts';

/** Methods whose request may be sent again when a reused connection turned out to be closed (RFC 9110 9.2.2). */
const idempotent: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE', 'PUT', 'DELETE']);

/** Targets tried for one request when connections are refused. */
const MAX_TARGETS = 3;

/** A running exchange. It ends once, by `#finish`, and tells the client's connection. */
export class Exchange implements RunningExchange, UpstreamUser, ResponseOwner {
  readonly #client: ExchangeClient;
  readonly #start: ExchangeStart;
  readonly #request: RequestSide;
  readonly #response: ResponseSide;
  readonly #account: ExchangeAccount;
  #upstream: UpstreamConnection | undefined;
  #target: TargetState | undefined;
  #tried: TargetState[] = [];
  #reused = false;
  #retried = false;
  #tunnel: Tunnel | undefined;
  /** Monotonic milliseconds when the protocol changed: how long it is spoken is not the request's time. */
  #switchMark = -1;
  #finished = false;
  #lastActive: number;

  constructor(client: ExchangeClient, start: ExchangeStart) {
    this.#client = client;
    this.#start = start;
    this.#request = new RequestSide(client, start);
    this.#response = new ResponseSide(client, start, this);
    this.#account = new ExchangeAccount(client, start);
    this.#lastActive = client.lastActive;
  }

  /** Chooses a target and sends the head and what is already there of the body. */
  start(): void {
    const target = pickTarget(this.#start.group, this.#tried);
    if (target === undefined) {
      if (this.#tried.length === 0) this.fail(503, whyNoTarget(this.#start.group.record), '');
      else this.fail(500, 'no connection to a target', 'TargetConnectionError');
      return;
    }
    this.#setTarget(target);
    const repeatable = this.#request.repeatable && idempotent.has(this.#start.head.method);
    const reused = this.#retried || this.#tried.length > 0 ? undefined : target.pool.reuse(this, repeatable);
    this.#reused = reused !== undefined;
    this.#upstream = reused ?? target.pool.dial(this);
    if (reused !== undefined) this.#request.send(reused);
    else this.#request.wait();
  }

  #setTarget(target: TargetState): void {
    if (this.#target !== undefined) this.#target.metrics.activeRequests.value--;
    this.#target = target;
    target.metrics.activeRequests.value++;
  }

  onClientBytes(chunk: Buffer, own: boolean): number {
    const { body } = this.#start;
    if (this.#tunnel !== undefined) {
      this.#lastActive = this.#client.lastActive;
      this.#tunnel.fromClient(own ? Buffer.from(chunk) : chunk);
      return chunk.length;
    }
    if (body.done) return 0;
    const end = body.consume(chunk, 0);
    if (end < 0) {
      const { status, reason } = body.fault ?? refusals.chunkSize;
      // An answer in the middle of a response would be read as part of it.
      if (this.#response.head === undefined) this.fail(status, reason, 'ClientProtocolError');
      else this.cut('ClientProtocolError');
      return -1;
    }
    if (end > 0) {
      this.#lastActive = this.#client.lastActive;
      this.#request.take(end === chunk.length ? chunk : chunk.subarray(0, end), own, this.#upstream);
    }
    return end;
  }

  /** A request that is not whole when the client sends its FIN can never become so. */
  onClientEnd(): void {
    if (this.#tunnel !== undefined) this.#tunnel.onClientEnd();
    else if (!this.#request.whole) this.cut('ClientConnectionClosed');
  }

  onClientDrain(): void {
    this.#lastActive = this.#client.context.clock.monotonic();
    const socket = this.#upstream?.socket;
    if (socket !== undefined && socket.isPaused()) socket.resume();
  }

  onUpstreamConnect(): void {
    const upstream = this.#upstream;
    if (upstream === undefined) return;
    try {
      this.#request.send(upstream);
      if (!upstream.socket.writableNeedDrain) this.#request.goOn();
    } catch (bug) {
      this.#client.onBug(bug);
    }
  }

  onUpstreamDrain(): void {
    if (this.#tunnel === undefined) this.#request.goOn();
    else if (this.#client.socket.isPaused()) this.#client.socket.resume();
  }

  onUpstreamData(chunk: Buffer, own: boolean): void {
    try {
      this.#lastActive = this.#client.context.clock.monotonic();
      if (this.#tunnel === undefined) this.#response.take(chunk, own, this.#lastActive);
      else this.#tunnel.fromTarget(chunk);
    } catch (bug) {
      this.#client.onBug(bug);
    }
  }

  onSwitch(first: Buffer): void {
    const upstream = this.#upstream;
    if (upstream === undefined) return;
    this.#tunnel = new Tunnel(this.#client, upstream.socket);
    this.#switchMark = this.#lastActive;
    this.#tunnel.fromTarget(first);
    // What the client sent behind its request is not another request now.
    const held = this.#client.takeHeld();
    if (held !== undefined) this.#tunnel.fromClient(held);
    if (this.#client.socket.readableEnded) this.#tunnel.onClientEnd();
  }

  holdTarget(): void {
    this.#upstream?.socket.pause();
  }

  onResponseWhole(extra: number): void {
    if (this.#finished) return;
    const upstream = this.#upstream;
    const { head, keepsClient } = this.#response;
    if (upstream !== undefined && this.#request.whole && extra === 0 && head?.keepAlive === true) {
      this.#upstream = undefined;
      upstream.reads.reset(this.#client.socket.writableLength === 0);
      this.#target?.pool.release(upstream, this.#request.sentMark, head.keepAliveSeconds);
    } else this.#dropUpstream();
    this.#finish('', head?.status ?? 0);
    this.#client.finishExchange(keepsClient);
  }

  onUpstreamEnd(error: Error | undefined): void {
    try {
      this.#onEnd(error);
    } catch (bug) {
      this.#client.onBug(bug);
    }
  }

  #onEnd(error: Error | undefined): void {
    const upstream = this.#upstream;
    this.#upstream = undefined;
    if (this.#finished) return;
    const { head, endsWithConnection, mark } = this.#response;
    if (head !== undefined) {
      if ((endsWithConnection || this.#tunnel !== undefined) && error === undefined) {
        this.#finish('', head.status);
        this.#client.finishExchange(false);
      } else this.cut('TargetConnectionClosed');
      return;
    }
    if (upstream !== undefined && !upstream.connected) {
      if (this.#target !== undefined) this.#tried.push(this.#target);
      if (this.#tried.length < MAX_TARGETS) this.start();
      else this.fail(500, 'no connection to a target', 'TargetConnectionError');
      return;
    }
    if (
      this.#reused &&
      mark < 0 &&
      !this.#retried &&
      this.#request.repeatable &&
      idempotent.has(this.#start.head.method)
    ) {
      this.#retried = true;
      this.start();
      return;
    }
    this.fail(502, 'the target closed the connection before its response was whole', 'TargetConnectionClosed');
  }

  sweep(now: number): void {
    const idle = this.#start.decision.listener.service.idleTimeoutSeconds * 1000;
    if (now - this.#lastActive <= idle) return;
    if (this.#tunnel !== undefined) this.#endTunnel('TargetDataTimeout');
    else if (this.#response.head !== undefined)
      // Whoever holds the other back is the one that is late.
      this.cut(this.#upstream?.socket.isPaused() === true ? 'ClientConnectionClosed' : 'TargetDataTimeout');
    else if (!this.#request.whole && !this.#client.socket.isPaused())
      this.fail(refusals.bodySlow.status, refusals.bodySlow.reason, 'ClientProtocolError');
    else this.fail(504, 'the target did not answer within the idle timeout', 'TargetDataTimeout');
  }

  outlive(over: number): void {
    if (this.#tunnel !== undefined) this.#endTunnel('ConnectionDurationExceeded');
    else if (over <= this.#client.context.limits.clientIdleTimeout) return;
    else if (this.#response.head !== undefined) this.cut('ConnectionDurationExceeded');
    else this.fail(504, 'the connection reached its longest duration', 'ConnectionDurationExceeded');
  }

  #endTunnel(reason: FailureReason): void {
    this.abort(reason);
    this.#client.finishExchange(false);
  }

  crash(): void {
    if (this.#response.head === undefined) this.fail(500, 'an internal error', 'InternalError');
    else this.cut('InternalError');
  }

  abort(reason: FailureReason): void {
    if (this.#finished) return;
    this.#dropUpstream();
    this.#finish(reason, this.#response.head?.status ?? 0);
  }

  /** Ends the exchange in the middle of its response, and the client's connection with it. */
  cut(reason: FailureReason): void {
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

  fail(status: number, sentence: string, reason: FailureReason): void {
    if (this.#finished) return;
    this.#dropUpstream();
    const { sent, keepAlive } = this.#account.answer(status, sentence, this.#request.whole);
    this.#response.sent += sent;
    this.#finish(reason, status);
    this.#client.finishExchange(keepAlive);
  }

  #finish(reason: FailureReason, status: number): void {
    this.#finished = true;
    const { decision } = this.#start;
    const target = this.#target;
    const group = target?.metrics ?? this.#client.context.metrics.targetGroup(decision.groupId, '');
    if (target !== undefined) group.activeRequests.value--;
    this.#account.close(group, {
      status,
      reason,
      target,
      received: this.#request.received + (this.#tunnel?.received ?? 0),
      sent: this.#response.sent + (this.#tunnel?.sent ?? 0),
      sentMark: this.#request.sentMark,
      responseMark: this.#response.mark,
      timeMark: this.#switchMark,
    });
  }
}
