// What a browser sees at `/` while there is no console.

import type { IncomingMessage, ServerResponse } from 'node:http';

/** Says what this server is and how it is spoken to. */
export function answerPage(_request: IncomingMessage, response: ServerResponse): void {
  const text =
    'Pergola: an open, self-hosted Amazon VPC Lattice.\nThis port speaks the AWS protocols; `npx pergola env` prints how to point a client at it.\n';
  response
    .writeHead(200, { 'content-type': 'text/plain; charset=utf-8', 'content-length': Buffer.byteLength(text) })
    .end(text);
}
