// The sockets that control listens on: Unix sockets for its own processes, and the end of the API's.

import { rmSync } from 'node:fs';
import type { Server as HttpServer } from 'node:http';
import { createServer as createFeedSocket, Server, type Socket } from 'node:net';
import { sleep, systemClock } from '../base/clock.ts';
import type { VpcEntry } from './vpc-entry.ts';

/** How long a call may take to end when control does, in milliseconds. */
const CALL_PATIENCE = 1000;

/** How long a connection that was just accepted may take to bring its request when control ends, in milliseconds. */
const FIRST_REQUEST = 300;

/** Lets calls that run have their answers, then closes what is left: leases, and whoever waits. */
export async function closeApi(server: HttpServer, fromVpcs: Pick<VpcEntry, 'ended'>): Promise<void> {
  // Not its own close(), which also ends connections on which a first request is just coming.
  const closed = new Promise<void>((resolve) => void Server.prototype.close.call(server, () => resolve()));
  // Those that others have handed on the server does not count.
  const ended = Promise.all([closed, fromVpcs.ended()]);
  await Promise.race([ended, sleep(systemClock, FIRST_REQUEST)]);
  server.closeIdleConnections();
  await Promise.race([ended, sleep(systemClock, CALL_PATIENCE)]);
  server.closeAllConnections();
}

/** Listens on the feed's Unix socket, as `listenUnix`. */
export async function listenFeed(path: string, feed: { accept(stream: Socket): void }): Promise<Server> {
  const server = createFeedSocket((socket) => feed.accept(socket));
  await listenUnix(server, path);
  return server;
}

/** Listens on a Unix socket, in the place of what an ended process left there. Rejects where it cannot. */
export async function listenUnix(server: Server, path: string): Promise<void> {
  rmSync(path, { force: true });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, resolve);
  });
}
