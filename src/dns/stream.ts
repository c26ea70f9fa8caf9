// DNS over TCP: messages behind a length of two bytes (RFC 7766), several at once, from clients that may be hostile.

import type { Socket } from 'node:net';
import type { Clock } from '../base/clock.ts';
import { MAX_QUERY } from './message.ts';

/** A connection that asks nothing, or takes no answer, for so many milliseconds is closed. */
const IDLE = 10_000;
/** Answers that one connection may wait for; further queries stay unread. */
const MAX_WAITING = 32;

/** Serves the queries of `socket`; `answer` resolves to undefined for what gets no answer. Calls `closed` once. */
export function serveStream(
  socket: Socket,
  answer: (bytes: Buffer) => Promise<Buffer | undefined>,
  deps: { readonly clock: Clock; readonly closed: () => void },
): void {
  let received: Buffer = Buffer.alloc(0);
  let waiting = 0;
  let ended = false;
  let cancel = (): void => {};
  const rearm = (): void => {
    cancel();
    cancel = deps.clock.after(IDLE, () => socket.destroy());
  };
  const finish = (): void => {
    if (ended && waiting === 0) socket.end();
  };

  const take = (): void => {
    while (waiting < MAX_WAITING && !socket.writableNeedDrain && received.length >= 2) {
      const length = received.readUInt16BE(0);
      if (length > MAX_QUERY) {
        socket.destroy();
        return;
      }
      if (received.length < 2 + length) break;
      const query = received.subarray(2, 2 + length);
      received = received.subarray(2 + length);
      waiting++;
      rearm();
      void answer(query).then(reply);
    }
    if (waiting >= MAX_WAITING || socket.writableNeedDrain) socket.pause();
    else socket.resume();
  };
  const reply = (bytes: Buffer | undefined): void => {
    waiting--;
    if (socket.destroyed) return;
    if (bytes !== undefined) {
      const length = Buffer.alloc(2);
      length.writeUInt16BE(bytes.length);
      socket.write(Buffer.concat([length, bytes]));
      rearm();
    }
    take();
    finish();
  };

  socket.on('data', (chunk: Buffer) => {
    received = received.length === 0 ? chunk : Buffer.concat([received, chunk]);
    take();
  });
  socket.on('drain', take);
  socket.on('end', () => {
    ended = true;
    finish();
  });
  // The reason is the client's own; `close` follows.
  socket.on('error', () => {});
  socket.on('close', () => {
    cancel();
    deps.closed();
  });
  rearm();
}
