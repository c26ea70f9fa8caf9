// Hands what workloads ask of 169.254.169.254 and 169.254.170.2 on to control, which alone knows roles.

import { connect, type Socket } from 'node:net';
import { metadataAddresses } from '../network/index.ts';

/** Takes connections to the metadata addresses. */
export interface MetadataRelay {
  /** Whether this was one; then it is taken care of. */
  take(socket: Socket, vpcId: string): boolean;
}

/** Connections that one client may have at a time. */
const MOST = 16;
/** Milliseconds of silence after which a connection ends. */
const PATIENCE = 10_000;

/** Makes a relay to the Unix socket at `path`. When nobody is there, connections end: SDKs ask again. */
export function createMetadataRelay(path: string): MetadataRelay {
  const open = new Map<string, number>();
  return {
    take(socket, vpcId) {
      const { localAddress: at = '', remoteAddress: from = '' } = socket;
      if (!metadataAddresses.includes(at)) return false;
      const client = `${vpcId} ${from}`;
      const count = open.get(client) ?? 0;
      socket.on('error', () => {});
      if (count >= MOST) {
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
      socket.setTimeout(PATIENCE, end);
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
