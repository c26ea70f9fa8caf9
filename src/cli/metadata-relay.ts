// Hands what workloads ask of the metadata addresses and of the AWS API on to control, which alone knows roles and state.

import { connect, type Socket } from 'node:net';
import { metadataAddresses } from '../network/index.ts';
import { isApiAddress } from '../snapshot/index.ts';

/** Takes connections to the metadata addresses and the API's. */
export interface MetadataRelay {
  /** Whether this was one; then it is taken care of. */
  take(socket: Socket, vpcId: string): boolean;
}

/** Connections that one client may have at a time: an SDK opens 50 for its calls. */
const MOST = { metadata: 16, api: 64 } as const;
/** Milliseconds of silence after which a connection for metadata ends. The API has time limits of its own, and calls that wait for long. */
const PATIENCE = 10_000;
/** Milliseconds after which the system looks whether a silent client is still there. */
const LOOK = 60_000;

/** Makes a relay to the Unix socket at `path`. When nobody is there, connections end: SDKs ask again. */
export function createMetadataRelay(path: string): MetadataRelay {
  const open = new Map<string, number>();
  return {
    take(socket, vpcId) {
      const { localAddress: at = '', remoteAddress: from = '' } = socket;
      const kind = isApiAddress(at) ? 'api' : 'metadata';
      if (kind === 'metadata' && !metadataAddresses.includes(at)) return false;
      const client = `${kind} ${vpcId} ${from}`;
      const count = open.get(client) ?? 0;
      socket.on('error', () => {});
      if (count >= MOST[kind]) {
        socket.destroy();
        return true;
      }
      open.set(client, count + 1);
      const control = connect(path);
      control.on('error', () => {});
      control.write(`${JSON.stringify({ vpcId, from, at })}\n`);
      socket.pipe(control);
      control.pipe(socket);
      const end = (): void => {
        socket.destroy();
        control.destroy();
      };
      if (kind === 'metadata') socket.setTimeout(PATIENCE, end);
      else socket.setKeepAlive(true, LOOK);
      control.on('close', () => {
        // What it has written is still on its way.
        if (socket.writable) socket.end();
        else socket.destroy();
      });
      socket.on('close', () => {
        control.destroy();
        const left = (open.get(client) ?? 1) - 1;
        if (left === 0) open.delete(client);
        else open.set(client, left);
      });
      return true;
    },
  };
}
