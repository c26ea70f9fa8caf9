// Where connections from inside VPCs come to control: those for metadata are answered here, those for the AWS API go to its server.

import type { Server, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { createWatch, waitFor } from '../base/watch.ts';
import { createMetadataServer, type MetadataServerDeps, type VpcOrigin } from '../api/index.ts';
import { isApiAddress } from '../snapshot/index.ts';

/** The entry. */
export interface VpcEntry {
  /** Listens on the Unix socket to which workers hand connections on. */
  readonly server: Server;
  /** Where a connection came from that the API got from here. */
  readonly originOf: (socket: Duplex) => VpcOrigin | undefined;
  /** The API's server is there; connections for it end before that, and SDKs ask again. */
  serve(api: Server): void;
  /** Resolves when the API has no connection from here. */
  ended(): Promise<void>;
}

/** Makes the entry. */
export function createVpcEntry(deps: Omit<MetadataServerDeps, 'takeApi'>): VpcEntry {
  const origins = new WeakMap<object, VpcOrigin>();
  const open = createWatch(0);
  let api: Server | undefined;
  const takeApi = (socket: Socket, origin: VpcOrigin): boolean => {
    if (!isApiAddress(origin.at)) return false;
    origins.set(socket, origin);
    if (api?.listening !== true) {
      socket.destroy();
      return true;
    }
    open.set(open.value + 1);
    socket.once('close', () => open.set(open.value - 1));
    api.emit('connection', socket);
    return true;
  };
  return {
    server: createMetadataServer({ ...deps, takeApi }),
    originOf: (socket) => origins.get(socket),
    serve(server) {
      api = server;
    },
    async ended() {
      await waitFor(open, (count) => count === 0);
    },
  };
}
