// The request's half of an exchange: head and body on their way to the target, held back where the target is slower.

import type { UpstreamConnection } from '../upstream/pool.ts';
import type { ExchangeStart } from './exchange-record.ts';
import type { ExchangeClient } from './running-exchange.ts';

/** Sends one request, or what is there of it. */
export class RequestSide {
  readonly #client: ExchangeClient;
  readonly #start: ExchangeStart;
  /** Body bytes that came before the target's connection stood. */
  #pending: Buffer | undefined;
  /** Whether a byte of the body left: such a request cannot be sent again. */
  #bodySent = false;
  /** Bytes taken from the client, head included. */
  received: number;
  /** Monotonic milliseconds when the last byte left, -1 before. */
  sentMark = -1;

  constructor(client: ExchangeClient, start: ExchangeStart) {
    this.#client = client;
    this.#start = start;
    this.received = start.headBytes + start.early.length;
    if (start.early.length > 0) this.#pending = start.early;
  }

  /** Whether the client has sent the whole request. */
  get whole(): boolean {
    return this.#start.body.done;
  }

  /** Whether it is whole and has no body that left or would have to leave. */
  get repeatable(): boolean {
    return this.whole && !this.#bodySent && this.#pending === undefined;
  }

  /** Stops reading the client while there is nobody to send its body to. */
  wait(): void {
    if (!this.whole) this.#client.socket.pause();
  }

  /** Reads the client on, if it still has something to say in this request. */
  goOn(): void {
    if (!this.whole && this.#client.socket.isPaused()) this.#client.socket.resume();
  }

  /** Sends the head and what came of the body so far. */
  send({ socket }: UpstreamConnection): void {
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
    if (!more) this.wait();
  }

  /**
   * Takes bytes of the client, of which all belong to the body; they are kept until `upstream` stands. If they are `own`, they are good until
   * the client is read again.
   */
  take(part: Buffer, own: boolean, upstream: UpstreamConnection | undefined): void {
    this.received += part.length;
    if (upstream === undefined || !upstream.connected) {
      this.#pending = this.#pending === undefined ? Buffer.from(part) : Buffer.concat([this.#pending, part]);
      return;
    }
    this.#bodySent = true;
    const { socket } = upstream;
    // Of a piece as large as the high-water mark a drain follows for sure, before which the client is not read on.
    if (!socket.write(own && part.length < socket.writableHighWaterMark ? Buffer.from(part) : part)) this.wait();
    this.#noteSent();
  }

  #noteSent(): void {
    if (this.whole) this.sentMark = this.#client.context.clock.monotonic();
  }
}
