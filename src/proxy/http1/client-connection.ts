// One client connection speaking HTTP/1.1: reads requests one after the other, answers or hands them to an exchange, keeps what came early.

import type { Socket } from 'node:net';
import { decide, type Decision, type Entry } from '../request/decide.ts';
import { formatAnswer } from '../request/answer.ts';
import { Exchange } from '../request/exchange.ts';
import { prepareRouteText, type RouteText } from '../request/route-text.ts';
import type { CompiledRule, World } from '../world.ts';
import type { ProxyContext } from '../context.ts';
import { ChunkedBody, emptyBody, LengthBody, type BodyReader } from './body.ts';
import { MAX_HEAD_BYTES, parseRequestHead, type RequestHead } from './request-head.ts';

/** Bytes of a request's body that are read and thrown away after an answer of our own, before the connection is given up. */
const MAX_DISCARD = 256 * 1024;

/** What a connection is doing. */
type State =
  /** Waiting for, or inside, a head. */
  | 'head'
  /** An exchange with a target runs. */
  | 'exchange'
  /** Our answer is out; the rest of the request's body is being thrown away. */
  | 'discard'
  | 'closed';

/** A client's connection. */
export class ClientConnection {
  readonly socket: Socket;
  readonly entry: Entry;
  readonly context: ProxyContext;
  readonly clientAddress: string;
  readonly clientIpPort: string;
  /** Monotonic milliseconds of the accept, and of the last byte in or out. */
  readonly since: number;
  lastActive: number;
  state: State = 'head';
  #carry: Buffer | undefined;
  #exchange: Exchange | undefined;
  #discard: BodyReader = emptyBody;
  #discarded = 0;
  #closeAfter = false;
  /** Texts of the last rule by position of the target group: keep-alive connections mostly stay with one rule. */
  #memoRule: CompiledRule | undefined;
  #memoWorld: World | undefined;
  #memo: RouteText[] = [];
  readonly #forwarded: string;

  constructor(socket: Socket, entry: Entry, context: ProxyContext) {
    this.socket = socket;
    this.entry = entry;
    this.context = context;
    const remote = socket.remoteAddress ?? '';
    this.clientAddress = remote.startsWith('::ffff:') ? remote.slice(7) : remote;
    this.clientIpPort = `${this.clientAddress}:${socket.remotePort ?? 0}`;
    this.#forwarded = `\r\nx-forwarded-port: ${entry.port}\r\nx-forwarded-for-port: ${entry.port}\r\nx-forwarded-proto: http\r\nx-forwarded-for-proto: http\r\n`;
    this.since = context.clock.monotonic();
    this.lastActive = this.since;
    socket.on('data', (chunk: Buffer) => this.#onData(chunk));
    socket.on('drain', () => this.#exchange?.onClientDrain());
    socket.on('end', () => this.#onEnd());
    socket.on('error', () => {});
    socket.on('close', () => this.#onClose());
  }

  /** Whether nothing is going on: such a connection may be closed for being idle or for a shutdown. */
  get idle(): boolean {
    return this.state === 'head' && this.#carry === undefined;
  }

  /** Closes now if idle, else after the running exchange. */
  closeSoon(): void {
    this.#closeAfter = true;
    if (this.idle) this.socket.end();
  }

  /** Called every second: ends what is too slow, too idle or too old. */
  sweep(now: number): void {
    const { limits } = this.context;
    if (this.state === 'head') {
      if (this.#carry !== undefined && now - this.lastActive > limits.requestHeadTimeout)
        this.#refuse(408, 'the request head took too long');
      else if (this.idle && now - this.lastActive > this.context.idleTimeout) this.socket.end();
    } else if (this.state === 'exchange') this.#exchange?.sweep(now);
    else if (this.state === 'discard' && now - this.lastActive > limits.requestHeadTimeout) this.socket.destroy();
    if (now - this.since > limits.maxConnectionDuration) this.closeSoon();
  }

  #onData(chunk: Buffer): void {
    this.lastActive = this.context.clock.monotonic();
    if (this.state === 'head') this.#onHeadBytes(chunk);
    else if (this.state === 'exchange') this.#feedExchange(chunk, 0);
    else if (this.state === 'discard') this.#onDiscard(chunk, 0);
  }

  #feedExchange(chunk: Buffer, from: number): void {
    const exchange = this.#exchange;
    if (exchange === undefined) return;
    const end = exchange.onClientBytes(chunk, from);
    if (end < 0) {
      exchange.abort('ClientProtocolError');
      this.#refuse(400, 'malformed chunked body');
    } else if (end < chunk.length) this.#hold(chunk.subarray(end));
  }

  /** Keeps bytes of a following request until this one is done. */
  #hold(bytes: Buffer): void {
    this.#carry = this.#carry === undefined ? bytes : Buffer.concat([this.#carry, bytes]);
    this.socket.pause();
  }

  #onHeadBytes(chunk: Buffer): void {
    let bytes = this.#carry === undefined ? chunk : Buffer.concat([this.#carry, chunk]);
    this.#carry = undefined;
    // RFC 9112 2.2: empty lines before a request line are ignored.
    let skip = 0;
    while (bytes[skip] === 13 && bytes[skip + 1] === 10) skip += 2;
    if (skip > 0) bytes = bytes.subarray(skip);
    if (bytes.length === 0) return;
    const text = bytes.toString('latin1', 0, Math.min(bytes.length, MAX_HEAD_BYTES + 4));
    const end = text.indexOf('\r\n\r\n');
    if (end < 0) {
      if (bytes.length > MAX_HEAD_BYTES) this.#refuse(400, 'more than 60 KB of headers');
      // A line that already ended without a CR, or a NUL, cannot become a good head: refused now instead of waiting for the rest.
      else if (/(^|[^\r])\n|\0/.test(text)) this.#refuse(400, 'malformed head');
      else this.#carry = bytes;
      return;
    }
    const head = parseRequestHead(text.slice(0, end + 2));
    if ('reason' in head) {
      this.#refuse(head.status, head.reason);
      return;
    }
    this.#begin(head, bytes, end + 4);
  }

  #begin(head: RequestHead, bytes: Buffer, bodyStart: number): void {
    const { context } = this;
    const world = context.world();
    const decision = decide(world, this.entry, head);
    const requestId = head.requestId === '' ? context.random.uuid() : head.requestId;
    const body = head.chunked
      ? new ChunkedBody()
      : head.contentLength > 0
        ? new LengthBody(head.contentLength)
        : emptyBody;
    if (decision.kind === 'forward') {
      const group = context.groups.find(decision.groupId);
      if (group === undefined || group.targets.length === 0) {
        this.#answer(
          world,
          { ...decision, kind: 'answer', status: 503, reason: 'the target group has no registered targets' },
          head,
          requestId,
          body,
          bytes,
          bodyStart,
        );
        return;
      }
      this.state = 'exchange';
      const text = this.#routeText(world, decision);
      const forwardedFor =
        head.forwardedFor === '' ? this.clientAddress : `${head.forwardedFor}, ${this.clientAddress}`;
      const upstreamHead = `${head.method} ${head.target} HTTP/1.1\r\n${head.forward}x-forwarded-for: ${forwardedFor}${this.#forwarded}${text.headers}x-amzn-requestid: ${requestId}\r\n\r\n`;
      const exchange = new Exchange(this, {
        world,
        decision,
        head,
        requestId,
        body,
        text,
        upstreamHead,
        group,
        headBytes: bodyStart,
      });
      this.#exchange = exchange;
      exchange.start(bytes, bodyStart);
      // `start` may already have ended the exchange (a target that refused at once).
      if (this.#exchange === exchange && exchange.bodyEnd < bytes.length) this.#hold(bytes.subarray(exchange.bodyEnd));
      return;
    }
    this.#answer(world, decision, head, requestId, body, bytes, bodyStart);
  }

  #routeText(world: World, decision: Extract<Decision, { kind: 'forward' }>): RouteText {
    if (this.#memoRule !== decision.rule || this.#memoWorld !== world) {
      this.#memoRule = decision.rule;
      this.#memoWorld = world;
      this.#memo = [];
    }
    return (this.#memo[decision.position] ??= prepareRouteText(
      decision.door,
      decision.listener,
      decision.rule,
      world.targetGroups.get(decision.groupId),
    ));
  }

  #answer(
    world: World,
    decision: Extract<Decision, { kind: 'answer' }>,
    head: RequestHead,
    requestId: string,
    body: BodyReader,
    bytes: Buffer,
    bodyStart: number,
  ): void {
    const keepAlive = head.keepAlive && !this.#closeAfter && !(head.expectContinue && !body.done);
    const text = formatAnswer(decision.status, decision.reason, requestId, keepAlive, head.method === 'HEAD');
    this.socket.write(text, 'latin1');
    const { context } = this;
    context.countAnswer(decision.listener?.service.id, decision.status);
    context.log({
      context: prepareRouteText(decision.door, decision.listener, decision.rule, undefined).record,
      startTime: context.clock.now(),
      method: head.method,
      path: head.target,
      host: head.host,
      userAgent: head.userAgent,
      protocol: head.minor === 1 ? 'HTTP/1.1' : 'HTTP/1.0',
      requestId,
      status: decision.status,
      bytesReceived: bodyStart,
      bytesSent: text.length,
      duration: 0,
      requestToTargetDuration: -1,
      responseFromTargetDuration: -1,
      sourceIpPort: this.clientIpPort,
      targetIpPort: '',
      failureReason: '',
      revision: world.revision,
    });
    if (!keepAlive) this.#closeAfter = true;
    this.state = 'discard';
    this.#discard = body;
    this.#discarded = 0;
    this.#onDiscard(bytes, bodyStart);
  }

  #onDiscard(chunk: Buffer, from: number): void {
    const end = this.#discard.consume(chunk, from);
    this.#discarded += (end < 0 ? chunk.length : end) - from;
    if (end < 0 || this.#discarded > MAX_DISCARD) {
      this.socket.destroySoon();
      this.state = 'closed';
      return;
    }
    if (!this.#discard.done) {
      if (this.#closeAfter) this.socket.end();
      return;
    }
    this.#next(end < chunk.length ? chunk.subarray(end) : undefined);
  }

  /** Called by the exchange when its response is out; `reusable` tells whether the client's side of the message is complete. */
  finishExchange(reusable: boolean): void {
    this.#exchange = undefined;
    if (!reusable) {
      this.state = 'closed';
      this.socket.destroySoon();
      return;
    }
    const carry = this.#carry;
    this.#carry = undefined;
    this.#next(carry);
  }

  #next(rest: Buffer | undefined): void {
    if (this.#closeAfter) {
      this.state = 'closed';
      this.socket.destroySoon();
      return;
    }
    this.state = 'head';
    if (this.socket.isPaused()) this.socket.resume();
    // Not recursive: a client that pipelines ten thousand requests must not deepen the stack.
    if (rest !== undefined) {
      this.#carry = rest;
      setImmediate(() => {
        if (this.state === 'head' && !this.socket.destroyed) this.#onHeadBytes(Buffer.alloc(0));
      });
    }
  }

  /** Whether the connection ends after the running exchange. */
  get closing(): boolean {
    return this.#closeAfter;
  }

  #refuse(status: number, reason: string): void {
    this.state = 'closed';
    const { context } = this;
    context.countAnswer(undefined, status);
    this.socket.end(formatAnswer(status, reason, context.random.uuid(), false, false), 'latin1');
    // What still arrives is not read: the client gets the answer, then a reset.
    context.clock.after(1000, () => this.socket.destroy());
  }

  #onEnd(): void {
    if (this.state === 'exchange') this.#exchange?.onClientEnd();
    else this.socket.end();
  }

  #onClose(): void {
    const exchange = this.#exchange;
    this.#exchange = undefined;
    this.state = 'closed';
    this.#carry = undefined;
    exchange?.abort('ClientConnectionClosed');
    this.context.forget(this);
  }
}
