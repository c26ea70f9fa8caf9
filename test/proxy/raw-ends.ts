// Clients and targets that say exactly what a test wants, byte for byte.

import { createServer, type AddressInfo, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { HOST } from '../../src/proxy/snapshot-sample.ts';
import { connectPlane, type Plane } from './plane.ts';

/** A target's end of one connection. */
export interface RawPeer {
  readonly socket: Socket;
  /** Everything received (latin1). */
  got: string;
  closed: boolean;
}

/** A target that speaks only through `onData`. */
export interface RawTarget extends AsyncDisposable {
  readonly port: number;
  readonly peers: RawPeer[];
}

/** Opens a target on 127.0.0.1; connections that send nothing are left out of `peers`. */
export async function openRawTarget(onData: (peer: RawPeer, count: number) => void): Promise<RawTarget> {
  const peers: RawPeer[] = [];
  const sockets = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.add(socket);
    const peer: RawPeer = { socket, got: '', closed: false };
    socket.on('data', (data: Buffer) => {
      if (!peers.includes(peer)) peers.push(peer);
      peer.got += data.toString('latin1');
      onData(peer, peers.indexOf(peer));
    });
    socket.on('end', () => socket.end());
    socket.on('error', () => {});
    socket.on('close', () => (peer.closed = true));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    peers,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** A client's end of one connection. */
export interface RawClient {
  readonly socket: Socket;
  /** Everything received (latin1). */
  got: string;
  /** How it ended: the server's FIN, a reset (or another error), or not yet. */
  end: 'open' | 'fin' | 'reset';
}

/** Connects and, if given, sends `text` (latin1). */
export function openRawClient(plane: Plane, text = ''): RawClient {
  const socket = connectPlane(plane);
  socket.allowHalfOpen = true;
  const client: RawClient = { socket, got: '', end: 'open' };
  socket.on('data', (data: Buffer) => (client.got += data.toString('latin1')));
  socket.on('end', () => {
    client.end = 'fin';
    socket.end();
  });
  socket.on('error', () => (client.end = 'reset'));
  if (text !== '') socket.write(text, 'latin1');
  return client;
}

/** Resolves when `test` holds; rejects with `what` after `timeout` milliseconds. */
export async function eventually(what: string, test: () => boolean, timeout = 5000): Promise<void> {
  for (const end = performance.now() + timeout; !test();) {
    if (performance.now() > end) throw new Error(`${what}: not within ${timeout} ms`);
    await delay(5);
  }
}

/** A request's head with the service's host; `lines` are further header lines without CRLF. */
export function head(line: string, ...lines: readonly string[]): string {
  return [`${line} HTTP/1.1`, `host: ${HOST}`, ...lines, '', ''].join('\r\n');
}

/** How many client connections the plane holds. */
export function openConnections(plane: Plane): number {
  return plane.counters.counter('pergola_client_connections').value;
}

/** Status and failure reason of every line of the access log. */
export function outcomes(plane: Plane): readonly string[] {
  return plane.log.map((line) => `${String(line['responseCode'])} ${String(line['failureReason'])}`);
}
