// One HTTP exchange on node:http: reading a bounded body, writing an answer, refusing without losing the answer.

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Clock } from '../base/clock.ts';
import type { WireResponse } from './codec.ts';

/** The body of a request; `too-large` as soon as it exceeds `limit` bytes, `aborted` when the client went away. */
export async function readBody(request: IncomingMessage, limit: number): Promise<Buffer | 'too-large' | 'aborted'> {
  if (Number(request.headers['content-length'] ?? 0) > limit) return 'too-large';
  const chunks: Buffer[] = [];
  let size = 0;
  return new Promise((resolve) => {
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > limit) {
        request.pause();
        resolve('too-large');
      } else chunks.push(chunk);
    });
    request.on('end', () => resolve(Buffer.concat(chunks)));
    // Either may come, in either order, when the client resets or a time limit ends the connection.
    request.on('error', () => resolve('aborted'));
    request.on('close', () => resolve('aborted'));
  });
}

/** How long the rest of an unwanted body is read and dropped, in milliseconds. */
const lingerTime = 1000;

/** Writes an answer and ends the response. */
export function respond(response: ServerResponse, answer: WireResponse): void {
  response.writeHead(answer.status, withLength(answer));
  response.end(answer.body);
}

/**
 * Writes an answer to a request whose body is not wanted, then closes. What the client still sends is read and dropped for
 * a second: closing at once would reset the connection and could destroy the answer on its way.
 */
export function refuse(
  request: IncomingMessage,
  response: ServerResponse,
  answer: WireResponse,
  clock: Pick<Clock, 'after'>,
): void {
  response.writeHead(answer.status, { ...withLength(answer), connection: 'close' });
  response.write(answer.body);
  const cancel = clock.after(lingerTime, () => response.end());
  const finish = (): void => {
    cancel();
    response.end();
  };
  request.removeAllListeners('data');
  request.once('end', finish).once('close', finish).resume();
}

function withLength({ status, headers, body }: WireResponse): Record<string, string | number> {
  return status === 204 ? { ...headers } : { ...headers, 'content-length': Buffer.byteLength(body) };
}
