// A target for tests: answers every request with what it saw of it, as JSON; `?only=NAME` is a 500 of all others, `?wait=MS` a late answer, `?close=1` one that ends its connection. Arguments: its name, its port, and `https` for TLS.

import { createServer, type RequestListener } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { certificate, key } from '../proxy/targets-certificate.ts';

const [name = '', port = '', protocol = 'http'] = process.argv.slice(2);

const answer: RequestListener = (request, response) => {
  const url = new URL(request.url ?? '/', 'http://target');
  let received = 0;
  request.on('data', (chunk: Buffer) => (received += chunk.length));
  request.on('end', () => {
    const seen = {
      target: name,
      method: request.method,
      url: request.url,
      headers: request.headers,
      client: request.socket.remoteAddress,
      received,
    };
    void sleep(Number(url.searchParams.get('wait') ?? '0')).then(() => {
      const only = url.searchParams.get('only');
      response.statusCode = only === null || only === name ? 200 : 500;
      if (url.searchParams.has('close')) response.shouldKeepAlive = false;
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify(seen));
    });
  });
};
const server = protocol === 'https' ? createSecureServer({ cert: certificate, key }, answer) : createServer(answer);
server.keepAliveTimeout = 60_000;
server.listen(Number(port), process.env['PERGOLA_ADDRESS'], () => process.stdout.write('listening\n'));
process.on('SIGTERM', () => process.exit(0));
// Nothing outlives the test that holds its standard input; an instance has none.
if (process.stdin instanceof Socket) process.stdin.on('end', () => process.exit(0)).resume();
