// One client connection speaking HTTP/1.1: reads requests one after the other, answers or hands them to an exchange, keeps what came early.

import type { Socket } from 'node:net';
import { findDoor, type Entry } from '../request/decide.ts';
import { openExchange } from '../request/open-exchange.ts';
import type { FailureReason } from '../request/exchange-record.ts';
import { giveAnswer } from '../request/give-answer.ts';
import { RequestRouter, type Answered } from '../request/request-router.ts';
import type { ExchangeClient, RunningExchange } from '../request/running-exchange.ts';
import type { OpenConnection, ProxyContext } from '../context.ts';
import { readInto, type ReadTarget } from '../listener/shared-reads.ts';
import { ConnectionReads } from '../read-buffers.ts';
import { emptyBody, type BodyReader } from './body.ts';
import { ClientWatch } from './client-watch.ts';
import { HeadReader } from './head-reader.ts';
import { openRequest, type OpenRequest } from './open-request.ts';
import { refusals, type Refusal } from './rules.ts';

/** What a connection is doing. */
type State =
  /** Waiting for, or inside, a head. */
  | 'head'
  /** An exchange with a target runs. */
  | 'exchange'
  /** The client has not taken our last answer yet: it gets no further one. */
  | 'blocked'
  /** Our answer is out; the rest of the request's body is being thrown away. */
  | 'discard'
  /** Our last byte is on its way; what the client still sends is thrown away. */
  | 'linger'
  | 'closed';

/** A client's connection. */
export class ClientConnection implements ReadTarget, ExchangeClient, OpenConnection {
  readonly socket: Socket;
  readonly entry: Entry;
  readonly doorKey: string;
  readonly context: ProxyContext;
  readonly clientAddress: string;
  readonly clientIpPort: string;
  /** Monotonic milliseconds of the accept, and of the last byte in. */
  readonly since: number;
  lastActive: number;
  state: State = 'head';
  readonly #watch: ClientWatch;
  /** Holds an unfinished head, or the next request while one is being answered. */
  readonly #heads: HeadReader;
  /** Whether what is held is to be looked at in the loop's next turn. */
  #scheduled = false;
  /** Whether the client has sent its FIN: what it asked is still answered. */
  #ended = false;
  #exchange: RunningExchange | undefined;
  readonly #reads: ConnectionReads;
  /** Of the request that is being answered. */
  #body: BodyReader = emptyBody;
  #discarded = 0;
  #closeAfter = false;
  /** Whether no head says any more that the connection goes on. One that has said so already is kept to: the client may be sending. */
  #closeNext = false;
  readonly #router: RequestRouter;

  constructor(socket: Socket, entry: Entry, doorKey: string, context: ProxyContext) {
    this.socket = socket;
    this.entry = entry;
    this.doorKey = doorKey;
    this.context = context;
    this.#heads = new HeadReader(context.limits);
    const remote = socket.remoteAddress ?? '';
    this.clientAddress = remote.startsWith('::ffff:') ? remote.slice(7) : remote;
    this.clientIpPort = `${this.clientAddress}:${socket.remotePort ?? 0}`;
    this.#router = new RequestRouter(context, entry, this.clientAddress);
    this.#watch = new ClientWatch(context.limits);
    this.since = context.clock.monotonic();
    this.lastActive = this.since;
    this.#reads = new ConnectionReads(context.buffers);
    readInto(socket, this);
    socket.on('drain', () =>
      this.#guard(() => (this.state === 'blocked' ? this.#next() : this.#exchange?.onClientDrain())),
    );
    socket.on('finish', () => this.#watch.owe((this.lastActive = context.clock.monotonic())));
    socket.on('end', () => this.#guard(() => this.#onEnd()));
    socket.on('error', () => {});
    socket.on('close', () => this.#guard(() => this.#onClose()));
  }

  /** Whether nothing is going on: such a connection may be closed for being idle or for a shutdown. */
  get idle(): boolean {
    return this.state === 'head' && !this.#heads.holds;
  }

  closeSoon(): void {
    this.#closeAfter = true;
    if (this.idle) this.#end();
  }

  closeNext(): void {
    this.#closeNext = true;
  }

  sweep(now: number): void {
    if (this.state === 'exchange') this.#exchange?.sweep(now);
    const verdict = this.#watch.look(this, now);
    if (verdict === 'end') this.#end();
    else if (verdict === 'refuse') this.#refuse(refusals.headSlow, this.#heads.size);
    else if (verdict === 'reset') this.socket.resetAndDestroy();
    else if (verdict === 'destroy') this.socket.destroy();
    const over = now - this.since - this.context.limits.maxConnectionDuration;
    if (over <= 0) return;
    this.closeSoon();
    if (this.#exchange !== undefined) this.#exchange.outlive(over);
    // Nor does a client that takes our last bytes drop by drop last longer.
    else if (over > this.context.limits.clientIdleTimeout && !this.socket.writableFinished && !this.socket.destroyed)
      this.socket.resetAndDestroy();
  }

  next(): Buffer {
    return this.#reads.next;
  }

  onRead(chunk: Buffer): void {
    this.lastActive = this.context.clock.monotonic();
    try {
      if (this.state === 'head') this.#onHeadBytes(chunk);
      else if (this.state === 'exchange')
        if (this.#reads.own) this.#feedExchange(chunk, true);
        else this.#feedExchange(Buffer.from(chunk), false);
      else if (this.state === 'discard') this.#onDiscard(Buffer.from(chunk));
    } catch (error) {
      this.onBug(error);
    }
  }

  #guard(act: () => void): void {
    try {
      act();
    } catch (error) {
      this.onBug(error);
    }
  }

  onBug(error: unknown): void {
    const { context } = this;
    context.reportBug(error);
    if (this.#isOver()) return;
    const exchange = this.#exchange;
    try {
      if (exchange === undefined) this.#refuse({ status: 500, reason: 'an internal error' }, 0, 'InternalError', '');
      else exchange.crash();
    } catch (second) {
      context.reportBug(second);
    }
    // What cannot even answer is cut.
    if ((exchange === undefined || this.#exchange === exchange) && !this.#isOver()) this.cutOff();
  }

  #isOver(): boolean {
    return this.state === 'closed' || this.state === 'linger';
  }

  #feedExchange(chunk: Buffer, own: boolean): void {
    this.#reads.note(chunk.length);
    const end = this.#exchange?.onClientBytes(chunk, own) ?? -1;
    if (end >= 0 && end < chunk.length) this.#hold(own ? Buffer.from(chunk.subarray(end)) : chunk.subarray(end));
    // Its last piece may still be written from there.
    if (this.#body.done) this.#reads.reset(false);
  }

  /** Keeps bytes of a following request until this one is done. */
  #hold(bytes: Buffer): void {
    this.#heads.hold(bytes);
    this.socket.pause();
  }

  /** Takes more of a head; without `chunk` it looks at what is held. */
  #onHeadBytes(chunk?: Buffer): void {
    if (!this.#heads.holds) this.#watch.owe(this.lastActive);
    const found = this.#heads.look(chunk);
    if (found.kind === 'whole') {
      // What is read next comes to the same place: what is more than a head is kept elsewhere.
      const alone = chunk === undefined || found.bodyStart === found.bytes.length;
      const bytes = alone ? found.bytes : Buffer.from(found.bytes);
      const request = openRequest(found.text, bytes, found.bodyStart, this.context.limits);
      if ('reason' in request) this.#refuse(request, found.bytes.length);
      else this.#begin(request);
    } else if (found.kind === 'bad') this.#refuse(found.refusal, found.size);
    else if (this.#ended) this.#end();
    else if (this.socket.isPaused()) this.socket.resume();
  }

  #begin(request: OpenRequest): void {
    const { head, rest } = request;
    const routed = this.#router.route(request);
    const { listener } = routed.kind === 'answer' ? routed.decision : routed.start.decision;
    if (listener !== undefined) this.#watch.idleTimeout = listener.service.idleTimeoutSeconds * 1000;
    // What is wrong with a body is answered by whoever would have got it: one request is one line of the log, however it comes.
    const refusal = head.contentLength > this.context.limits.maxRequestBody ? refusals.bodyLong : request.broken;
    if (refusal !== undefined) this.#closeAfter = true;
    if (routed.kind === 'answer') {
      this.#answer(routed, request);
      return;
    }
    this.state = 'exchange';
    const exchange = openExchange(this, routed.start);
    this.#exchange = exchange;
    this.#body = request.body;
    // Before the start, which may end the exchange at once and so begin the next.
    if (rest !== undefined) this.#hold(rest);
    if (refusal === undefined) exchange.start();
    else exchange.fail(refusal.status, refusal.reason, 'ClientProtocolError');
  }

  #answer({ decision, requestId, revision }: Answered, { head, body, headBytes, early, rest }: OpenRequest): void {
    const keepAlive = head.keepAlive && !this.closing && !(head.expectContinue && !body.done);
    if (!keepAlive) this.#closeAfter = true;
    const { status, reason, denied } = decision;
    const failureReason = denied === undefined ? '' : 'ClientAccessDenied';
    const bytesReceived = headBytes + early.length;
    giveAnswer(this, {
      ...{ status, reason, requestId, keepAlive, revision, bytesReceived, failureReason, head },
      way: decision,
    });
    if (rest !== undefined) this.#heads.hold(rest);
    if (body.done) this.#next();
    else if (!keepAlive) this.#end();
    else {
      this.state = 'discard';
      this.#body = body;
      this.#discarded = 0;
      this.#watch.owe(this.lastActive);
    }
  }

  #onDiscard(chunk: Buffer): void {
    const end = this.#body.consume(chunk, 0);
    this.#discarded += chunk.length;
    if (end < 0 || this.#discarded > this.context.limits.maxDiscard) this.#end();
    else if (this.#body.done) {
      if (end < chunk.length) this.#heads.hold(chunk.subarray(end));
      this.#next();
    }
  }

  finishExchange(reusable: boolean): void {
    this.#exchange = undefined;
    if (reusable) this.#next();
    else this.#end();
  }

  cutOff(): void {
    this.#exchange = undefined;
    this.state = 'closed';
    this.socket.resetAndDestroy();
  }

  /** Goes on to the next request, which may be here already. */
  #next(): void {
    if (this.#closeAfter || (this.#ended && !this.#heads.holds)) {
      this.#end();
      return;
    }
    this.#watch.owe(this.lastActive);
    if (this.socket.writableNeedDrain) {
      this.state = 'blocked';
      this.socket.pause();
      return;
    }
    this.state = 'head';
    if (!this.#heads.holds) {
      if (this.socket.isPaused()) this.socket.resume();
      return;
    }
    // What is held is answered before more is read: it does not grow.
    this.socket.pause();
    // Not recursive: a client that pipelines ten thousand requests must not deepen the stack.
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      if (this.state === 'head') this.#guard(() => this.#onHeadBytes());
    });
  }

  /** Whether a head that is written now says that the connection ends. */
  get closing(): boolean {
    return this.#closeAfter || this.#closeNext;
  }

  /** Turns the connection away before it has asked for anything. */
  turnAway(): void {
    this.#refuse(refusals.connectionsMany, 0, 'ClientRateLimited');
  }

  takeHeld(): Buffer | undefined {
    if (this.socket.isPaused()) this.socket.resume();
    return this.#heads.take();
  }

  #refuse(
    { status, reason }: Pick<Refusal, 'status' | 'reason'>,
    bytesReceived: number,
    failureReason: FailureReason = 'ClientProtocolError',
    requestId = this.context.random.uuid(),
  ): void {
    const world = this.context.world();
    const door = findDoor(world, this.entry);
    giveAnswer(this, {
      ...{ status, reason, requestId, keepAlive: false, revision: world.revision, bytesReceived, failureReason },
      way: door === undefined ? {} : { door },
    });
    this.#end();
  }

  /** Sends our FIN after what is written, and throws away what still comes. */
  #end(): void {
    this.state = 'linger';
    this.#heads.clear();
    this.lastActive = this.context.clock.monotonic();
    this.#watch.owe(this.lastActive);
    this.socket.end();
    this.socket.resume();
  }

  #onEnd(): void {
    this.#ended = true;
    if (this.state === 'exchange') this.#exchange?.onClientEnd();
    else if (this.state === 'discard' || (this.state === 'head' && !this.#scheduled)) this.#end();
  }

  #onClose(): void {
    const exchange = this.#exchange;
    this.#exchange = undefined;
    this.state = 'closed';
    this.#heads.clear();
    exchange?.abort('ClientConnectionClosed');
    this.context.forget(this);
  }
}
