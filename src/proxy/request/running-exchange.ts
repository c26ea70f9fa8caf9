// What a client's connection and the exchange that answers its request know of each other.

import type { Socket } from 'node:net';
import type { ProxyContext } from '../context.ts';
import type { FailureReason } from './exchange-record.ts';

/** An exchange as the client's connection sees it; whoever gets the answer, a target or something else, implements it. */
export interface RunningExchange {
  /** Begins. It may end at once, and so begin the connection's next request. */
  start(): void;
  /** Answers in the target's place, for `reason`; in place of `start` too. Only while the client has nothing of a response. */
  fail(status: number, sentence: string, reason: FailureReason): void;
  /**
   * Takes bytes of the client; returns the index after the last one that belongs to this request, or -1 when its framing is broken, which
   * ends the exchange. If they are `own`, they are only good until the client is read again; else nobody writes over them.
   */
  onClientBytes(chunk: Buffer, own: boolean): number;
  /** The client sent its FIN. */
  onClientEnd(): void;
  /** The client took what was written to it. */
  onClientDrain(): void;
  /** Called every second with the monotonic time. */
  sweep(now: number): void;
  /** The connection is `over` milliseconds older than it may become: a running response gets a grace, a tunnel none. */
  outlive(over: number): void;
  /** A bug of ours ends the exchange: with 500 while the client has nothing of a response, else its connection is cut. */
  crash(): void;
  /** Ends the exchange without an answer, for `reason`. */
  abort(reason: FailureReason): void;
}

/** A client's connection as its running exchange sees it. */
export interface ExchangeClient {
  readonly socket: Socket;
  readonly context: ProxyContext;
  readonly clientAddress: string;
  readonly clientIpPort: string;
  /** Monotonic milliseconds of the last byte in. */
  readonly lastActive: number;
  /** Whether the connection ends after the running exchange. */
  readonly closing: boolean;
  /** What the client sent behind its request, which is then no further request. */
  takeHeld(): Buffer | undefined;
  /** The response is out; `reusable` tells whether another request may follow on this connection. */
  finishExchange(reusable: boolean): void;
  /** Something was thrown that nobody expected: it ends the request, and not the process. */
  onBug(error: unknown): void;
  /** The client must see that its response is not whole: only a reset tells every client so. */
  cutOff(): void;
}
