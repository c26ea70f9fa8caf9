// Listening sockets of a worker, made from handles that somebody else bound.

import { createServer, type Server, type Socket } from 'node:net';

/** What a listening socket stands for. `port` is the listener's port, whatever the socket itself is bound to. */
export interface ListenSpec {
  readonly key: string;
  readonly vpcId: string;
  readonly port: number;
}

/** The sockets of a worker. */
export interface Listeners {
  /** Starts accepting on `handle` (a raw handle that is bound or already listening). Resolves when it accepts; rejects with the system's error. */
  listen(spec: ListenSpec, handle: unknown): Promise<void>;
  /** Stops accepting; connections go on. */
  unlisten(key: string): void;
  /** Stops accepting everywhere. */
  close(): void;
}

/** Connections that the kernel holds until a worker takes them. */
const BACKLOG = 4096;

/**
 * Makes an empty set; `accept` gets every connection, `failed` the error of every connection that could not be taken. A connection that is
 * already gone when it is taken is dropped.
 */
export function createListeners(
  accept: (socket: Socket, spec: ListenSpec) => void,
  failed: (error: Error, spec: ListenSpec) => void,
): Listeners {
  const servers = new Map<string, Server>();
  return {
    listen(spec, handle) {
      return new Promise((resolve, reject) => {
        const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
          if (socket.remoteAddress === undefined || socket.localAddress === undefined) socket.destroy();
          else accept(socket, spec);
        });
        server.once('error', reject);
        server.listen(handle, BACKLOG, () => {
          server.off('error', reject);
          // A failed accept must not end the process.
          server.on('error', (error) => failed(error, spec));
          servers.set(spec.key, server);
          resolve();
        });
      });
    },
    unlisten(key) {
      servers.get(key)?.close();
      servers.delete(key);
    },
    close() {
      for (const server of servers.values()) server.close();
      servers.clear();
    },
  };
}
