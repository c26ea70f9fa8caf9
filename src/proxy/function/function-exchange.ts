// One request that a function answers: collects its body, invokes, writes the response.

import { MAX_FUNCTION_PAYLOAD } from '../../snapshot/index.ts';
import { ChunkedBody } from '../http1/body.ts';
import { refusals } from '../http1/rules.ts';
import type { TargetGroupMetrics } from '../metrics.ts';
import { ExchangeAccount } from '../request/exchange-account.ts';
import type { ExchangeStart, FailureReason } from '../request/exchange-record.ts';
import type { ExchangeClient, RunningExchange } from '../request/running-exchange.ts';
import { createCollectedBody } from './collected-body.ts';
import { formatEvent } from './event.ts';
import type { Invoked } from './invoke-client.ts';
import { formatFunctionHead, parseFunctionResponse } from './response.ts';

/** Chunks may frame each byte of a body with a line of its own; so much is taken of one, framing included. */
const MAX_FRAMED = 2 * MAX_FUNCTION_PAYLOAD;

/** Bytes of a response that are written at once; the next follow when the client has taken them, so that it is seen to take them. */
const PIECE = 64 * 1024;

/** A running exchange with a function. */
export class FunctionExchange implements RunningExchange {
  readonly #client: ExchangeClient;
  readonly #start: ExchangeStart;
  readonly #arn: string;
  readonly #group: TargetGroupMetrics;
  readonly #collected = createCollectedBody();
  /** Takes chunks apart as they come: a body of a million chunks is not held up at its end. */
  readonly #chunks: ChunkedBody | undefined;
  readonly #account: ExchangeAccount;
  #framed = 0;
  #received: number;
  #sent = 0;
  #sentMark = -1;
  #responseMark = -1;
  #lastActive: number;
  #giveUp = (): void => {};
  /** The response that is being written; `rest` is what of its body has not been. */
  #response: { readonly status: number; readonly keepAlive: boolean; rest: Buffer } | undefined;
  #finished = false;

  constructor(client: ExchangeClient, start: ExchangeStart, arn: string) {
    this.#client = client;
    this.#start = start;
    this.#arn = arn;
    this.#group = client.context.metrics.targetGroup(start.decision.groupId, '');
    this.#group.activeRequests.value++;
    this.#chunks = start.head.chunked ? new ChunkedBody(true) : undefined;
    this.#received = start.headBytes;
    this.#account = new ExchangeAccount(client, start);
    this.#lastActive = client.lastActive;
  }

  start(): void {
    const { early, body, head } = this.#start;
    if (head.contentLength > MAX_FUNCTION_PAYLOAD) {
      this.#tooLarge();
      return;
    }
    if (!this.#collect(early)) return;
    if (body.done) this.#invoke();
    else if (head.expectContinue && early.length === 0)
      this.#client.socket.write('HTTP/1.1 100 Continue\r\n\r\n', 'latin1');
  }

  onClientBytes(bytes: Buffer, own: boolean): number {
    const chunk = own ? Buffer.from(bytes) : bytes;
    const { body } = this.#start;
    if (body.done) return 0;
    const end = body.consume(chunk, 0);
    if (end < 0) {
      const { status, reason } = body.fault ?? refusals.chunkSize;
      this.fail(status, reason, 'ClientProtocolError');
      return -1;
    }
    this.#lastActive = this.#client.lastActive;
    if (!this.#collect(chunk.subarray(0, end))) return -1;
    if (body.done) this.#invoke();
    return end;
  }

  onClientEnd(): void {
    if (!this.#start.body.done) this.#cut('ClientConnectionClosed');
  }

  onClientDrain(): void {
    this.#lastActive = this.#client.context.clock.monotonic();
    this.#writeMore();
  }

  sweep(now: number): void {
    if (now - this.#lastActive <= this.#start.decision.listener.service.idleTimeoutSeconds * 1000) return;
    if (this.#response !== undefined) this.#cut('ClientConnectionClosed');
    else if (this.#start.body.done)
      this.fail(504, 'the function did not answer within the idle timeout', 'TargetDataTimeout');
    else this.fail(refusals.bodySlow.status, refusals.bodySlow.reason, 'ClientProtocolError');
  }

  outlive(over: number): void {
    if (over <= this.#client.context.limits.clientIdleTimeout) return;
    if (this.#response !== undefined) this.#cut('ConnectionDurationExceeded');
    else this.fail(504, 'the connection reached its longest duration', 'ConnectionDurationExceeded');
  }

  fail(status: number, sentence: string, reason: FailureReason): void {
    if (this.#finished) return;
    this.#giveUp();
    const { sent, keepAlive } = this.#account.answer(status, sentence, this.#start.body.done);
    this.#sent += sent;
    this.#finish(reason, status);
    this.#client.finishExchange(keepAlive);
  }

  crash(): void {
    if (this.#response !== undefined) this.#cut('InternalError');
    else this.fail(500, 'an internal error', 'InternalError');
  }

  abort(reason: FailureReason): void {
    if (this.#finished) return;
    this.#giveUp();
    this.#finish(reason, this.#response?.status ?? 0);
  }

  /** Keeps bytes of the body; false when they are too many, which ends the exchange. */
  #collect(bytes: Buffer): boolean {
    this.#received += bytes.length;
    this.#framed += bytes.length;
    if (this.#chunks === undefined) this.#collected.append(bytes, 0, bytes.length);
    else {
      // They have been read once already, and so are well-formed.
      this.#chunks.consume(bytes, 0);
      for (const [start, end] of this.#chunks.pieces ?? []) this.#collected.append(bytes, start, end);
    }
    if (this.#collected.length <= MAX_FUNCTION_PAYLOAD && this.#framed <= MAX_FRAMED) return true;
    this.#tooLarge();
    return false;
  }

  #tooLarge(): void {
    this.fail(413, 'a function takes at most 6 MB', 'ClientProtocolError');
  }

  #invoke(): void {
    const { head, decision, world, upstreamHead } = this.#start;
    const { context } = this.#client;
    const group = world.targetGroups.get(decision.groupId);
    const event = formatEvent(group?.functionEvent ?? 'V1', {
      head,
      lines: upstreamHead.slice(upstreamHead.indexOf('\r\n') + 2),
      body: this.#collected.take(),
      context: {
        serviceNetworkArn: decision.door.network.arn,
        serviceArn: decision.listener.service.arn,
        targetGroupArn: group?.arn ?? '',
        sourceVpcArn: decision.door.vpc.arn,
        ...(decision.caller.kind === 'principal' ? { identity: decision.caller.event } : {}),
        region: decision.door.vpc.region,
        time: this.#account.startTime,
      },
    });
    const payload = Buffer.from(event);
    if (payload.length > MAX_FUNCTION_PAYLOAD) {
      this.#tooLarge();
      return;
    }
    this.#sentMark = context.clock.monotonic();
    this.#giveUp = context.functions.invoke(this.#arn, payload, (result) => {
      try {
        this.#onResult(result);
      } catch (bug) {
        this.#client.onBug(bug);
      }
    });
  }

  #onResult(result: Invoked): void {
    if (this.#finished) return;
    // The invocation's connection may be another one's by the time that this ends.
    this.#giveUp = () => {};
    this.#responseMark = this.#client.context.clock.monotonic();
    if (result.kind === 'refused') {
      this.fail(502, `the function was not invoked: ${quote(result.reason)}`, 'TargetConnectionError');
      return;
    }
    if (result.kind === 'failure') {
      const reason = result.type === 'Sandbox.Timedout' ? 'TargetDataTimeout' : 'TargetProtocolError';
      this.fail(502, `the function failed: ${quote(result.reason)}`, reason);
      return;
    }
    const response = parseFunctionResponse(result.payload);
    if (typeof response === 'string') {
      this.fail(502, `the function's response is malformed: ${quote(response)}`, 'TargetProtocolError');
      return;
    }
    const { head, requestId } = this.#start;
    const keepAlive = head.keepAlive && !this.#client.closing;
    const connection = keepAlive ? (head.minor === 0 ? 'connection: keep-alive\r\n' : '') : 'connection: close\r\n';
    const text = formatFunctionHead(response, requestId, connection);
    const none = head.method === 'HEAD' || response.status === 204 || response.status === 304;
    this.#lastActive = this.#responseMark;
    this.#response = { status: response.status, keepAlive, rest: none ? Buffer.alloc(0) : response.body };
    this.#writeMore(text);
  }

  /** Writes on; the exchange is over when the last piece is written, as it is with a target's. */
  #writeMore(head = ''): void {
    const response = this.#response;
    if (response === undefined || this.#finished) return;
    const { socket } = this.#client;
    const piece = response.rest.subarray(0, PIECE);
    response.rest = response.rest.subarray(PIECE);
    this.#sent += head.length + piece.length;
    socket.cork();
    if (head !== '') socket.write(head, 'latin1');
    if (piece.length > 0) socket.write(piece);
    socket.uncork();
    // A drain follows for sure, for a piece that is not the last is as large as the high-water mark.
    if (response.rest.length > 0) return;
    this.#finish('', response.status);
    this.#client.finishExchange(response.keepAlive);
  }

  #cut(reason: FailureReason): void {
    this.abort(reason);
    this.#client.cutOff();
  }

  #finish(reason: FailureReason, status: number): void {
    this.#finished = true;
    this.#collected.take();
    this.#group.activeRequests.value--;
    this.#account.close(this.#group, {
      ...{ status, reason, received: this.#received, sent: this.#sent },
      ...{ sentMark: this.#sentMark, responseMark: this.#responseMark },
    });
  }
}

/** Characters of what a function says of its failure that its client is told. */
const MAX_QUOTE = 1000;

/** The beginning of a text of others, as the UTF-8 bytes that an answer is written in. */
function quote(text: string): string {
  return Buffer.from(text.slice(0, MAX_QUOTE), 'utf8').toString('latin1');
}
