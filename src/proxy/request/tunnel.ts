// Bytes both ways between a client and its target after they changed to another protocol (WebSocket).

import type { Socket } from 'node:net';
import type { ExchangeClient } from './running-exchange.ts';

/** Passes bytes on unread; whichever side takes them more slowly holds the other back. */
export class Tunnel {
  readonly #client: ExchangeClient;
  readonly #target: Socket;
  /** Bytes that came from the client and went to it. */
  received = 0;
  sent = 0;

  constructor(client: ExchangeClient, target: Socket) {
    this.#client = client;
    this.#target = target;
  }

  /** Takes bytes of the client. */
  fromClient(chunk: Buffer): void {
    this.received += chunk.length;
    if (!this.#target.write(chunk)) this.#client.socket.pause();
  }

  /** Takes bytes of the target; `chunk` is only good during the call. */
  fromTarget(chunk: Buffer): void {
    if (chunk.length === 0) return;
    this.sent += chunk.length;
    if (!this.#client.socket.write(Buffer.from(chunk))) this.#target.pause();
  }

  /** The client will send nothing more; what the target still says is passed on. */
  onClientEnd(): void {
    this.#target.end();
  }
}
