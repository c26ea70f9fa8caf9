// A target that closes connections which it has not used for a second, and says how much body each request had. Prints its port.

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

const server = createServer((request, response) => {
  let received = 0;
  request.on('data', (chunk: Buffer) => (received += chunk.length));
  request.on('end', () => response.end(`${request.method} ${received}`));
});
server.keepAliveTimeout = 1000;
// Node would add a second.
server.keepAliveTimeoutBuffer = 0;
server.listen(0, '127.0.0.1', () => process.stdout.write(`${(server.address() as AddressInfo).port}\n`));
// Nothing outlives whoever started it.
process.stdin.on('end', () => process.exit(0)).resume();
