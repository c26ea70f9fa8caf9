// A target of the quickstart: answers with its version and what it saw of its client. Arguments: VERSION.

import { createServer } from 'node:http';

const [version = 'v0'] = process.argv.slice(2);
const host = process.env.PERGOLA_ADDRESS;
const server = createServer((request, response) => {
  const seen = {
    version,
    client: request.socket.remoteAddress?.replace('::ffff:', ''),
    forwardedFor: request.headers['x-forwarded-for'],
    sourceVpc: request.headers['x-amzn-source-vpc'],
  };
  response
    .writeHead(200, { 'content-type': 'application/json', 'x-version': version })
    .end(`${JSON.stringify(seen)}\n`);
});
server.keepAliveTimeout = 60_000;
server.listen(8080, host);
