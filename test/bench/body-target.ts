// The target of benches with large bodies: serves files with nginx, and counts what it is sent.

import { chmodSync, closeSync, ftruncateSync, mkdirSync, openSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';

/** Makes `files/NAME` of `size` bytes below `directory`, which the target then serves as `/files/NAME`. It takes no place on the disk. */
export function makeFile(directory: string, name: string, size: number): void {
  const folder = join(directory, 'files');
  mkdirSync(folder, { recursive: true });
  // nginx as root reads files as another user.
  chmodSync(directory, 0o755);
  const file = openSync(join(folder, name), 'w', 0o644);
  ftruncateSync(file, size);
  closeSync(file);
}

/** A running counter of bodies. */
export interface BodyCounter extends Disposable {
  readonly port: number;
}

/** Takes every request with Content-Length, throws its body away and answers with the number of bytes that it was. */
export async function startBodyCounter(host: string, port = 0): Promise<BodyCounter> {
  const server = createServer({ noDelay: true }, (socket) => {
    let head = '';
    let left = -1;
    let length = 0;
    socket.on('error', () => {});
    socket.on('data', (chunk: Buffer) => {
      let taken = chunk.length;
      if (left < 0) {
        const before = head.length;
        head += chunk.toString('latin1');
        const end = head.indexOf('\r\n\r\n');
        if (end < 0) return;
        length = Number(/^content-length: (\d+)\r?$/im.exec(head.slice(0, end))?.[1] ?? 0);
        left = length;
        taken = before + chunk.length - end - 4;
        head = '';
      }
      left -= taken;
      if (left > 0) return;
      left = -1;
      const body = String(length);
      socket.write(`HTTP/1.1 200 OK\r\ncontent-length: ${body.length}\r\n\r\n${body}`);
    });
  });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, host, resolve));
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    [Symbol.dispose]: () => void server.close(),
  };
}
